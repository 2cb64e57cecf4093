/** A parameter's value; format 0 is text, 1 is binary. */
export interface WireParameter {
  readonly format: 0 | 1;
  readonly bytes: Uint8Array | null;
}

const TAG = { parse: 0x50, bind: 0x42, describe: 0x44, execute: 0x45, sync: 0x53, query: 0x51 };

/** Messages of the extended protocol for one exchange with PostgreSQL, ended by Sync. */
export class Batch {
  private readonly parts: Buffer[] = [];

  parse(statement: string, sql: string, parameterOids: readonly number[] = []): this {
    const oids = Buffer.alloc(2 + 4 * parameterOids.length);
    oids.writeUInt16BE(parameterOids.length, 0);
    parameterOids.forEach((oid, index) => oids.writeUInt32BE(oid, 2 + 4 * index));
    return this.add(TAG.parse, text(statement), text(sql), oids);
  }

  bind(
    statement: string,
    parameters: readonly WireParameter[],
    resultFormats: readonly number[] = [],
  ): this {
    const portal = text("");
    const formats = shorts(parameters.map(({ format }) => format));
    const values = parameters.flatMap(({ bytes }) => {
      const length = Buffer.alloc(4);
      length.writeInt32BE(bytes === null ? -1 : bytes.length, 0);
      return bytes === null ? [length] : [length, bytes];
    });
    const count = Buffer.alloc(2);
    count.writeUInt16BE(parameters.length, 0);
    const results = shorts(resultFormats);
    return this.add(TAG.bind, portal, text(statement), formats, count, ...values, results);
  }

  describeStatement(statement: string): this {
    return this.add(TAG.describe, Buffer.from("S"), text(statement));
  }

  /** Runs the unnamed portal to its end. */
  execute(): this {
    return this.add(TAG.execute, text(""), Buffer.alloc(4));
  }

  sync(): Uint8Array {
    this.add(TAG.sync);
    return Buffer.concat(this.parts);
  }

  private add(tag: number, ...body: readonly Uint8Array[]): this {
    const head = Buffer.alloc(5);
    const size = body.reduce((sum, { length }) => sum + length, 4);
    head.writeUInt8(tag, 0);
    head.writeUInt32BE(size, 1);
    this.parts.push(head, ...body.map((part) => Buffer.from(part)));
    return this;
  }
}

/** A message of the simple protocol. */
export function simpleQuery(sql: string): Uint8Array {
  const body = text(sql);
  const head = Buffer.alloc(5);
  head.writeUInt8(TAG.query, 0);
  head.writeUInt32BE(4 + body.length, 1);
  return Buffer.concat([head, body]);
}

export function textParameter(value: string | null): WireParameter {
  return { format: 0, bytes: value === null ? null : Buffer.from(value, "utf8") };
}

function text(value: string): Buffer {
  return Buffer.from(`${value}\0`, "utf8");
}

/** A count and so many 16-bit numbers. */
function shorts(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 + 2 * values.length);
  bytes.writeUInt16BE(values.length, 0);
  values.forEach((value, index) => bytes.writeInt16BE(value, 2 + 2 * index));
  return bytes;
}
