import { multiplyDecimals } from "../decimal.js";
import { absent, argument, op, operator, overload, reordered } from "../overload.js";
import { numberPairs } from "./arithmetic-lowering.js";

const multiply = op("mul");

export const multiplication = operator("*", [
  ...numberPairs("mul"),
  overload(["numeric", "numeric"], "numeric", (args) =>
    multiplyDecimals(argument(args, 0), argument(args, 1)),
  ),
  overload(["interval", "float8"], "interval", multiply),
  overload(["float8", "interval"], "interval", reordered([1, 0], multiply)),
  absent(["money", "float8"]),
  absent(["float8", "money"]),
]);
