import { protocolBroken } from "../../errors/index.js";

/** One message of a started connection: its type byte and what follows the length. */
export interface Frame {
  readonly tag: number;
  readonly body: Uint8Array;
}

/** How long messages may be. */
export interface FrameLimits {
  /** A startup packet, SSL or cancel request, from a peer nobody knows yet. */
  readonly startupBytes: number;
  /** A message that carries no text or values of the user. */
  readonly smallBytes: number;
  /** A message with query text, values or COPY data. */
  readonly largeBytes: number;
}

export const FRAME_LIMITS: FrameLimits = {
  startupBytes: 10_000,
  smallBytes: 10_000,
  // PostgreSQL's MaxAllocSize.
  largeBytes: 1024 * 1024 * 1024 - 1,
};

const HEADER_BYTES = 5;
const EMPTY = new Uint8Array(0);

/** Type bytes a client may send, and whether such a message may be large. */
const FRONTEND_TAGS: ReadonlyMap<number, boolean> = new Map(
  Object.entries({
    Q: true,
    P: true,
    B: true,
    F: true,
    d: true,
    D: false,
    E: false,
    C: false,
    H: false,
    S: false,
    X: false,
    c: false,
    f: false,
  }).map(([tag, large]) => [tag.charCodeAt(0), large]),
);

/**
 * Cuts a byte stream into packets, in whatever pieces it arrives. Holds only bytes that arrived: a
 * claimed length allocates nothing. A message inside one piece is a view of it.
 */
export class FrameReader {
  private chunks: Uint8Array[] = [];
  /** Bytes of the first chunk that were given out. */
  private start = 0;
  private buffered = 0;

  constructor(private readonly limits: FrameLimits = FRAME_LIMITS) {}

  /** Bytes received and not yet given out. */
  get bufferedBytes(): number {
    return this.buffered;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.chunks.push(chunk);
    this.buffered += chunk.length;
  }

  /** The next packet without a type byte (before the connection is started), or null if incomplete. */
  startupPacket(): Uint8Array | null {
    if (this.buffered < 4) return null;
    const length = this.peekLength(0);
    if (length < 8 || length > this.limits.startupBytes) {
      throw protocolBroken("invalid length of startup packet");
    }
    return this.buffered < length ? null : this.take(length, 4);
  }

  /** The next message, or null if it is not complete. Throws FATAL 08P01 where the stream is broken. */
  message(): Frame | null {
    if (this.buffered === 0) return null;
    const tag = this.firstByte ?? 0;
    const large = FRONTEND_TAGS.get(tag);
    if (large === undefined) {
      throw protocolBroken(`invalid frontend message type ${String(tag)}`);
    }
    if (this.buffered < HEADER_BYTES) return null;
    const length = this.peekLength(1);
    if (length < 4 || length > (large ? this.limits.largeBytes : this.limits.smallBytes)) {
      throw protocolBroken("invalid message length");
    }
    if (this.buffered < length + 1) return null;
    return { tag, body: this.take(length + 1, HEADER_BYTES) };
  }

  /** The first byte of what was received; null where there is none. */
  get firstByte(): number | null {
    return this.chunks[0]?.[this.start] ?? null;
  }

  /** Everything received, out of packets' bounds. */
  takeAll(): Uint8Array {
    const all = Buffer.concat(this.chunks).subarray(this.start);
    this.clear();
    return all;
  }

  /** The next message of a login, of whatever type. */
  loginMessage(): Frame | null {
    if (this.buffered < HEADER_BYTES) return null;
    const tag = this.firstByte ?? 0;
    const length = this.peekLength(1);
    if (length < 4 || length > this.limits.startupBytes) {
      throw protocolBroken("invalid message length");
    }
    if (this.buffered < length + 1) return null;
    return { tag, body: this.take(length + 1, HEADER_BYTES) };
  }

  /** Forgets everything received. */
  clear(): void {
    this.chunks = [];
    this.start = 0;
    this.buffered = 0;
  }

  private peekLength(at: number): number {
    const head = this.head(at + 4);
    const first = this.start + at;
    const high = ((head[first] ?? 0) << 8) | (head[first + 1] ?? 0);
    return high * 0x10000 + (((head[first + 2] ?? 0) << 8) | (head[first + 3] ?? 0));
  }

  /** The first chunk, made to hold `length` bytes behind the start; that many are buffered. */
  private head(length: number): Uint8Array {
    const [first = EMPTY] = this.chunks;
    if (first.length - this.start >= length) return first;
    let count = 0;
    let size = -this.start;
    while (size < length) size += this.chunks[count++]?.length ?? length;
    const joined = Buffer.concat(this.chunks.slice(0, count)).subarray(this.start);
    this.chunks.splice(0, count, joined);
    this.start = 0;
    return joined;
  }

  /** A packet of `length` bytes, without its first ones. */
  private take(length: number, skipped: number): Uint8Array {
    const head = this.head(length);
    const body = head.subarray(this.start + skipped, this.start + length);
    this.start += length;
    this.buffered -= length;
    if (this.start === head.length) {
      this.chunks.shift();
      this.start = 0;
    }
    return body;
  }
}
