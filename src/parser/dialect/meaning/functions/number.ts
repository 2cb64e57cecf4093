import type { Expression } from "../../../ast/index.js";
import { call, cast, nullIfZero, operator, typed } from "../build.js";
import type { FunctionRule } from "../rule.js";
import { arg, isWhole, rule } from "./any.js";

/** Rules for functions on numbers. */

/** ROUND(x[, digits]) of an exact number: halves of floats go elsewhere in each dialect. */
export const ROUND = rule(1, 2, ({ args, position, refuse }) => {
  if (args.length === 2 && !isWhole(args[1], 0)) refuse("ROUND to what is no positive constant");
  return typed("round", args, position);
});

/** TRUNCATE(x, digits). */
export const TRUNCATE = rule(1, 2, ({ args, position, refuse }) => {
  if (args.length === 2 && !isWhole(args[1], 0)) refuse("TRUNCATE to what is no positive constant");
  return call("trunc", [typed("exact", [arg(args, 0)], position), ...args.slice(1)], position);
});

/** A function of floats, whatever the arguments are. */
export function ofFloats(name: string, count = 1): FunctionRule {
  return rule(count, count, ({ args, position }) =>
    call(
      name,
      args.map((value) => float(value)),
      position,
    ),
  );
}

function float(value: Expression): Expression {
  return cast(typed("number", [value], value.position), "float8");
}

/** MOD; `nullOfZero`: what is divided by zero is NULL. */
export function remainder(zero: "nullOfZero" | "error"): FunctionRule {
  return rule(2, 2, ({ args, position }) => {
    const [left, right] = [arg(args, 0), arg(args, 1)];
    return operator("%", left, zero === "error" ? right : nullIfZero(right), position);
  });
}

/** DIV(a, b), a whole quotient cut towards zero. */
export const WHOLE_DIVISION = rule(2, 2, ({ args, position }) =>
  call(
    "div",
    args.map((value) => typed("exact", [value], value.position)),
    position,
  ),
);

/** SAFE_DIVIDE. */
export const SAFE_DIVIDE = rule(2, 2, ({ args, position }) =>
  typed("divide_as_float", [arg(args, 0), nullIfZero(arg(args, 1))], position),
);

/** ZEROIFNULL's other way round. */
export const NULL_IF_ZERO = rule(1, 1, ({ args }) => nullIfZero(arg(args, 0)));
