import type { TypeName } from "../../types/index.js";

/** Result of an operator over two integer types: the wider one. */
export const INTEGER_PAIRS: readonly (readonly [TypeName, TypeName, TypeName])[] = [
  ["int4", "int4", "int4"],
  ["int8", "int8", "int8"],
  ["int2", "int2", "int2"],
  ["int2", "int4", "int4"],
  ["int4", "int2", "int4"],
  ["int2", "int8", "int8"],
  ["int8", "int2", "int8"],
  ["int4", "int8", "int8"],
  ["int8", "int4", "int8"],
];

export const FLOAT_PAIRS: readonly (readonly [TypeName, TypeName, TypeName])[] = [
  ["float8", "float8", "float8"],
  ["float4", "float4", "float4"],
  ["float4", "float8", "float8"],
  ["float8", "float4", "float8"],
];

export const INTEGER_TYPES: readonly TypeName[] = ["int2", "int4", "int8"];
export const FLOAT_TYPES: readonly TypeName[] = ["float4", "float8"];
