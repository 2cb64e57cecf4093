import { connect, type Socket } from "node:net";
import { Readable } from "node:stream";
import { parse, serialize } from "pg-protocol";
import type { DatabaseError } from "pg-protocol";
import type { Rows } from "../corpora/tpch/answers.js";

/** One run of one statement. */
export interface Measured {
  readonly milliseconds: number;
  readonly rows: Rows;
}

const HEADER_BYTES = 5;
const READY_FOR_QUERY = "Z".charCodeAt(0);

/**
 * A client that takes an answer as bytes and reads its rows only when the clock has stopped, as
 * DuckDB's columns are read: a client library's objects are no part of either engine's time.
 */
export class RawConnection {
  private chunks: Buffer[] = [];
  /** Bytes of the message under way that are still to come, its header's too. */
  private missing = HEADER_BYTES;
  private header: Buffer = Buffer.alloc(0);
  private ready: (() => void) | null = null;
  private failed: ((error: Error) => void) | null = null;

  private constructor(private readonly socket: Socket) {
    socket.on("data", (chunk: Buffer) => this.take(chunk));
    socket.on("error", (error) => this.failed?.(error));
    socket.on("close", () => this.failed?.(new Error("the server closed the connection")));
  }

  /** Connects to a server that trusts the user. */
  static async open(url: string): Promise<RawConnection> {
    const { hostname, port, username, pathname } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    const connection = new RawConnection(socket);
    const started = connection.answer();
    socket.write(serialize.startup({ user: username, database: pathname.slice(1) }));
    await started;
    return connection;
  }

  /** Runs one statement: the time up to the last byte of its answer, then its rows as text. */
  async run(sql: string): Promise<Measured> {
    const message = serialize.query(sql);
    const start = performance.now();
    const answered = this.answer();
    this.socket.write(message);
    const chunks = await answered;
    const milliseconds = performance.now() - start;
    return { milliseconds, rows: await rowsOf(chunks) };
  }

  close(): void {
    this.failed = null;
    this.socket.end(serialize.end());
  }

  /** All bytes up to the next ReadyForQuery. */
  private answer(): Promise<readonly Buffer[]> {
    this.chunks = [];
    return new Promise((resolve, reject) => {
      this.ready = () => resolve(this.chunks);
      this.failed = reject;
    });
  }

  private take(chunk: Buffer): void {
    this.chunks.push(chunk);
    for (let at = 0; at < chunk.length;) {
      const inHeader = this.header.length < HEADER_BYTES;
      const wanted = inHeader ? HEADER_BYTES - this.header.length : this.missing;
      const part = chunk.subarray(at, at + wanted);
      at += part.length;
      if (inHeader) this.takeHeader(part);
      else this.missing -= part.length;
      if (this.header.length === HEADER_BYTES && this.missing === 0) this.endMessage();
    }
  }

  private takeHeader(part: Buffer): void {
    this.header = this.header.length === 0 ? part : Buffer.concat([this.header, part]);
    if (this.header.length === HEADER_BYTES) this.missing = this.header.readUInt32BE(1) - 4;
  }

  private endMessage(): void {
    const isReady = this.header[0] === READY_FOR_QUERY;
    this.header = Buffer.alloc(0);
    if (isReady) this.ready?.();
  }
}

async function rowsOf(chunks: readonly Buffer[]): Promise<Rows> {
  const rows: (string | null)[][] = [];
  let refused: DatabaseError | null = null;
  await parse(Readable.from(chunks), (message) => {
    if (message.name === "dataRow") {
      rows.push((message as unknown as { readonly fields: (string | null)[] }).fields);
    } else if (message.name === "error") {
      refused = message as unknown as DatabaseError;
    }
  });
  if (refused !== null) throw refused as DatabaseError;
  return rows;
}
