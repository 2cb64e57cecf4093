import { divideDecimals, toSelfScaled } from "../decimal.js";
import { callOp } from "../construct.js";
import { argument, op, operator, overload, scalarFunction } from "../overload.js";
import { numberPairs } from "./arithmetic-lowering.js";

export const division = operator("/", [
  ...numberPairs("div"),
  overload(["numeric", "numeric"], "numeric", (args) =>
    divideDecimals(argument(args, 0), argument(args, 1)),
  ),
  overload(["interval", "float8"], "interval", op("div")),
]);

/** Whole quotient, cut towards zero. */
export const wholeDivision = scalarFunction("div", [
  overload(["numeric", "numeric"], "numeric", (args, site) =>
    callOp("div_trunc", args.map(toSelfScaled), { type: site.type, fallible: true }),
  ),
]);
