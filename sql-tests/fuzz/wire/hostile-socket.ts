import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connect as tlsConnect } from "node:tls";
import { BadReply, ReplyReader } from "./reply-reader.js";

export const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/** The server did not answer, or did not hang up, in the time it has. */
export class ServerHangs extends Error {}

/** One connection of a client that sends anything; what it gets is read strictly or not at all. */
export class HostileSocket {
  readonly replies = new ReplyReader();
  /** Bytes that came. */
  receivedBytes = 0;
  /** What is written to and read: the connection itself, or TLS over it. */
  readonly #socket: Socket;
  readonly #tcp: Socket;
  readonly #patienceMs: number;
  #strict = true;
  #closed = false;
  #dropped = false;
  #problem: Error | null = null;
  #wake: (() => void) | null = null;

  private constructor(tcp: Socket, socket: Socket, patienceMs: number) {
    this.#tcp = tcp;
    this.#socket = socket;
    this.#patienceMs = patienceMs;
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.#closed = true;
      this.#notify();
    });
  }

  static async open(port: number, patienceMs: number): Promise<HostileSocket> {
    const socket = connect({ host: "127.0.0.1", port, noDelay: true });
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    return new HostileSocket(socket, socket, patienceMs);
  }

  /** Asks for encryption, and reads and writes through it. */
  static async openEncrypted(port: number, patienceMs: number): Promise<HostileSocket> {
    const socket = connect({ host: "127.0.0.1", port, noDelay: true });
    socket.write(SSL_REQUEST);
    await once(socket, "data", { signal: AbortSignal.timeout(patienceMs) });
    const secure = tlsConnect({ socket, rejectUnauthorized: false });
    await once(secure, "secureConnect", { signal: AbortSignal.timeout(patienceMs) });
    return new HostileSocket(socket, secure, patienceMs);
  }

  /** From now on what comes may be anything: bytes outside of messages, TLS. */
  readNothing(): void {
    this.#strict = false;
  }

  send(...pieces: readonly Uint8Array[]): void {
    if (!this.#closed) this.#socket.write(Buffer.concat(pieces));
  }

  /** Reads no more, so that the server's answers pile up. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Waits for so many ReadyForQuery messages in all, or the end of the connection. */
  async untilReady(count: number): Promise<void> {
    await this.#until(() => this.replies.readyCount >= count, `ReadyForQuery ${String(count)}`);
  }

  /** Waits for a number of bytes, or the end of the connection. */
  async untilReceived(byteCount: number): Promise<void> {
    await this.#until(() => this.receivedBytes >= byteCount, "bytes");
  }

  /** Sends no more and waits until the server has hung up. */
  async end(): Promise<void> {
    this.#socket.end();
    await this.#until(() => false, "the end");
    if (this.#strict) this.replies.end();
  }

  /** Leaves without a word. */
  drop(): void {
    this.#dropped = true;
    this.#tcp.destroy();
  }

  /** Leaves by a reset, as a client whose machine fails. */
  reset(): void {
    this.#dropped = true;
    this.#tcp.resetAndDestroy();
  }

  async #until(reached: () => boolean, what: string): Promise<void> {
    const patience = AbortSignal.timeout(this.#patienceMs);
    const giveUp = (): void => this.#notify();
    patience.addEventListener("abort", giveUp);
    try {
      while (!reached() && !this.#closed && this.#problem === null && !patience.aborted) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      patience.removeEventListener("abort", giveUp);
    }
    if (this.#problem !== null) throw this.#problem;
    if (reached() || this.#closed) return;
    this.drop();
    throw new ServerHangs(`no ${what} within ${String(this.#patienceMs)} ms`);
  }

  #take(chunk: Buffer): void {
    this.receivedBytes += chunk.length;
    if (this.#dropped) return;
    if (this.#strict) {
      try {
        this.replies.take(chunk);
      } catch (error) {
        this.#problem = error instanceof Error ? error : new BadReply(String(error));
        this.drop();
      }
    }
    this.#notify();
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
}
