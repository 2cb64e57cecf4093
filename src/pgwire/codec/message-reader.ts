import { isUtf8 } from "node:buffer";
import { invalidByteSequence, malformedMessage } from "../../errors/index.js";

/** Up to here a look at each byte is cheaper than calls that look for the end and check. */
const SHORT_TEXT_BYTES = 128;

/**
 * The bytes of the first character in `bytes` that is no valid UTF-8 (a zero byte is none either),
 * as PostgreSQL names them: up to the length that the leading byte announces.
 */
function firstInvalidSequence(bytes: Uint8Array): Uint8Array {
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes[at] ?? 0);
    const sequence = bytes.subarray(at, at + length);
    if (bytes[at] === 0 || sequence.length < length || !isUtf8(sequence)) return sequence;
    at += length;
  }
  return bytes.subarray(0, 1);
}

function sequenceLength(leading: number): number {
  if ((leading & 0xe0) === 0xc0) return 2;
  if ((leading & 0xf0) === 0xe0) return 3;
  if ((leading & 0xf8) === 0xf0) return 4;
  return 1;
}

/** Reads text of a client's own encoding. */
export type TextDecoding = (bytes: Uint8Array) => string;

/** Throws 22021 unless `bytes` are UTF-8 text without a zero byte. */
export function checkText(bytes: Uint8Array): void {
  if (isUtf8(bytes) && !bytes.includes(0)) return;
  throw invalidByteSequence(firstInvalidSequence(bytes));
}

/**
 * Reads the fields of one message body. Every read is bounded by the body: hostile lengths end in
 * 08P01, never outside it.
 */
export class MessageReader {
  private readonly buffer: Buffer;
  private offset = 0;

  /** `decode`: how text is read that is not ASCII; UTF-8 unless given. */
  constructor(
    body: Uint8Array,
    private readonly decode: TextDecoding | null = null,
  ) {
    this.buffer = Buffer.isBuffer(body)
      ? body
      : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  }

  get remaining(): number {
    return this.buffer.length - this.offset;
  }

  byte(): number {
    return this.buffer.readUInt8(this.advance(1));
  }

  int16(): number {
    return this.buffer.readInt16BE(this.advance(2));
  }

  uint16(): number {
    return this.buffer.readUInt16BE(this.advance(2));
  }

  int32(): number {
    return this.buffer.readInt32BE(this.advance(4));
  }

  uint32(): number {
    return this.buffer.readUInt32BE(this.advance(4));
  }

  /** A view of the next `length` bytes. */
  bytes(length: number): Uint8Array {
    const start = this.advance(length);
    return this.buffer.subarray(start, start + length);
  }

  /** A string that ends in a zero byte. */
  text(): string {
    const short = this.shortText();
    if (short !== null) return short;
    const end = this.buffer.indexOf(0, this.offset);
    if (end < 0) throw malformedMessage("invalid string in message");
    const raw = this.buffer.subarray(this.offset, end);
    this.offset = end + 1;
    if (this.decode !== null) return this.decode(raw);
    if (!isUtf8(raw)) checkText(raw);
    return raw.toString("utf8");
  }

  /** Nothing may be left over. */
  end(): void {
    if (this.remaining !== 0) throw malformedMessage("invalid message format");
  }

  /** The same where it is short and ASCII, as names and most statements are; else null. */
  private shortText(): string | null {
    const { buffer, offset } = this;
    const last = Math.min(buffer.length, offset + SHORT_TEXT_BYTES);
    for (let at = offset; at < last; at++) {
      const byte = buffer[at] ?? 0;
      if (byte === 0) {
        this.offset = at + 1;
        return at === offset ? "" : buffer.toString("latin1", offset, at);
      }
      if (byte > 0x7f) return null;
    }
    return null;
  }

  private advance(length: number): number {
    const start = this.offset;
    if (length < 0 || length > this.remaining) {
      throw malformedMessage("insufficient data left in message");
    }
    this.offset = start + length;
    return start;
  }
}
