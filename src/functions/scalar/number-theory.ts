import { op, overload, scalarFunction } from "../overload.js";

const pairs = (name: string) =>
  scalarFunction(name, [
    overload(["int4", "int4"], "int4", op(name)),
    overload(["int8", "int8"], "int8", op(name)),
    overload(["numeric", "numeric"], "numeric", op(name)),
  ]);

export const gcd = pairs("gcd");
export const lcm = pairs("lcm");
export const factorial = scalarFunction("factorial", [
  overload(["int8"], "numeric", op("factorial")),
]);

export const scale = scalarFunction("scale", [
  overload(["numeric"], "int4", op("scale", { fallible: false, nullable: true })),
]);
export const minScale = scalarFunction("min_scale", [
  overload(["numeric"], "int4", op("min_scale", { fallible: false, nullable: true })),
]);
export const trimScale = scalarFunction("trim_scale", [
  overload(["numeric"], "numeric", op("trim_scale", { fallible: false })),
]);
export const widthBucket = scalarFunction("width_bucket", [
  overload(["float8", "float8", "float8", "int4"], "int4", op("width_bucket")),
  overload(["numeric", "numeric", "numeric", "int4"], "int4", op("width_bucket")),
]);
