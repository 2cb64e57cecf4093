const INITIAL_BYTES = 512;
const NOTHING = Buffer.alloc(0);
/** Up to here writing each character is cheaper than calls that measure and encode. */
const SHORT_TEXT_CHARS = 64;

/**
 * Writes messages one behind the other into one buffer, which `take` hands over. pg-protocol's Writer
 * gives a buffer a message; a reply is many small messages and should be one write.
 */
export class MessageWriter {
  /** How text is written that is not ASCII; null: as UTF-8. */
  encode: (text: string) => Buffer | null = () => null;
  private buffer = NOTHING;
  private offset = 0;
  private messageStart = 0;

  /** Bytes written and not yet taken. */
  get size(): number {
    return this.offset;
  }

  /** Starts a message; `end` fills in its length. */
  begin(tag: string): void {
    this.ensure(5);
    this.messageStart = this.offset;
    this.buffer[this.offset] = tag.charCodeAt(0);
    this.offset += 5;
  }

  end(): void {
    const length = this.offset - this.messageStart - 1;
    this.buffer.writeInt32BE(length, this.messageStart + 1);
  }

  byte(value: number): void {
    this.ensure(1);
    this.buffer[this.offset++] = value;
  }

  int16(value: number): void {
    this.ensure(2);
    this.offset = this.buffer.writeUInt16BE(value & 0xffff, this.offset);
  }

  int32(value: number): void {
    this.ensure(4);
    this.offset = this.buffer.writeInt32BE(value | 0, this.offset);
  }

  bytes(value: Uint8Array): void {
    this.ensure(value.length);
    this.buffer.set(value, this.offset);
    this.offset += value.length;
  }

  /** A string and its zero byte; what follows a zero byte inside `value` cannot be said and is cut. */
  text(value: string): void {
    if (this.shortText(value)) return;
    const zero = value.indexOf("\0");
    const shown = zero < 0 ? value : value.slice(0, zero);
    const encoded = this.encode(shown);
    if (encoded !== null) {
      this.bytes(encoded);
      this.byte(0);
      return;
    }
    const length = Buffer.byteLength(shown);
    this.ensure(length + 1);
    this.buffer.write(shown, this.offset);
    this.offset += length;
    this.buffer[this.offset++] = 0;
  }

  /** A string behind its length in bytes, as in DataRow. */
  counted(value: string): void {
    const encoded = this.encode(value);
    if (encoded !== null) {
      this.int32(encoded.length);
      this.bytes(encoded);
      return;
    }
    const length = Buffer.byteLength(value);
    this.ensure(length + 4);
    this.buffer.writeInt32BE(length, this.offset);
    this.buffer.write(value, this.offset + 4);
    this.offset += length + 4;
  }

  /** The same where it is short and ASCII; else false, with nothing written. */
  private shortText(value: string): boolean {
    const { length } = value;
    if (length > SHORT_TEXT_CHARS) return false;
    this.ensure(length + 1);
    const { buffer, offset } = this;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code === 0 || code > 0x7f) return false;
      buffer[offset + i] = code;
    }
    buffer[offset + length] = 0;
    this.offset = offset + length + 1;
    return true;
  }

  /** Everything written so far; the writer starts anew and never touches those bytes again. */
  take(): Uint8Array {
    const written = this.buffer.subarray(0, this.offset);
    // Nothing is kept: an idle connection would hold the whole slab that its piece was cut from.
    this.buffer = NOTHING;
    this.offset = 0;
    return written;
  }

  private ensure(count: number): void {
    const needed = this.offset + count;
    if (needed <= this.buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, INITIAL_BYTES, this.buffer.length * 2));
    this.buffer.copy(grown, 0, 0, this.offset);
    this.buffer = grown;
  }
}
