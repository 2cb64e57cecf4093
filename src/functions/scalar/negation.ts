import type { Expression } from "../../plan/index.js";
import { callOp, literal } from "../construct.js";
import { isDecimal } from "../decimal.js";
import { argument, op, operator, overload, type CallSite } from "../overload.js";
import { FLOAT_TYPES, INTEGER_TYPES } from "./arithmetic-types.js";

/** Unary minus. A decimal keeps its form, a decimal constant stays a constant. */
function negateNumeric(args: readonly Expression[], site: CallSite): Expression {
  const value = argument(args, 0);
  if (!isDecimal(value)) return callOp("neg", [value], { type: site.type, fallible: false });
  if (value.kind === "literal" && value.text !== null) {
    return literal(negatedText(value.text), site.type, value.physical);
  }
  const { physical } = value;
  return callOp("neg", [value], { type: site.type, physical, fallible: false });
}

function negatedText(text: string): string {
  if (text.startsWith("-")) return text.slice(1);
  return /[1-9]/.test(text) ? `-${text}` : text;
}

export const negation = operator("-", [
  ...INTEGER_TYPES.map((type) => overload([type], type, op("neg"))),
  ...FLOAT_TYPES.map((type) => overload([type], type, op("neg", { fallible: false }))),
  overload(["numeric"], "numeric", negateNumeric),
  overload(["interval"], "interval", op("neg")),
]);
