import type { TypeName } from "../../types/index.js";
import { callOp, constantText } from "../construct.js";
import { absent, op, overload, scalarFunction, type Lower } from "../overload.js";

/** Only a negative length is an error. */
const part: Lower = (args, site) => {
  const length = args[2];
  const safe = length === undefined || /^\d/.test(constantText(length) ?? "");
  return callOp("substring", args, { type: site.type, fallible: !safe });
};

const byPosition = (type: TypeName) => [
  overload([type, "int4"], type, part),
  overload([type, "int4", "int4"], type, part),
];
const positions = [...byPosition("text"), ...byPosition("bytea")];

export const substr = scalarFunction("substr", positions);
export const substring = scalarFunction("substring", [
  ...positions,
  overload(["text", "text"], "text", op("substring", { nullable: true })),
  overload(["text", "text", "text"], "text", op("substring", { nullable: true })),
  absent(["bit", "int4"]),
  absent(["bit", "int4", "int4"]),
]);

const overlayOf = (type: TypeName) => [
  overload([type, type, "int4"], type, op("overlay")),
  overload([type, type, "int4", "int4"], type, op("overlay")),
];
export const overlay = scalarFunction("overlay", [...overlayOf("text"), ...overlayOf("bytea")]);

const find = op("strpos", { fallible: false });
export const strpos = scalarFunction("strpos", [overload(["text", "text"], "int4", find)]);
/** `POSITION(a IN b)` arrives as position(b, a), as strpos takes them. */
export const position = scalarFunction("position", [
  overload(["text", "text"], "int4", find),
  overload(["bytea", "bytea"], "int4", find),
  absent(["bit", "bit"]),
]);
