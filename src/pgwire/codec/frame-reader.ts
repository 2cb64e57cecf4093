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
    return this.buffered < length ? null : this.take(length).subarray(4);
  }

  /** The next message, or null if it is not complete. Throws FATAL 08P01 where the stream is broken. */
  message(): Frame | null {
    if (this.buffered === 0) return null;
    const tag = this.chunks[0]?.[0] ?? 0;
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
    return { tag, body: this.take(length + 1).subarray(HEADER_BYTES) };
  }

  /** The first byte of what was received; null where there is none. */
  get firstByte(): number | null {
    return this.chunks[0]?.[0] ?? null;
  }

  /** Everything received, out of packets' bounds. */
  takeAll(): Uint8Array {
    const all = Buffer.concat(this.chunks);
    this.clear();
    return all;
  }

  /** The next message of a login, of whatever type. */
  loginMessage(): Frame | null {
    if (this.buffered < HEADER_BYTES) return null;
    const tag = this.chunks[0]?.[0] ?? 0;
    const length = this.peekLength(1);
    if (length < 4 || length > this.limits.startupBytes) {
      throw protocolBroken("invalid message length");
    }
    if (this.buffered < length + 1) return null;
    return { tag, body: this.take(length + 1).subarray(HEADER_BYTES) };
  }

  /** Forgets everything received. */
  clear(): void {
    this.chunks = [];
    this.buffered = 0;
  }

  private peekLength(at: number): number {
    const head = this.chunks[0] ?? EMPTY;
    if (head.length < at + 4) this.joinHead(at + 4);
    const joined = this.chunks[0] ?? EMPTY;
    return new DataView(joined.buffer, joined.byteOffset, joined.byteLength).getUint32(at);
  }

  /** Makes the first chunk at least `length` bytes long; that many are buffered. */
  private joinHead(length: number): void {
    let count = 0;
    let size = 0;
    while (size < length) size += this.chunks[count++]?.length ?? length;
    const joined = Buffer.concat(this.chunks.slice(0, count));
    this.chunks.splice(0, count, joined);
  }

  private take(length: number): Uint8Array {
    if ((this.chunks[0]?.length ?? 0) < length) this.joinHead(length);
    const head = this.chunks[0] ?? EMPTY;
    this.buffered -= length;
    if (head.length === length) this.chunks.shift();
    else this.chunks[0] = head.subarray(length);
    return head.subarray(0, length);
  }
}
