import { remainderOfDecimals } from "../decimal.js";
import { argument, operator, overload, scalarFunction } from "../overload.js";
import { onWiderType } from "./arithmetic-lowering.js";
import { INTEGER_TYPES } from "./arithmetic-types.js";

const overloads = [
  ...INTEGER_TYPES.map((type) => overload([type, type], type, onWiderType("mod"))),
  overload(["numeric", "numeric"], "numeric", (args) =>
    remainderOfDecimals(argument(args, 0), argument(args, 1)),
  ),
];

export const percent = operator("%", overloads);
export const mod = scalarFunction("mod", overloads);
