import type { Expression } from "../../plan/index.js";
import { isArray, sqlType, type TypeName } from "../../types/index.js";
import { comparable, comparableRecords } from "../array-value.js";
import { castTo, trimBlanks } from "../cast.js";
import { BOOL, callOp, constantText, literal } from "../construct.js";
import { alignScales } from "../decimal.js";
import {
  absent,
  argument,
  operator,
  overload,
  type Lower,
  type ScalarFunction,
} from "../overload.js";
import { FLOAT_PAIRS, INTEGER_PAIRS } from "./arithmetic-types.js";

/** Native names of the comparisons of two values of one physical type. */
export type ComparisonOp =
  "eq" | "ne" | "lt" | "le" | "gt" | "ge" | "is_distinct" | "is_not_distinct";

const OPS: readonly (readonly [string, ComparisonOp])[] = [
  ["=", "eq"],
  ["<>", "ne"],
  ["<", "lt"],
  ["<=", "le"],
  [">", "gt"],
  [">=", "ge"],
];

/** The native comparison behind a comparison operator's name. */
export function comparisonOp(name: string): ComparisonOp | undefined {
  return OPS.find(([symbol]) => symbol === name)?.[1];
}

function compare(name: ComparisonOp, left: Expression, right: Expression): Expression {
  const seesNulls = name === "is_distinct" || name === "is_not_distinct";
  return callOp(name, [left, right], {
    type: BOOL,
    fallible: false,
    ...(seesNulls ? { nullable: false } : {}),
  });
}

/** Comparison of two values whose types an operator of that name takes. */
export function compareValues(name: ComparisonOp, left: Expression, right: Expression): Expression {
  const leftType = left.type.name;
  const rightType = right.type.name;
  if (leftType === "record") return compareRecords(name, left, right);
  if (isArray(leftType)) {
    return compare(name, comparable(left), comparable(right));
  }
  if (leftType === "numeric" && rightType === "numeric") {
    const [a, b] = alignScales(left, right);
    return compare(name, a, b);
  }
  if (leftType === "bpchar" && rightType === "bpchar") return comparePadded(name, left, right);
  if (leftType === rightType) return compare(name, left, right);
  const wider = widerType(leftType, rightType);
  return compare(name, widen(left, wider), widen(right, wider));
}

/** Rows; what sees NULLs cannot first look whether the columns are alike. */
function compareRecords(name: ComparisonOp, left: Expression, right: Expression): Expression {
  const seesNulls = name === "is_distinct" || name === "is_not_distinct";
  const sides = seesNulls ? [comparable(left), comparable(right)] : comparableRecords(left, right);
  const [a = left, b = right] = sides;
  return compare(name, a, b);
}

const WIDTH: Partial<Record<TypeName, number>> = {
  name: 0,
  text: 1,
  int2: 2,
  int4: 3,
  int8: 4,
  float4: 5,
  float8: 6,
  date: 7,
  timestamp: 8,
  timestamptz: 9,
};

export function widerType(a: TypeName, b: TypeName): TypeName {
  return (WIDTH[a] ?? 0) >= (WIDTH[b] ?? 0) ? a : b;
}

export function widen(value: Expression, target: TypeName): Expression {
  const source = value.type.name;
  const isTime = target === "timestamp" || target === "timestamptz";
  if (isTime && source !== target) return timeForComparison(value, target);
  return castTo(value, target);
}

/** A date or timestamp to compare with a wider one: PostgreSQL's comparison raises no error. */
function timeForComparison(value: Expression, target: "timestamp" | "timestamptz"): Expression {
  return callOp(`compare_${target}`, [value], {
    type: sqlType(target),
    fallible: false,
    volatility: target === "timestamptz" ? "stable" : "immutable",
  });
}

/**
 * char(n) compares without trailing blanks. Equality of two values padded to one length needs no
 * trimming, and a constant is padded to the other side's length.
 */
function comparePadded(name: ComparisonOp, left: Expression, right: Expression): Expression {
  if (name !== "eq" && name !== "ne") {
    return compare(name, trimBlanks(left), trimBlanks(right));
  }
  const a = padded(left, right.type.typmod);
  const b = padded(right, left.type.typmod);
  const known = a.type.typmod > 0 && a.type.typmod === b.type.typmod;
  return known ? compare(name, a, b) : compare(name, trimBlanks(left), trimBlanks(right));
}

function padded(value: Expression, typmod: number): Expression {
  const text = constantText(value)?.replace(/ +$/, "");
  if (text === undefined || typmod < 0) return value;
  const missing = typmod - 4 - [...text].length;
  if (missing < 0) return value;
  return literal(text + " ".repeat(missing), { name: "bpchar", typmod });
}

const lowerComparison =
  (name: ComparisonOp): Lower =>
  (args) =>
    compareValues(name, argument(args, 0), argument(args, 1));

/** Types compared with themselves, and pairs that PostgreSQL compares across. */
const PAIRS: readonly (readonly [TypeName, TypeName])[] = [
  ["bool", "bool"],
  ["bpchar", "bpchar"],
  ["bytea", "bytea"],
  ["date", "date"],
  ["date", "timestamp"],
  ["date", "timestamptz"],
  ["interval", "interval"],
  ["name", "name"],
  ["name", "text"],
  ["numeric", "numeric"],
  ["oid", "oid"],
  ["text", "name"],
  ["text", "text"],
  ["time", "time"],
  ["timestamp", "date"],
  ["timestamp", "timestamp"],
  ["timestamp", "timestamptz"],
  ["timestamptz", "date"],
  ["timestamptz", "timestamp"],
  ["timestamptz", "timestamptz"],
  ["uuid", "uuid"],
];

function isStable(a: TypeName, b: TypeName): boolean {
  return a !== b && (a === "timestamptz" || b === "timestamptz");
}

export const comparisons: readonly ScalarFunction[] = OPS.map(([symbol, name]) =>
  operator(symbol, [
    ...[...INTEGER_PAIRS, ...FLOAT_PAIRS].map(([a, b]) =>
      overload([a, b], "bool", lowerComparison(name)),
    ),
    ...PAIRS.map(([a, b]) =>
      overload([a, b], "bool", lowerComparison(name), {
        volatility: isStable(a, b) ? "stable" : "immutable",
      }),
    ),
    overload(["anyarray", "anyarray"], "bool", lowerComparison(name)),
    overload(["record", "record"], "bool", lowerComparison(name)),
    absent(["inet", "inet"]),
    absent(["time with time zone", "time with time zone"]),
  ]),
);
