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
/** ReadyForQuery as it ends an answer, but for the transaction's status behind it. */
const READY = Buffer.from([READY_FOR_QUERY, 0, 0, 0, 5]);

interface Answer {
  readonly bytes: Buffer;
  readonly endedMs: number;
}

/**
 * A client that takes an answer as bytes and reads its rows only when the clock has stopped, as
 * DuckDB's columns are read: a client library's objects are no part of either engine's time.
 */
export class RawConnection {
  private chunks: Buffer[] = [];
  private answered: ((answer: Answer) => void) | null = null;
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
    const startedMs = performance.now();
    const answered = this.answer();
    this.socket.write(message);
    const { bytes, endedMs } = await answered;
    return { milliseconds: endedMs - startedMs, rows: await rowsOf(bytes) };
  }

  close(): void {
    this.failed = null;
    this.socket.end(serialize.end());
  }

  /** All bytes up to the next ReadyForQuery. */
  private answer(): Promise<Answer> {
    this.chunks = [];
    return new Promise((resolve, reject) => {
      this.answered = resolve;
      this.failed = reject;
    });
  }

  private take(chunk: Buffer): void {
    this.chunks.push(chunk);
    if (!mayBeLast(chunk)) return;
    const endedMs = performance.now();
    const bytes = Buffer.concat(this.chunks);
    if (isWhole(bytes)) this.answered?.({ bytes, endedMs });
  }
}

/** A look at the end alone; a row may end so, too. */
function mayBeLast(chunk: Buffer): boolean {
  const start = chunk.length - READY.length - 1;
  return start < 0 || chunk.subarray(start, -1).equals(READY);
}

/** Whether the last of these messages is ReadyForQuery, and whole. */
function isWhole(bytes: Buffer): boolean {
  let tag = 0;
  let at = 0;
  while (at + HEADER_BYTES <= bytes.length) {
    tag = bytes[at] ?? 0;
    at += 1 + bytes.readUInt32BE(at + 1);
  }
  return at === bytes.length && tag === READY_FOR_QUERY;
}

async function rowsOf(bytes: Buffer): Promise<Rows> {
  const rows: (string | null)[][] = [];
  let refused: DatabaseError | null = null;
  await parse(Readable.from([bytes]), (message) => {
    if (message.name === "dataRow") {
      rows.push((message as unknown as { readonly fields: (string | null)[] }).fields);
    } else if (message.name === "error") {
      refused = message as unknown as DatabaseError;
    }
  });
  if (refused !== null) throw refused as DatabaseError;
  return rows;
}
