import { precisionAndScale, type SqlType, type TypeName } from "../../types/index.js";

const TEXT_TYPES: ReadonlySet<TypeName> = new Set(["text", "varchar", "bpchar", "name"]);

/** Decimal digits that hold every value of an integer type. */
const INTEGER_DIGITS: Partial<Record<TypeName, number>> = { int2: 5, int4: 10, int8: 19 };

const WIDER: Partial<Record<TypeName, readonly TypeName[]>> = {
  int2: ["int4", "int8", "float4", "float8"],
  int4: ["int8", "float8"],
  float4: ["float8"],
  date: ["timestamp"],
};

const MAX_TIME_PRECISION = 6;

/** Whether every value of `file` is one of `declared`, so that a column may be declared so. */
export function widens(file: SqlType, declared: SqlType): boolean {
  // Lengths of text are the declaration's word for it, as in any foreign table: nothing is cut.
  if (TEXT_TYPES.has(file.name) && TEXT_TYPES.has(declared.name)) return true;
  if (declared.name === "numeric") return widensToNumeric(file, declared);
  const precise = declared.typmod < 0 || declared.typmod >= MAX_TIME_PRECISION;
  if (declared.name === file.name) return precise || declared.typmod === file.typmod;
  return precise && (WIDER[file.name]?.includes(declared.name) ?? false);
}

function widensToNumeric(file: SqlType, declared: SqlType): boolean {
  const target = precisionAndScale(declared);
  const digits = INTEGER_DIGITS[file.name];
  const shape = digits === undefined ? precisionAndScale(file) : { precision: digits, scale: 0 };
  if (file.name !== "numeric" && digits === undefined) return false;
  if (target === undefined) return true;
  if (shape === undefined) return false;
  const wholeDigits = target.precision - target.scale;
  return target.scale >= shape.scale && wholeDigits >= shape.precision - shape.scale;
}
