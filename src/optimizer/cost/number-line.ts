import type { PhysicalKind } from "../../types/index.js";

const MS_PER_DAY = 86_400_000;
const US_PER_MS = 1000;

/** A literal's place on the number line of its type; undefined where the type has none. */
export function onNumberLine(
  text: string | null | undefined,
  kind: PhysicalKind,
): number | undefined {
  if (text === null || text === undefined) return undefined;
  const value = place(text, kind);
  return value === undefined || Number.isNaN(value) ? undefined : value;
}

function place(text: string, kind: PhysicalKind): number | undefined {
  switch (kind) {
    case "i16":
    case "i32":
    case "i64":
    case "f32":
    case "f64":
    case "d64":
    case "d128":
    case "numeric":
      return Number(text);
    case "date":
      return Date.parse(`${text.slice(0, 10)}T00:00:00Z`) / MS_PER_DAY;
    case "timestamp":
    case "timestamptz":
      return Date.parse(`${text.slice(0, 10)}T${text.slice(11, 19)}Z`) * US_PER_MS;
    case "bool":
    case "time":
    case "interval":
    case "uuid":
    case "text":
    case "bytea":
      return undefined;
  }
}
