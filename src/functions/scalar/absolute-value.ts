import type { Expression } from "../../plan/index.js";
import { callOp } from "../construct.js";
import { argument, op, operator, overload, scalarFunction, type CallSite } from "../overload.js";
import { FLOAT_TYPES, INTEGER_TYPES } from "./arithmetic-types.js";

function absoluteNumeric(args: readonly Expression[], site: CallSite): Expression {
  const value = argument(args, 0);
  const { physical } = value;
  return callOp("abs", [value], { type: site.type, physical, fallible: false });
}

const overloads = [
  ...INTEGER_TYPES.map((type) => overload([type], type, op("abs"))),
  ...FLOAT_TYPES.map((type) => overload([type], type, op("abs", { fallible: false }))),
  overload(["numeric"], "numeric", absoluteNumeric),
];

export const abs = scalarFunction("abs", overloads);
export const absoluteOperator = operator("@", overloads);
