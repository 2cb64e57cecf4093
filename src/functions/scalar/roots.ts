import { op, operator, overload, scalarFunction } from "../overload.js";

const squareRootOfFloat = overload(["float8"], "float8", op("sqrt"));
const cubeRoot = overload(["float8"], "float8", op("cbrt", { fallible: false }));

export const sqrt = scalarFunction("sqrt", [
  squareRootOfFloat,
  overload(["numeric"], "numeric", op("sqrt")),
]);
export const squareRootOperator = operator("|/", [squareRootOfFloat]);
export const cbrt = scalarFunction("cbrt", [cubeRoot]);
export const cubeRootOperator = operator("||/", [cubeRoot]);
