import type { Expression } from "../../plan/index.js";
import { callOp, constantText, not } from "../construct.js";
import {
  absent,
  argument,
  op,
  operator,
  overload,
  scalarFunction,
  type Lower,
  type ScalarFunction,
  type ScalarOverload,
} from "../overload.js";

/** A constant pattern that does not end with its escape character cannot be refused. */
function match(name: string): Lower {
  return (args, site) => {
    const pattern = constantText(argument(args, 1));
    const trailing = /\\*$/.exec(pattern ?? "\\")?.[0].length ?? 1;
    return callOp(name, args, { type: site.type, fallible: trailing % 2 === 1 });
  };
}

function negated(lower: Lower): Lower {
  return (args, site): Expression => not(lower(args, site));
}

function overloads(lower: Lower, withBytes: boolean): readonly ScalarOverload[] {
  return [
    overload(["text", "text"], "bool", lower),
    overload(["bpchar", "text"], "bool", lower),
    overload(["name", "text"], "bool", lower),
    ...(withBytes ? [overload(["bytea", "bytea"], "bool", lower)] : []),
  ];
}

/** LIKE and ILIKE; the escape character is a backslash, see like_escape. */
export const patternOperators: readonly ScalarFunction[] = [
  operator("~~", overloads(match("like"), true)),
  operator("!~~", overloads(negated(match("like")), true)),
  operator("~~*", overloads(match("ilike"), false)),
  operator("!~~*", overloads(negated(match("ilike")), false)),
];

const names = ["like", "notlike"] as const;

export const patternFunctions: readonly ScalarFunction[] = [
  ...names.map((name) => {
    const lower = name === "like" ? match("like") : negated(match("like"));
    return scalarFunction(name, [
      overload(["text", "text"], "bool", lower),
      overload(["name", "text"], "bool", lower),
      overload(["bytea", "bytea"], "bool", lower),
    ]);
  }),
  scalarFunction("like_escape", [
    overload(["text", "text"], "text", op("like_escape")),
    absent(["bytea", "bytea"]),
  ]),
  scalarFunction("similar_to_escape", [
    overload(["text"], "text", op("similar_to_escape")),
    overload(["text", "text"], "text", op("similar_to_escape")),
  ]),
  scalarFunction("starts_with", [
    overload(["text", "text"], "bool", op("starts_with", { fallible: false })),
  ]),
  operator("^@", [overload(["text", "text"], "bool", op("starts_with", { fallible: false }))]),
];
