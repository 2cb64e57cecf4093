import type { Expression } from "../../plan/index.js";
import { emptyArray, packed } from "../array-value.js";
import { callOp } from "../construct.js";
import {
  argument,
  operator,
  overload,
  scalarFunction,
  type CallSite,
  type Lower,
  type ScalarFunction,
} from "../overload.js";

interface Facts {
  readonly nullable?: boolean;
}

/** One native operation; the arguments at these indexes are single elements. */
function onElements(name: string, elements: readonly number[], facts: Facts = {}): Lower {
  return (args: readonly Expression[], site: CallSite) =>
    callOp(
      name,
      args.map((arg, i) => (elements.includes(i) ? packed(arg) : arg)),
      { type: site.type, fallible: true, volatility: site.volatility, ...facts },
    );
}

const lax = { strict: false } as const;
const APPEND = onElements("array_append", [1], { nullable: false });
const PREPEND = onElements("array_prepend", [0], { nullable: false });
const CONCATENATE: Lower = (args, site) =>
  callOp("array_cat", args, {
    type: site.type,
    fallible: true,
    nullable: true,
  });

const fill: Lower = (args, site) => {
  const lowers = args[2] ?? emptyArray("int4");
  return callOp("array_fill", [packed(argument(args, 0)), argument(args, 1), lowers], {
    type: site.type,
    fallible: true,
    nullable: false,
  });
};

const replace: Lower = (args, site) => {
  const values = [1, 2].map((i) => packed(argument(args, i)));
  return callOp("array_replace", [argument(args, 0), ...values], {
    type: site.type,
    fallible: false,
  });
};

/** Functions and operators that answer arrays made of others. */
export const arrayEditing: readonly ScalarFunction[] = [
  scalarFunction("array_append", [
    overload(["anycompatiblearray", "anycompatible"], "array", APPEND, lax),
  ]),
  scalarFunction("array_prepend", [
    overload(["anycompatible", "anycompatiblearray"], "array", PREPEND, lax),
  ]),
  scalarFunction("array_cat", [
    overload(["anycompatiblearray", "anycompatiblearray"], "array", CONCATENATE, lax),
  ]),
  operator("||", [
    overload(["anycompatiblearray", "anycompatiblearray"], "array", CONCATENATE, lax),
    overload(["anycompatiblearray", "anycompatible"], "array", APPEND, lax),
    overload(["anycompatible", "anycompatiblearray"], "array", PREPEND, lax),
  ]),
  scalarFunction("array_remove", [
    overload(
      ["anycompatiblearray", "anycompatible"],
      "array",
      onElements("array_remove", [1]),
      lax,
    ),
  ]),
  scalarFunction("array_replace", [
    overload(["anycompatiblearray", "anycompatible", "anycompatible"], "array", replace, lax),
  ]),
  scalarFunction("array_fill", [
    overload(["anyelement", "_int4"], "array", fill, lax),
    overload(["anyelement", "_int4", "_int4"], "array", fill, lax),
  ]),
  scalarFunction("trim_array", [
    overload(["anyarray", "int4"], "array", (args, site) =>
      callOp("trim_array", args, { type: site.type, fallible: true }),
    ),
  ]),
];

const STABLE = { volatility: "stable" } as const;

function textOp(name: string, nullable?: boolean): Lower {
  return (args, site) =>
    callOp(name, args, {
      type: site.type,
      fallible: name.startsWith("regexp"),
      volatility: site.volatility,
      ...(nullable === undefined ? {} : { nullable }),
    });
}

const REGEXP_ARGUMENTS = [
  ["text", "text"],
  ["text", "text", "text"],
] as const;

/** Between arrays and text. */
export const arrayTexts: readonly ScalarFunction[] = [
  scalarFunction("array_to_string", [
    overload(["anyarray", "text"], "text", textOp("array_to_string"), STABLE),
    overload(["anyarray", "text", "text"], "text", textOp("array_to_string", true), {
      ...STABLE,
      strict: false,
    }),
  ]),
  scalarFunction("string_to_array", [
    overload(["text", "text"], "_text", textOp("string_to_array", true), lax),
    overload(["text", "text", "text"], "_text", textOp("string_to_array", true), lax),
  ]),
  scalarFunction(
    "regexp_match",
    REGEXP_ARGUMENTS.map((args) => overload(args, "_text", textOp("regexp_match", true))),
  ),
  scalarFunction(
    "regexp_split_to_array",
    REGEXP_ARGUMENTS.map((args) => overload(args, "_text", textOp("regexp_split_to_array"))),
  ),
];
