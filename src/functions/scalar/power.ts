import { op, operator, overload, scalarFunction } from "../overload.js";

const overloads = [
  overload(["float8", "float8"], "float8", op("power")),
  overload(["numeric", "numeric"], "numeric", op("power")),
];

export const caret = operator("^", overloads);
export const power = scalarFunction("power", overloads);
export const pow = scalarFunction("pow", overloads);
