import type { Column } from "../../plan/index.js";
import type { PhysicalKind } from "../../types/index.js";

const SIZE_BYTES: Readonly<Record<PhysicalKind, number>> = {
  bool: 1,
  i16: 2,
  i32: 4,
  i64: 8,
  f32: 4,
  f64: 8,
  d64: 8,
  d128: 16,
  numeric: 32,
  date: 4,
  time: 8,
  timestamp: 8,
  timestamptz: 8,
  interval: 16,
  uuid: 16,
  text: 32,
  bytea: 32,
};

/** Bytes of a row of these columns, roughly. */
export function widthOf(columns: readonly Column[]): number {
  return columns.reduce((sum, column) => sum + SIZE_BYTES[column.physical.kind], 0);
}
