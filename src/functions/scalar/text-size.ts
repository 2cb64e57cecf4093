import { absent, op, overload, scalarFunction } from "../overload.js";

const free = { fallible: false };
const characters = [
  overload(["text"], "int4", op("length", free)),
  overload(["bpchar"], "int4", op("bpchar_length", free)),
];

export const charLength = scalarFunction("char_length", characters);
export const characterLength = scalarFunction("character_length", characters);
export const length = scalarFunction("length", [
  ...characters,
  overload(["bytea"], "int4", op("length", free)),
  absent(["bit"]),
]);
export const octetLength = scalarFunction("octet_length", [
  overload(["text"], "int4", op("octet_length", free)),
  overload(["bpchar"], "int4", op("octet_length", free)),
  overload(["bytea"], "int4", op("octet_length", free)),
]);
export const bitLength = scalarFunction("bit_length", [
  overload(["text"], "int4", op("bit_length", free)),
  overload(["bytea"], "int4", op("bit_length", free)),
]);
