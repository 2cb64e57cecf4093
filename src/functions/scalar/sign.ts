import type { Expression } from "../../plan/index.js";
import { callOp, INT4 } from "../construct.js";
import { integerToDecimal, isDecimal } from "../decimal.js";
import { argument, op, overload, scalarFunction, type CallSite } from "../overload.js";

function signOfNumeric(args: readonly Expression[], site: CallSite): Expression {
  const value = argument(args, 0);
  if (!isDecimal(value)) return callOp("sign", [value], { type: site.type, fallible: false });
  return integerToDecimal(callOp("sign", [value], { type: INT4, fallible: false }));
}

export const sign = scalarFunction("sign", [
  overload(["float8"], "float8", op("sign", { fallible: false })),
  overload(["numeric"], "numeric", signOfNumeric),
]);
