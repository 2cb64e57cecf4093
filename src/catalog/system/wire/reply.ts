/** Tags of messages that PostgreSQL sends. */
export const TAG = {
  parseComplete: 0x31,
  bindComplete: 0x32,
  commandComplete: 0x43,
  dataRow: 0x44,
  error: 0x45,
  noData: 0x6e,
  notice: 0x4e,
  parameterDescription: 0x74,
  readyForQuery: 0x5a,
  rowDescription: 0x54,
} as const;

/** One message; `start` and `end` bound it in its reply, tag and length included. */
export interface ReplyMessage {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

/** A column as RowDescription tells it. */
export interface DescribedColumn {
  readonly name: string;
  readonly tableOid: number;
  readonly columnNumber: number;
  readonly typeOid: number;
  readonly typeSize: number;
  readonly typmod: number;
}

/** Fields of an ErrorResponse or NoticeResponse by their letter. */
export type ReplyFields = ReadonlyMap<string, string>;

const HEADER_BYTES = 5;
/** ReadyForQuery outside a transaction. */
const IDLE = 0x49;

/**
 * The whole answer to one batch. Null where the bytes are none: they must be whole messages of which
 * the last and only the last is ReadyForQuery, and no transaction may be left open.
 */
export class Reply {
  private constructor(
    readonly bytes: Buffer,
    readonly messages: readonly ReplyMessage[],
  ) {}

  static read(raw: Uint8Array): Reply | null {
    const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
    const messages: ReplyMessage[] = [];
    let at = 0;
    while (at + HEADER_BYTES <= bytes.length) {
      const end = at + 1 + bytes.readUInt32BE(at + 1);
      if (end > bytes.length || end < at + HEADER_BYTES) return null;
      messages.push({ tag: bytes.readUInt8(at), start: at, end });
      at = end;
    }
    const last = messages.at(-1);
    const readies = messages.filter(({ tag }) => tag === TAG.readyForQuery);
    const whole = at === bytes.length && last?.tag === TAG.readyForQuery && readies.length === 1;
    if (!whole || bytes.readUInt8(last.end - 1) !== IDLE) return null;
    return new Reply(bytes, messages);
  }

  /** What the batch failed of. */
  get error(): ReplyFields | null {
    const message = this.messages.find(({ tag }) => tag === TAG.error);
    return message === undefined ? null : this.fields(message);
  }

  get notices(): readonly ReplyFields[] {
    return this.messages.filter(({ tag }) => tag === TAG.notice).map((one) => this.fields(one));
  }

  /** From the `count`-th CommandComplete on, without it: what earlier statements answered is gone. */
  after(count: number): readonly ReplyMessage[] {
    let seen = 0;
    const index = this.messages.findIndex(({ tag }) => {
      if (tag === TAG.commandComplete) seen += 1;
      return seen === count;
    });
    return count === 0 ? this.messages : this.messages.slice(index + 1);
  }

  parameterOids({ start }: ReplyMessage): readonly number[] {
    const count = this.bytes.readUInt16BE(start + HEADER_BYTES);
    return Array.from({ length: count }, (_, index) =>
      this.bytes.readUInt32BE(start + HEADER_BYTES + 2 + 4 * index),
    );
  }

  columns({ start }: ReplyMessage): readonly DescribedColumn[] {
    const { bytes } = this;
    const count = bytes.readUInt16BE(start + HEADER_BYTES);
    let at = start + HEADER_BYTES + 2;
    return Array.from({ length: count }, () => {
      const nameEnd = bytes.indexOf(0, at);
      const name = bytes.toString("utf8", at, nameEnd);
      const fixed = nameEnd + 1;
      at = fixed + 18;
      return {
        name,
        tableOid: bytes.readUInt32BE(fixed),
        columnNumber: bytes.readInt16BE(fixed + 4),
        typeOid: bytes.readUInt32BE(fixed + 6),
        typeSize: bytes.readInt16BE(fixed + 10),
        typmod: bytes.readInt32BE(fixed + 12),
      };
    });
  }

  /** Values of a DataRow as text. */
  values({ start }: ReplyMessage): readonly (string | null)[] {
    const { bytes } = this;
    const count = bytes.readUInt16BE(start + HEADER_BYTES);
    let at = start + HEADER_BYTES + 2;
    return Array.from({ length: count }, () => {
      const length = bytes.readInt32BE(at);
      at += 4;
      if (length < 0) return null;
      at += length;
      return bytes.toString("utf8", at - length, at);
    });
  }

  /** All rows of the reply as text. */
  rows(): readonly (readonly (string | null)[])[] {
    return this.messages.filter(({ tag }) => tag === TAG.dataRow).map((one) => this.values(one));
  }

  private fields({ start, end }: ReplyMessage): ReplyFields {
    const fields = new Map<string, string>();
    let at = start + HEADER_BYTES;
    while (at < end && this.bytes.readUInt8(at) !== 0) {
      const key = String.fromCharCode(this.bytes.readUInt8(at));
      const stop = this.bytes.indexOf(0, at + 1);
      fields.set(key, this.bytes.toString("utf8", at + 1, stop));
      at = stop + 1;
    }
    return fields;
  }
}
