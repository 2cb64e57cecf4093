import { isArray, precisionAndScale, type SqlType } from "./sql-type.js";

/** The engine's physical types (engine-native/types/physical.h), by the names describe() prints. */
export type PhysicalKind =
  | "bool"
  | "i16"
  | "i32"
  | "i64"
  | "f32"
  | "f64"
  | "d64"
  | "d128"
  | "numeric"
  | "date"
  | "time"
  | "timestamp"
  | "timestamptz"
  | "interval"
  | "uuid"
  | "text"
  | "bytea";

/**
 * How the engine holds a value. `precision` (decimal digits that values are proven to fit) and
 * `scale` matter for d64 (at most 18 digits) and d128 (at most 38); both are 0 for all others.
 */
export interface PhysicalType {
  readonly kind: PhysicalKind;
  readonly precision: number;
  readonly scale: number;
}

export const MAX_DECIMAL_DIGITS = 38;

/** The narrowest exact decimal form, or the self-scaled one where 38 digits do not suffice. */
export function decimalType(precision: number, scale: number): PhysicalType {
  const outside = scale < 0 || scale > precision || precision > MAX_DECIMAL_DIGITS;
  if (outside) return plain("numeric");
  return { kind: precision <= 18 ? "d64" : "d128", precision, scale };
}

function plain(kind: PhysicalKind): PhysicalType {
  return { kind, precision: 0, scale: 0 };
}

/** The form in which columns and results of this SQL type are kept unless proven narrower. */
export function physicalTypeOf(type: SqlType): PhysicalType {
  if (isArray(type.name)) return plain("bytea");
  switch (type.name) {
    case "bool":
      return plain("bool");
    case "int2":
      return plain("i16");
    case "int4":
      return plain("i32");
    case "int8":
    case "oid":
      return plain("i64");
    case "float4":
      return plain("f32");
    case "float8":
      return plain("f64");
    case "numeric": {
      const shape = precisionAndScale(type);
      return shape === undefined ? plain("numeric") : decimalType(shape.precision, shape.scale);
    }
    case "text":
    case "varchar":
    case "bpchar":
    case "name":
    case "unknown":
    case "void":
      return plain("text");
    case "date":
    case "time":
    case "timestamp":
    case "timestamptz":
    case "interval":
    case "uuid":
    case "bytea":
      return plain(type.name);
    case "record":
      return plain("bytea");
  }
}

export function samePhysical(a: PhysicalType, b: PhysicalType): boolean {
  return a.kind === b.kind && a.precision === b.precision && a.scale === b.scale;
}

export function printPhysical(type: PhysicalType): string {
  if (type.kind !== "d64" && type.kind !== "d128") return type.kind;
  return `${type.kind}(${String(type.precision)},${String(type.scale)})`;
}
