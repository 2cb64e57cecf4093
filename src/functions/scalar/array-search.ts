import { packed } from "../array-value.js";
import { callOp, caseWhen, isNull, literal } from "../construct.js";
import {
  argument,
  operator,
  overload,
  scalarFunction,
  type Lower,
  type ScalarFunction,
} from "../overload.js";

const plain =
  (name: string, nullable?: boolean): Lower =>
  (args, site) =>
    callOp(name, args, {
      type: site.type,
      fallible: false,
      ...(nullable === undefined ? {} : { nullable }),
    });

/** Where a value stands: array, value, and perhaps where to begin. */
const position =
  (name: string, nullable?: boolean): Lower =>
  (args, site) =>
    callOp(name, [argument(args, 0), packed(argument(args, 1)), ...args.slice(2)], {
      type: site.type,
      fallible: true,
      ...(nullable === undefined ? {} : { nullable }),
    });

/** NULL for NULL, though the operand in an array is none. */
const widthBucket: Lower = (args, site) => {
  const operand = argument(args, 0);
  const call = callOp("width_bucket", [packed(operand), argument(args, 1)], {
    type: site.type,
    fallible: true,
  });
  if (!operand.nullable) return call;
  return caseWhen([{ when: isNull(operand), then: literal(null, site.type) }], call);
};

const contains = plain("array_contains");
const lax = { strict: false } as const;

/** What arrays are asked. */
export const arrayQuestions: readonly ScalarFunction[] = [
  operator("@>", [overload(["anyarray", "anyarray"], "bool", contains)]),
  operator("<@", [
    overload(["anyarray", "anyarray"], "bool", (args, site) =>
      contains([argument(args, 1), argument(args, 0)], site),
    ),
  ]),
  operator("&&", [overload(["anyarray", "anyarray"], "bool", plain("array_overlaps"))]),
  scalarFunction("cardinality", [overload(["anyarray"], "int4", plain("cardinality"))]),
  scalarFunction("array_ndims", [overload(["anyarray"], "int4", plain("array_ndims", true))]),
  scalarFunction("array_dims", [overload(["anyarray"], "text", plain("array_dims", true))]),
  ...["array_length", "array_lower", "array_upper"].map((name) =>
    scalarFunction(name, [overload(["anyarray", "int4"], "int4", plain(name, true))]),
  ),
  scalarFunction("array_position", [
    overload(
      ["anycompatiblearray", "anycompatible"],
      "int4",
      position("array_position", true),
      lax,
    ),
    overload(
      ["anycompatiblearray", "anycompatible", "int4"],
      "int4",
      position("array_position", true),
      lax,
    ),
  ]),
  scalarFunction("array_positions", [
    overload(["anycompatiblearray", "anycompatible"], "_int4", position("array_positions"), lax),
  ]),
  scalarFunction("width_bucket", [
    overload(["anycompatible", "anycompatiblearray"], "int4", widthBucket),
  ]),
];
