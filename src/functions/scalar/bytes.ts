import { absent, op, overload, scalarFunction, type ScalarFunction } from "../overload.js";

const free = { fallible: false };

export const byteFunctions: readonly ScalarFunction[] = [
  scalarFunction("get_byte", [overload(["bytea", "int4"], "int4", op("get_byte"))]),
  scalarFunction("set_byte", [overload(["bytea", "int4", "int4"], "bytea", op("set_byte"))]),
  scalarFunction("get_bit", [
    overload(["bytea", "int8"], "int4", op("get_bit")),
    absent(["bit", "int4"]),
  ]),
  scalarFunction("set_bit", [
    overload(["bytea", "int8", "int4"], "bytea", op("set_bit")),
    absent(["bit", "int4", "int4"]),
  ]),
  scalarFunction("bit_count", [
    overload(["bytea"], "int8", op("bit_count", free)),
    absent(["bit"]),
  ]),
  scalarFunction("encode", [overload(["bytea", "text"], "text", op("encode"))]),
  scalarFunction("decode", [overload(["text", "text"], "bytea", op("decode"))]),
  scalarFunction("convert_from", [
    overload(["bytea", "name"], "text", op("convert_from"), { volatility: "stable" }),
  ]),
  scalarFunction("convert_to", [
    overload(["text", "name"], "bytea", op("convert_to"), { volatility: "stable" }),
  ]),
  ...["sha224", "sha256", "sha384", "sha512"].map((name) =>
    scalarFunction(name, [overload(["bytea"], "bytea", op(name, free))]),
  ),
  scalarFunction("gen_random_uuid", [
    overload([], "uuid", op("gen_random_uuid", free), { volatility: "volatile" }),
  ]),
];
