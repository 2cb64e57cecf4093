import type { Expression } from "../../plan/index.js";
import { callOp } from "../construct.js";
import { withScale } from "../decimal.js";
import {
  argument,
  op,
  overload,
  scalarFunction,
  type CallSite,
  type ScalarFunction,
} from "../overload.js";

/** A decimal's scale follows the template. */
function numericToChar(args: readonly Expression[], site: CallSite): Expression {
  const value = argument(args, 0);
  const scale = withScale(value).slice(1);
  return callOp("to_char", [value, argument(args, 1), ...scale], {
    type: site.type,
    fallible: true,
    volatility: site.volatility,
    nullable: true,
  });
}

const stable = { volatility: "stable" } as const;
const toCharOp = op("to_char", { nullable: true });

export const formatting: readonly ScalarFunction[] = [
  scalarFunction("to_char", [
    overload(["timestamptz", "text"], "text", toCharOp, stable),
    overload(["timestamp", "text"], "text", toCharOp, stable),
    overload(["interval", "text"], "text", toCharOp, stable),
    overload(["int4", "text"], "text", toCharOp, stable),
    overload(["int8", "text"], "text", toCharOp, stable),
    overload(["float4", "text"], "text", toCharOp, stable),
    overload(["float8", "text"], "text", toCharOp, stable),
    overload(["numeric", "text"], "text", numericToChar, stable),
  ]),
  scalarFunction("to_date", [
    overload(["text", "text"], "date", op("to_date", { nullable: true }), stable),
  ]),
  scalarFunction("to_number", [
    overload(["text", "text"], "numeric", op("to_number", { nullable: true }), stable),
  ]),
  scalarFunction("to_timestamp", [
    overload(["float8"], "timestamptz", op("to_timestamp")),
    overload(["text", "text"], "timestamptz", op("to_timestamp", { nullable: true }), stable),
  ]),
];
