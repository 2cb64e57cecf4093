import type { SqlType } from "../../types/index.js";

/**
 * Compares two literal texts of a type (see LiteralExpression): negative, zero, positive; undefined
 * where their order cannot be told from the texts.
 */
export function compareLiterals(a: string, b: string, type: SqlType): number | undefined {
  switch (type.name) {
    case "bool":
      return Number(a === "t") - Number(b === "t");
    case "int2":
    case "int4":
    case "int8":
    case "oid":
    case "numeric":
      return compareDecimals(a, b);
    case "float4":
    case "float8":
      return compareFloats(a, b);
    case "text":
    case "varchar":
    case "bpchar":
    case "name":
      return Buffer.compare(Buffer.from(a, "utf8"), Buffer.from(b, "utf8"));
    case "date":
    case "time":
    case "timestamp":
    case "timestamptz":
      return compareTimes(a, b);
    case "uuid":
    case "bytea":
      return a < b ? -1 : Number(a > b);
    default:
      return undefined;
  }
}

const DECIMAL = /^(-?)0*(\d*)(?:\.(\d*))?$/;

function compareDecimals(a: string, b: string): number | undefined {
  const [left, right] = [DECIMAL.exec(a), DECIMAL.exec(b)];
  if (left === null || right === null) return undefined;
  const fraction = Math.max(left[3]?.length ?? 0, right[3]?.length ?? 0);
  const difference = scaled(left, fraction) - scaled(right, fraction);
  return difference < 0n ? -1 : Number(difference > 0n);
}

function scaled(parts: RegExpExecArray, fractionDigits: number): bigint {
  const digits = BigInt(`${parts[2] ?? ""}${(parts[3] ?? "").padEnd(fractionDigits, "0")}` || "0");
  return parts[1] === "-" ? -digits : digits;
}

function compareFloats(a: string, b: string): number | undefined {
  // NaN is the largest to PostgreSQL, but no file's bounds hold it.
  const [left, right] = [Number(a), Number(b)];
  return Number.isNaN(left - right) && left !== right ? undefined : Math.sign(left - right) || 0;
}

const PLAIN_TIME = /^\d{4}-|^\d\d:/;

/** ISO texts of years 0001 to 9999 stand in the order of time. */
function compareTimes(a: string, b: string): number | undefined {
  const plain = [a, b].every((text) => PLAIN_TIME.test(text) && !text.endsWith("BC"));
  if (!plain) return undefined;
  return a < b ? -1 : Number(a > b);
}
