import type { Clock, Log, Random, Socket, SocketHandler, Timer, TlsFacts } from "../env/index.js";
import {
  authenticationCanceled,
  authenticationTimeout,
  endOfInputDuringCopy,
  idleInTransactionTimeout,
  idleSessionTimeout,
  internalError,
  SqlError,
  terminatedByAdministrator,
} from "../errors/index.js";
import {
  Session,
  type CopyMessage,
  type Charset,
  type SessionEnvironment,
  type SessionIdentity,
} from "../session/index.js";
import type { AccessPolicy } from "./auth/access-policy.js";
import type { LoginRole } from "./auth/logins.js";
import type { LoginThrottle } from "./auth/login-throttle.js";
import type { CancelKey, CancelRegistry } from "./cancel-registry.js";
import { decodeStartupPacket, FrameReader, type Frame } from "./codec/index.js";
import { CLOSED, STARTUP, type ConnectionState } from "./connection-state.js";
import { copyMessageOf } from "./copy-message.js";
import { messageStep } from "./message-step.js";
import { Outbox } from "./outbox.js";
import { isFatal, ReplyWriter, report, writeNotifications } from "./reply-writer.js";
import { startupStep, type StartupHost } from "./startup-step.js";

/** Received bytes above which a busy connection reads no more. */
const INPUT_HIGH_BYTES = 256 * 1024;
/** How long a peer may take from connecting to the end of its startup. */
const AUTHENTICATION_TIMEOUT_MS = 60_000;
/** The first byte of a TLS handshake. */
const TLS_HANDSHAKE = 0x16;
/** What the protocol is called in ALPN. */
export const ALPN_PROTOCOL = "postgresql";
/** How long the last words may wait for a peer that does not read. */
const CLOSE_TIMEOUT_MS = 5_000;

type StartupState = Extract<ConnectionState, { kind: "startup" }>;

/** What connections share. */
export interface ConnectionHost {
  readonly sessions: SessionEnvironment;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly cancels: CancelRegistry;
  readonly policy: AccessPolicy;
  readonly throttle: LoginThrottle;
  /** Throws FATAL where no further client may start. */
  admit(connection: Connection): void;
  /** Throws FATAL where the role has as many sessions as it may. Null is a guest. */
  admitRole(connection: Connection, role: LoginRole | null, name: string): void;
  /** The connection is gone for good. */
  released(connection: Connection): void;
}

/**
 * One client. Bytes come in through the SocketHandler; a loop takes one message at a time and lets
 * the state's step work on it; answers go out through the outbox.
 */
export class Connection implements SocketHandler {
  private readonly reader = new FrameReader();
  private readonly outbox: Outbox;
  private state: ConnectionState = STARTUP;
  private session: Session | null = null;
  private cancelKey: CancelKey | null = null;
  private inputEnded = false;
  private socketClosed = false;
  private paused = false;
  /** What ends the connection as soon as it waits for its client. */
  private ending: SqlError | null = null;
  private draining = false;
  /** Whether the client is about to be told of notifications. */
  private telling = false;
  private isHandshaking = false;
  private isLoggingIn = false;
  /** Until it has logged in. */
  private patience: Timer | null = null;
  private wake: (() => void) | null = null;

  constructor(
    private readonly socket: Socket,
    private readonly host: ConnectionHost,
  ) {
    this.outbox = new Outbox(socket);
  }

  /** Bytes held for the client and bytes received from it that wait. */
  get bufferedBytes(): number {
    return this.outbox.heldBytes + this.reader.bufferedBytes;
  }

  data(bytes: Uint8Array): void {
    this.reader.push(bytes);
    if (this.wake === null && this.reader.bufferedBytes > INPUT_HIGH_BYTES && !this.paused) {
      this.paused = true;
      this.socket.pause();
    }
    this.resumeLoop();
  }

  ended(): void {
    this.inputEnded = true;
    // Nobody waits for rows any more; statements that change something run to their end.
    this.session?.disconnected();
    this.resumeLoop();
  }

  closed(error: Error | null): void {
    if (error !== null) this.host.log.debug("a connection broke", { err: error });
    this.socketClosed = true;
    this.inputEnded = true;
    this.reader.clear();
    this.outbox.close();
    this.session?.disconnected();
    this.resumeLoop();
  }

  /** No new work: ends now if idle, else with the statement or pipeline that runs. */
  drain(): void {
    this.draining = true;
    // What a handshake waits for may never come, and nobody has logged in yet.
    if (this.isHandshaking) this.socket.destroy();
    this.resumeLoop();
  }

  /** Ends now; what runs is aborted. */
  terminate(): void {
    this.hangUp(terminatedByAdministrator());
  }

  /** Ends with `reason`; what runs is aborted. */
  hangUp(reason: SqlError): void {
    this.ending ??= reason;
    this.session?.terminate(reason);
    this.resumeLoop();
  }

  /** Tells an idle client what NOTIFY sent; one that is busy hears of it when it is ready. */
  notified(): void {
    if (this.telling) return;
    this.telling = true;
    void this.tell();
  }

  /** The next message of a client that sends to COPY, in the middle of the statement's work. */
  async copyMessage(signal: AbortSignal): Promise<CopyMessage> {
    const wake = (): void => this.resumeLoop();
    signal.addEventListener("abort", wake, { once: true });
    try {
      for (;;) {
        const frame = await this.receive(null, () => {
          if (signal.aborted) throw signal.reason;
          return this.reader.message();
        });
        if (frame === null) throw endOfInputDuringCopy();
        const message = copyMessageOf(frame);
        if (message !== null) return message;
      }
    } finally {
      signal.removeEventListener("abort", wake);
    }
  }

  /** Drops the socket without a word. */
  destroy(): void {
    this.socket.destroy();
  }

  /** The connection's whole life. Never rejects. */
  async run(): Promise<void> {
    this.patience = this.host.clock.after(AUTHENTICATION_TIMEOUT_MS, () => {
      if (this.isHandshaking) this.socket.destroy();
      else if (this.isLoggingIn) this.end(authenticationCanceled());
      else if (this.state.kind === "startup") this.end(authenticationTimeout());
    });
    try {
      await this.live();
    } catch (error) {
      this.reportLast(error);
    }
    this.state = CLOSED;
    this.patience.cancel();
    await this.finish();
  }

  /** From state to state up to the end. */
  private async live(): Promise<void> {
    const take = (): Frame | null => this.reader.message();
    for (let { state } = this; state.kind !== "closed"; this.state = state) {
      if (state.kind === "startup") {
        state = await this.begin(state);
        continue;
      }
      const frame = this.received(state, take) ?? (await this.receive(state, take));
      if (frame === null) return;
      const step = messageStep(state, frame, this.outbox);
      // Most messages are answered on the spot, and a promise for each would cost more than they do.
      state = step instanceof Promise ? await step : step;
      if (this.outbox.isFull) await this.outbox.ready();
    }
  }

  /** Works on one packet before the connection is started. */
  private async begin(state: StartupState): Promise<ConnectionState> {
    const packet = await this.receive(state, () => this.startupPacket(state));
    if (packet === null) return CLOSED;
    if (packet === "tls") return this.startDirectTls(state);
    const decoded = decodeStartupPacket(packet);
    this.isLoggingIn = decoded.kind === "startup";
    const after = await startupStep(state, decoded, this.startupHost(state));
    this.outbox.flush();
    this.isLoggingIn = false;
    // Whoever has logged in may be silent as long as it likes.
    if (after.kind !== "startup") this.patience?.cancel();
    return after;
  }

  /** The next packet; "tls" where a client that is not encrypted yet begins a handshake. */
  private startupPacket({ tls }: StartupState): Uint8Array | "tls" | null {
    const mayEncrypt = tls === null && this.host.policy.tls !== null;
    if (mayEncrypt && this.reader.firstByte === TLS_HANDSHAKE) return "tls";
    return this.reader.startupPacket();
  }

  /** TLS without asking first; then the protocol must be named in it. */
  private async startDirectTls(state: StartupState): Promise<ConnectionState> {
    const tls = await this.startTls();
    if (tls === null) return CLOSED;
    if (tls.applicationProtocol === ALPN_PROTOCOL) return { ...state, answeredSsl: true, tls };
    this.host.log.info("direct TLS without the protocol's name in it was refused");
    return CLOSED;
  }

  /** Null where the handshake fails. */
  private async startTls(): Promise<TlsFacts | null> {
    const { tls } = this.host.policy;
    if (tls === null) return null;
    this.isHandshaking = true;
    try {
      return await this.socket.startTls(tls, this.reader.takeAll());
    } catch (error) {
      this.host.log.info("a TLS handshake failed", {
        address: this.socket.remote.host,
        err: error,
      });
      return null;
    } finally {
      this.isHandshaking = false;
    }
  }

  private startupHost(state: StartupState): StartupHost {
    const { clock, random, log, policy, throttle, cancels } = this.host;
    return {
      clock,
      random,
      log,
      policy,
      throttle,
      writer: this.outbox.writer,
      remoteHost: this.socket.remote.host,
      hasMoreInput: this.reader.bufferedBytes > 0,
      answerEncryption: (answer) => this.socket.write(Buffer.from(answer)),
      startTls: () => this.startTls(),
      answer: () => {
        this.outbox.flush();
        return this.receive(state, () => this.reader.loginMessage());
      },
      cancel: (processId, secretKey) => cancels.cancel(processId, secretKey),
      admit: () => this.host.admit(this),
      admitRole: (role, name) => this.host.admitRole(this, role, name),
      register: (longKey) => this.register(longKey),
      openSession: (identity) => this.openSession(identity),
    };
  }

  /** What `take` finds among what was received. Throws what ends the connection. */
  private received<T>(state: ConnectionState | null, take: () => T | null): T | null {
    if (this.ending !== null) throw this.ending;
    if (this.draining && (state?.kind === "idle" || state?.kind === "startup")) {
      throw terminatedByAdministrator();
    }
    return take();
  }

  /**
   * The same, waiting for bytes as long as it finds nothing; null at the end of input. In the middle of
   * a statement's work there is no state.
   */
  private async receive<T>(state: ConnectionState | null, take: () => T | null): Promise<T | null> {
    for (;;) {
      const found = this.received(state, take);
      if (found !== null) return found;
      if (this.inputEnded) return null;
      const timer = this.startIdleTimer(state);
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        this.resumeInput();
      });
      timer?.cancel();
    }
  }

  /** A client that does not read is told no more than it has room for. */
  private async tell(): Promise<void> {
    await this.outbox.drained();
    this.telling = false;
    const { session } = this;
    const isWaiting = this.wake !== null && this.state.kind === "idle";
    if (session === null || !isWaiting || session.status !== "idle") return;
    writeNotifications(this.outbox.writer, session.takeNotifications());
    this.outbox.flush();
  }

  private resumeInput(): void {
    if (!this.paused) return;
    this.paused = false;
    this.socket.resume();
  }

  private resumeLoop(): void {
    const { wake } = this;
    this.wake = null;
    wake?.();
  }

  private startIdleTimer(state: ConnectionState | null): Timer | null {
    if (state?.kind !== "idle") return null;
    const { settings, status } = state.session;
    const inTransaction = status !== "idle";
    const limit_ms = inTransaction
      ? settings.idleInTransactionTimeoutMs
      : settings.idleSessionTimeoutMs;
    if (limit_ms === 0) return null;
    const reason = inTransaction ? idleInTransactionTimeout() : idleSessionTimeout();
    return this.host.clock.after(limit_ms, () => this.end(reason));
  }

  /** Ends the connection when it next waits for its client. */
  private end(reason: SqlError): void {
    this.ending ??= reason;
    this.resumeLoop();
  }

  private register(longKey: boolean): CancelKey {
    this.cancelKey = this.host.cancels.add(() => this.session?.cancel(), longKey);
    return this.cancelKey;
  }

  private openSession(client: Omit<SessionIdentity, "versionText">): Session {
    const { sessions } = this.host;
    const identity = { ...client, versionText: sessions.versionText, client: this.socket.remote };
    const charset = (): Charset | null => this.session?.charset ?? null;
    this.session = new Session(sessions, identity, new ReplyWriter(this.outbox, this, charset));
    this.outbox.writer.encode = (text) => charset()?.encodeLossy(text) ?? null;
    return this.session;
  }

  /** Tells the client what ended its connection. */
  private reportLast(error: unknown): void {
    let shown: SqlError;
    if (error instanceof SqlError) {
      shown = error;
    } else {
      this.host.log.error("a connection failed of an internal error", { err: error });
      shown = internalError("internal error");
    }
    if (!isFatal(shown)) {
      Object.assign(shown, { fields: { ...shown.fields, severity: "FATAL" } });
    }
    report(this.outbox.writer, shown, "ERROR");
  }

  private async finish(): Promise<void> {
    if (this.cancelKey !== null) this.host.cancels.remove(this.cancelKey.processId);
    this.outbox.flush();
    if (!this.socketClosed) this.socket.end();
    try {
      await this.session?.close();
    } catch (error) {
      this.host.log.error("closing a session failed", { err: error });
    }
    await this.linger();
    this.outbox.close();
    this.host.released(this);
  }

  /** Waits until the peer has read our last words and is gone, but not for long. */
  private async linger(): Promise<void> {
    const patience = this.host.clock.after(CLOSE_TIMEOUT_MS, () => this.socket.destroy());
    while (!this.socketClosed) {
      // Input is read on and dropped, or the peer might never come to reading.
      this.reader.clear();
      this.resumeInput();
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    patience.cancel();
  }
}
