import { absent, op, operator, overload, type ScalarFunction } from "../overload.js";
import { INTEGER_TYPES } from "./arithmetic-types.js";

function binary(symbol: string, name: string): ScalarFunction {
  const lower = op(name, { fallible: false });
  return operator(symbol, [
    ...INTEGER_TYPES.map((type) => overload([type, type], type, lower)),
    absent(["bit", "bit"]),
  ]);
}

function shift(symbol: string, name: string): ScalarFunction {
  const lower = op(name, { fallible: false });
  return operator(symbol, [
    ...INTEGER_TYPES.map((type) => overload([type, "int4"], type, lower)),
    absent(["bit", "int4"]),
  ]);
}

export const bitAnd = binary("&", "bit_and");
export const bitOr = binary("|", "bit_or");
export const bitXor = binary("#", "bit_xor");
export const shiftLeft = shift("<<", "shift_left");
export const shiftRight = shift(">>", "shift_right");
export const bitNot = operator("~", [
  ...INTEGER_TYPES.map((type) => overload([type], type, op("bit_not", { fallible: false }))),
  absent(["bit"]),
]);
