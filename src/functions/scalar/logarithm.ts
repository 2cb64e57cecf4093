import { op, overload, scalarFunction } from "../overload.js";

const common = [
  overload(["float8"], "float8", op("log10")),
  overload(["numeric"], "numeric", op("log10")),
];

export const exp = scalarFunction("exp", [
  overload(["float8"], "float8", op("exp")),
  overload(["numeric"], "numeric", op("exp")),
]);
export const ln = scalarFunction("ln", [
  overload(["float8"], "float8", op("ln")),
  overload(["numeric"], "numeric", op("ln")),
]);
export const log10 = scalarFunction("log10", common);
export const log = scalarFunction("log", [
  ...common,
  overload(["numeric", "numeric"], "numeric", op("log")),
]);
