import type { Expression, Volatility } from "../../plan/index.js";
import { decimalType, type TypeName } from "../../types/index.js";
import { callOp, constantText } from "../construct.js";
import {
  absent,
  argument,
  op,
  overload,
  scalarFunction,
  type CallSite,
  type ScalarOverload,
} from "../overload.js";

/** Digits of the answer of a constant field: `extract_<field>` answers a decimal of scale 0 or 6. */
const FIELD_DIGITS: ReadonlyMap<string, number> = new Map([
  ["year", 7],
  ["quarter", 1],
  ["month", 2],
  ["day", 2],
  ["dow", 1],
  ["doy", 3],
  ["hour", 2],
  ["minute", 2],
  ["second", 2],
]);

const DATE_FIELDS: ReadonlySet<string> = new Set(["year", "quarter", "month", "day", "dow", "doy"]);
const CLOCK_FIELDS: ReadonlySet<string> = new Set(["hour", "minute", "second"]);

function hasField(type: TypeName, field: string): boolean {
  if (type === "timestamp" || type === "timestamptz") return FIELD_DIGITS.has(field);
  if (type === "date") return DATE_FIELDS.has(field);
  return type === "time" && CLOCK_FIELDS.has(field);
}

/** extract(field, value); a constant field has an operation of its own, which is a decimal. */
function extractField(args: readonly Expression[], site: CallSite): Expression {
  const field = constantText(argument(args, 0))?.toLowerCase();
  const value = argument(args, 1);
  if (field === undefined || !hasField(value.type.name, field)) {
    return op("extract", { nullable: true })(args, site);
  }
  const scale = field === "second" ? 6 : 0;
  return callOp(`extract_${field}`, [value], {
    type: site.type,
    physical: decimalType((FIELD_DIGITS.get(field) ?? 0) + scale, scale),
    fallible: field === "year",
    volatility: site.volatility,
    nullable: value.nullable || value.type.name !== "time",
  });
}

const TYPES: readonly TypeName[] = ["timestamptz", "timestamp", "date", "time", "interval"];

function overloads(returns: TypeName, lower: ScalarOverload["lower"]): readonly ScalarOverload[] {
  return [
    ...TYPES.map((type) => {
      const volatility: Volatility = type === "timestamptz" ? "stable" : "immutable";
      return overload(["text", type], returns, lower, { volatility });
    }),
    absent(["text", "time with time zone"]),
  ];
}

export const extract = scalarFunction("extract", overloads("numeric", extractField));
export const datePart = scalarFunction(
  "date_part",
  overloads("float8", op("date_part", { nullable: true })),
);
