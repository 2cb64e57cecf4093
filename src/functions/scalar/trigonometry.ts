import { op, overload, scalarFunction, type ScalarFunction } from "../overload.js";

/** Functions of one float8 argument whose name is the operation's. */
const ONE_ARGUMENT = [
  "sin",
  "cos",
  "tan",
  "cot",
  "asin",
  "acos",
  "atan",
  "sind",
  "cosd",
  "tand",
  "cotd",
  "asind",
  "acosd",
  "atand",
  "sinh",
  "cosh",
  "tanh",
  "asinh",
  "acosh",
  "atanh",
  "degrees",
  "radians",
] as const;

/** Those defined everywhere, whose results fit: an infinity where one is due is no error. */
const TOTAL: ReadonlySet<string> = new Set([
  "atan",
  "atand",
  "sinh",
  "cosh",
  "tanh",
  "asinh",
  "radians",
]);

export const trigonometry: readonly ScalarFunction[] = [
  ...ONE_ARGUMENT.map((name) =>
    scalarFunction(name, [
      overload(["float8"], "float8", op(name, { fallible: !TOTAL.has(name) })),
    ]),
  ),
  ...["atan2", "atan2d"].map((name) =>
    scalarFunction(name, [overload(["float8", "float8"], "float8", op(name, { fallible: false }))]),
  ),
  scalarFunction("pi", [overload([], "float8", op("pi", { fallible: false }))]),
];
