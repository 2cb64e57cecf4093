import type { Clock, Log, Timer } from "../../../env/index.js";
import {
  internalError,
  SqlError,
  systemCatalogGone,
  systemCatalogPaused,
  systemCatalogRefused,
  systemCatalogStuck,
} from "../../../errors/index.js";
import { GRACE_MS, messageOf } from "../attended-catalog.js";
import { framedBatch, FRAME_STATEMENTS } from "../frame.js";
import type { MirrorSource } from "../mirror/mirror-state.js";
import { RestartPace } from "../restart-pace.js";
import type {
  CatalogAnswer,
  CatalogFacts,
  CatalogRequest,
  SessionFrame,
  SystemCatalog,
} from "../system-catalog.js";
import { Reply } from "../wire/reply.js";
import { ServedMirror } from "./served-mirror.js";
import type { ServerAddress } from "./server-address.js";
import type { ServerConnection } from "./server-connection.js";

export interface ServerCatalogOptions {
  readonly address: ServerAddress;
  readonly source: MirrorSource;
  /** Functions whose rows live views give. */
  readonly liveFunctions: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
  /** How long a query may run while others wait for its connection, and at most. */
  readonly contestedMs?: number;
  readonly mostMs?: number;
}

const CONTESTED_MS = 5_000;
const MOST_MS = 60_000;
/** Queries only read, so they may be asked again where a connection was lost. */
const MOST_TRIES = 3;

/** The connection or the mirror was lost before an answer came: another may give it. */
class Unanswered extends Error {}

/**
 * The system catalog in a PostgreSQL of its own: queries run beside each other and are cancelled as
 * PostgreSQL cancels. Where it goes away it is looked for again, with longer and longer waits, and the
 * mirror is made anew.
 */
export class ServerCatalog implements SystemCatalog {
  private readonly pace: RestartPace;
  private making: Promise<ServedMirror> | null = null;
  private mirror: ServedMirror | null = null;
  private isClosed = false;
  /** Until then whoever opens it is told of failures. */
  private wasThere = false;

  private constructor(private readonly options: ServerCatalogOptions) {
    this.pace = new RestartPace(options.clock);
  }

  /** Makes the mirror; rejects with the reason where the PostgreSQL cannot be used. */
  static async open(options: ServerCatalogOptions): Promise<ServerCatalog> {
    const catalog = new ServerCatalog(options);
    await catalog.make();
    catalog.wasThere = true;
    return catalog;
  }

  /** The PostgreSQL's own version, as server_version has it. */
  get serverVersion(): string {
    const number = this.mirror?.versionNumber ?? 0;
    return `${String(Math.floor(number / 10_000))}.${String(number % 10_000)}`;
  }

  /** The OID by which the mirror shows a role of the engine. */
  shownRole(oid: number): number {
    return this.mirror?.shownRole(oid) ?? oid;
  }

  async facts(signal: AbortSignal): Promise<CatalogFacts> {
    return (await this.unlessAborted(this.present(), signal)).running.facts;
  }

  async run(request: CatalogRequest): Promise<CatalogAnswer> {
    const { signal } = request;
    if (signal.aborted) throw signal.reason as SqlError;
    return this.unlessAborted(this.answer(request), signal);
  }

  async restart(): Promise<void> {
    const { making } = this;
    this.making = null;
    this.mirror = null;
    const mirror = await making?.catch(() => null);
    await mirror?.close();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.restart();
  }

  private async answer(request: CatalogRequest): Promise<CatalogAnswer> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.attempt(request);
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error;
        if (tries === MOST_TRIES) throw systemCatalogGone(error.message);
        this.report("is asked anew", error);
        await this.mirror?.check();
      }
    }
  }

  private async attempt(request: CatalogRequest): Promise<CatalogAnswer> {
    const { frame, signal, fill, source } = request;
    const mirror = await this.present();
    const entering = mirror.enter(namesOf(frame), frame.database, source);
    const leave = await entering.catch((error: unknown) => {
      // What could not be shown leaves the mirror behind in nobody knows which state.
      mirror.lose(messageOf(error));
      this.pace.failed(messageOf(error));
      throw new Unanswered(messageOf(error));
    });
    try {
      const connection = await mirror.take().catch((error: unknown) => {
        throw new Unanswered(messageOf(error));
      });
      try {
        if (signal.aborted) throw signal.reason as SqlError;
        const batch = framedBatch(frame);
        fill(batch);
        const reply = await this.watched(mirror, connection, batch.sync(), signal);
        this.pace.worked();
        return answerOf(reply);
      } finally {
        mirror.give(connection);
      }
    } finally {
      leave();
    }
  }

  /** A batch's reply, or the reason it was cancelled for. */
  private async watched(
    mirror: ServedMirror,
    connection: ServerConnection,
    batch: Uint8Array,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const { clock, contestedMs = CONTESTED_MS, mostMs = MOST_MS } = this.options;
    const began = clock.monotonicMs();
    const exchange = connection.exchange(batch);
    const cancelled: { reason?: SqlError } = {};
    const cancel = (reason: SqlError): void => {
      if (cancelled.reason === undefined) mirror.cancel(connection, exchange);
      cancelled.reason ??= reason;
    };
    let watch: Timer;
    const look = (): void => {
      if (clock.monotonicMs() - began >= mostMs) cancel(systemCatalogStuck(mostMs, false));
      else if (mirror.isContested) cancel(systemCatalogStuck(contestedMs, true));
      else watch = clock.after(contestedMs / 5, look);
    };
    watch = clock.after(Math.min(contestedMs, mostMs), look);
    const aborted = (): void => cancel(signal.reason as SqlError);
    signal.addEventListener("abort", aborted, { once: true });
    try {
      const reply = await exchange;
      if (cancelled.reason !== undefined) throw cancelled.reason;
      return reply;
    } catch (error) {
      throw cancelled.reason ?? new Unanswered(messageOf(error));
    } finally {
      watch.cancel();
      signal.removeEventListener("abort", aborted);
      // A request to cancel may reach the process late: nobody else gets it.
      if (cancelled.reason !== undefined) await connection.terminate();
    }
  }

  /** The mirror that is there, or the next one. */
  private async present(): Promise<ServedMirror> {
    if (this.isClosed) throw systemCatalogGone("the server is shutting down");
    if (this.mirror !== null && this.mirror.lost !== null) {
      this.report("was lost", new Error(this.mirror.lost));
      this.mirror = null;
      this.making = null;
    }
    if (this.making === null) {
      const { reason, waitMs } = this.pace;
      if (waitMs > 0) throw systemCatalogPaused(reason, waitMs);
    }
    try {
      return await this.make();
    } catch (error) {
      throw error instanceof SqlError ? error : systemCatalogGone(messageOf(error));
    }
  }

  private make(): Promise<ServedMirror> {
    if (this.making !== null) return this.making;
    const { address, source, liveFunctions, clock, log } = this.options;
    const began = clock.monotonicMs();
    const making = ServedMirror.make(address, source, liveFunctions, clock);
    this.making = making;
    making.then(
      (mirror) => {
        const tookMs = Math.round(clock.monotonicMs() - began);
        log.info("the system catalog is there", { place: address.title, tookMs });
        this.pace.worked();
        if (this.making === making) this.mirror = mirror;
      },
      (error: unknown) => {
        if (this.making === making) this.making = null;
        this.pace.failed(messageOf(error));
        this.report("could not be started", error);
      },
    );
    return making;
  }

  /** What `work` brings; once `signal` is aborted it may end by itself for a moment. */
  private async unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
    let grace: Timer | null = null;
    let giveUp: () => void = () => undefined;
    const given = new Promise<never>((_, reject) => {
      giveUp = (): void => {
        grace = this.options.clock.after(GRACE_MS, () => reject(signal.reason as SqlError));
      };
    });
    signal.addEventListener("abort", giveUp, { once: true });
    if (signal.aborted) giveUp();
    try {
      return await Promise.race([work, given]);
    } finally {
      (grace as Timer | null)?.cancel();
      signal.removeEventListener("abort", giveUp);
    }
  }

  private report(what: string, error: unknown): void {
    if (this.isClosed || !this.wasThere) return;
    this.options.log.warn(`the system catalog ${what}`, { reason: messageOf(error) });
  }
}

function answerOf(raw: Uint8Array): CatalogAnswer {
  const reply = Reply.read(raw);
  if (reply === null) throw internalError("the system catalog answered no whole reply");
  if (reply.error !== null) throw systemCatalogRefused(reply.error);
  return { reply, messages: reply.after(FRAME_STATEMENTS) };
}

/** Roles that the frame speaks of. */
function namesOf({ user, role }: SessionFrame): readonly string[] {
  return role === "none" ? [user] : [user, role];
}
