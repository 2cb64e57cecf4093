import type { Socket } from "node:net";
import type pg from "pg";
import { invariant } from "../../../errors/index.js";
import type { CatalogLink } from "../link.js";
import { TAG } from "../wire/reply.js";

/** The parts of a client that its types leave out. */
interface OpenClient {
  readonly connection: { readonly stream: Socket };
  readonly processID: number | null;
}

interface Exchange {
  resolve(reply: Uint8Array): void;
  reject(error: Error): void;
}

const HEADER_BYTES = 5;

/**
 * A connection that passes bytes on as they are. `pg` opens it, with TLS and passwords; after that
 * the socket is ours alone.
 */
export class ServerConnection implements CatalogLink {
  /** Its memory is the server's. */
  readonly heldBytes = 0;
  readonly processId: number;
  private readonly socket: Socket;
  private waiting: Exchange | null = null;
  private chunks: Buffer[] = [];
  private readonly scanner = new MessageScanner();
  private failure: Error | null = null;

  private constructor(client: pg.Client, onLost: (reason: Error) => void) {
    const { connection, processID } = client as unknown as OpenClient;
    invariant(processID !== null, "the process of an open connection");
    this.processId = processID;
    this.socket = connection.stream;
    this.socket.removeAllListeners("data");
    this.socket.on("data", (chunk: Buffer) => this.take(chunk));
    const lost = (error: Error): void => {
      if (this.failure !== null) return;
      this.fail(error);
      onLost(error);
    };
    client.on("error", lost);
    client.on("end", () => lost(new Error("the connection was closed")));
  }

  /** Connects a fresh client; `onLost` is called once if the connection ends by itself. */
  static async open(
    client: pg.Client,
    onLost: (reason: Error) => void = () => undefined,
  ): Promise<ServerConnection> {
    await client.connect();
    return new ServerConnection(client, onLost);
  }

  get isLost(): boolean {
    return this.failure !== null;
  }

  exchange(batch: Uint8Array): Promise<Uint8Array> {
    if (this.failure !== null) return Promise.reject(this.failure);
    invariant(this.waiting === null, "one exchange at a time");
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.socket.write(batch);
    });
  }

  terminate(): Promise<void> {
    this.fail(new Error("the connection was ended"));
    this.socket.destroy();
    return Promise.resolve();
  }

  private take(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.scanner.read(chunk);
    const { waiting } = this;
    if (waiting === null) {
      // Between exchanges come only notices of what the server does.
      if (this.scanner.isBetweenMessages) this.chunks = [];
    } else if (this.scanner.isReady) {
      const reply = Buffer.concat(this.chunks);
      this.waiting = null;
      this.chunks = [];
      waiting.resolve(reply);
    }
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.waiting?.reject(error);
    this.waiting = null;
    this.chunks = [];
  }
}

/** Finds the ends of messages in a stream that is cut anywhere. */
class MessageScanner {
  private header = Buffer.alloc(0);
  private bodyLeft = 0;
  private tag = 0;

  get isBetweenMessages(): boolean {
    return this.bodyLeft === 0 && this.header.length === 0;
  }

  /** Whether what was read last ends a ReadyForQuery. */
  get isReady(): boolean {
    return this.tag === TAG.readyForQuery && this.isBetweenMessages;
  }

  read(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.bodyLeft > 0) {
        const taken = Math.min(this.bodyLeft, chunk.length - at);
        this.bodyLeft -= taken;
        at += taken;
        continue;
      }
      const missing = HEADER_BYTES - this.header.length;
      this.header = Buffer.concat([this.header, chunk.subarray(at, at + missing)]);
      at += Math.min(missing, chunk.length - at);
      if (this.header.length < HEADER_BYTES) return;
      this.tag = this.header.readUInt8(0);
      this.bodyLeft = this.header.readUInt32BE(1) - 4;
      this.header = Buffer.alloc(0);
    }
  }
}
