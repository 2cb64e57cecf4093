import { binaryNotConverted } from "../errors/index.js";
import type { Charset, ResultColumn, RowShape } from "../session/index.js";
import type { WireParameter } from "./codec/index.js";

const TAG_AND_LENGTH = 5;
const FIELD_COUNT = 2;
const FIELD_LENGTH = 4;
const ARRAY_TEXT_OIDS: ReadonlySet<number> = new Set([1002, 1003, 1009, 1014, 1015, 199, 3807]);
/** Types whose binary form is their text: "char", name, text, json, xml, unknown, char, varchar, cstring. */
const TEXT_OIDS: ReadonlySet<number> = new Set([18, 19, 25, 114, 142, 705, 1042, 1043, 2275]);
/** Records, and arrays of texts: text lies somewhere inside. */
const MIXED_OIDS: ReadonlySet<number> = new Set([...ARRAY_TEXT_OIDS, 2249, 2287]);

/**
 * DataRow messages from UTF-8 to the client's encoding: fields in text form, and those whose binary
 * form is text. Throws 22P05 at a character that it has not.
 */
export function convertedRows(
  from: Uint8Array,
  { columns, formats }: RowShape,
  charset: Charset,
): Uint8Array {
  const isText = columns.map((column, i) => isConverted(column, formats[i] ?? 0, charset));
  const source = view(from);
  const converted = Buffer.allocUnsafe(from.length);
  let [at, to] = [0, 0];
  while (at < source.length) {
    const end = at + 1 + source.readInt32BE(at + 1);
    const start = to;
    converted[to] = source[at] ?? 0;
    to = TAG_AND_LENGTH + to;
    const count = source.readUInt16BE(at + TAG_AND_LENGTH);
    to = converted.writeUInt16BE(count, to);
    at += TAG_AND_LENGTH + FIELD_COUNT;
    for (let i = 0; i < count; i++) {
      const length = source.readInt32BE(at);
      at += FIELD_LENGTH;
      const size = Math.max(0, length);
      const field = to + FIELD_LENGTH;
      const next = isText[i] === false ? copy(source, at, size, converted, field) : undefined;
      const after = next ?? charset.transcode(source, at, at + size, converted, field);
      converted.writeInt32BE(length < 0 ? length : after - field, to);
      to = after;
      at += size;
    }
    converted.writeInt32BE(to - start - 1, start + 1);
    at = end;
  }
  return converted.subarray(0, to);
}

/** The same for CopyData messages, which are text from end to end. */
export function convertedCopyData(from: Uint8Array, charset: Charset): Uint8Array {
  const source = view(from);
  const converted = Buffer.allocUnsafe(from.length);
  let [at, to] = [0, 0];
  while (at < source.length) {
    const end = at + 1 + source.readInt32BE(at + 1);
    const body = to + TAG_AND_LENGTH;
    const after = charset.transcode(source, at + TAG_AND_LENGTH, end, converted, body);
    converted[to] = source[at] ?? 0;
    converted.writeInt32BE(after - to - 1, to + 1);
    [at, to] = [end, after];
  }
  return converted.subarray(0, to);
}

/** Parameters as they would have come in UTF-8; `oids` are their types. */
export function convertedParameters(
  parameters: readonly WireParameter[],
  oids: readonly number[],
  charset: Charset,
): readonly WireParameter[] {
  return parameters.map((parameter, i) => {
    const { format, bytes } = parameter;
    const oid = oids[i] ?? 0;
    if (bytes === null || (format === 1 && !TEXT_OIDS.has(oid))) {
      if (bytes !== null && MIXED_OIDS.has(oid)) throw binaryNotConverted(charset.name);
      return parameter;
    }
    return { format, bytes: Buffer.from(charset.decode(bytes)) };
  });
}

function isConverted({ typeOid }: ResultColumn, format: 0 | 1, { name }: Charset): boolean {
  if (format === 1 && MIXED_OIDS.has(typeOid)) throw binaryNotConverted(name);
  return format === 0 || TEXT_OIDS.has(typeOid);
}

function view(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function copy(from: Buffer, at: number, size: number, to: Buffer, start: number): number {
  from.copy(to, start, at, at + size);
  return start + size;
}
