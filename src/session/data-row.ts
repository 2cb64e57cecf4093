import type { ResultPage } from "./planner.js";

/** The bytes of a value in the format that was asked for; null is NULL. */
export type WireValue = Uint8Array | null;

/** The values of a page's rows; views of its memory. */
export function* valuesOf(page: ResultPage): Generator<readonly WireValue[]> {
  if (page.kind === "text") {
    for (const row of page.rows) {
      yield row.map((value) => (value === null ? null : Buffer.from(value, "utf8")));
    }
    return;
  }
  const { bytes, rowCount } = page;
  let at = 0;
  for (let row = 0; row < rowCount; row++) {
    yield decodedRow(bytes.subarray(at));
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    at += 1 + view.getUint32(at + 1);
  }
}

/** The values of a DataRow message: type byte, length, count, then length and bytes of each. */
export function decodedRow(bytes: Uint8Array): readonly WireValue[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values: WireValue[] = [];
  let at = 7;
  for (let left = view.getUint16(5); left > 0; left--) {
    const length = view.getInt32(at);
    at += 4;
    values.push(length < 0 ? null : bytes.subarray(at, at + length));
    at += Math.max(0, length);
  }
  return values;
}

/** One DataRow message. */
export function dataRow(values: readonly WireValue[]): Uint8Array {
  const size = values.reduce((sum, value) => sum + 4 + (value?.length ?? 0), 7);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  bytes[0] = 0x44;
  view.setUint32(1, size - 1);
  view.setUint16(5, values.length);
  let at = 7;
  for (const value of values) {
    view.setInt32(at, value === null ? -1 : value.length);
    at += 4;
    if (value !== null) bytes.set(value, at);
    at += value?.length ?? 0;
  }
  return bytes;
}
