import type { Expression, Position } from "../../../ast/index.js";
import { call, coalesce, operator, string, typed } from "../build.js";
import type { FunctionRule } from "../rule.js";
import { arg, isWhole, rule, same } from "./any.js";

/** Rules for functions on text. */

function text(value: Expression): Expression {
  return typed("text", [value], value.position);
}

function joined(args: readonly Expression[], position: Position): Expression {
  return args.map(text).reduce((left, right) => operator("||", left, right, position));
}

/** `||` and CONCAT where one NULL makes the whole NULL. */
export const STRICT_CONCAT = rule(1, 64, ({ args, position }) => joined(args, position));

export function strictJoin(left: Expression, right: Expression, position: Position): Expression {
  return joined([left, right], position);
}

/** CONCAT that reads NULL as an empty string. */
export const LENIENT_CONCAT = rule(2, 64, ({ args, position }) =>
  call("concat", args.map(text), position),
);

/** SUBSTRING(x, from[, count]) from a place inside: before the first, dialects count differently. */
export const SUBSTRING = rule(2, 3, ({ args, position, refuse }) => {
  if (!isWhole(args[1], 1)) refuse("SUBSTRING from what is no positive constant");
  return call("substring", args, position);
});

/** LEFT and RIGHT by a constant: of a negative count, each dialect answers something else. */
export const END_OF_TEXT = rule(2, 2, ({ name, args, position, refuse }) => {
  if (!isWhole(args[1], 0)) refuse(`${name.toUpperCase()} by what is no positive constant`);
  return call(name, args, position);
});

/** LPAD and RPAD to a constant length. */
export const PAD = rule(3, 3, ({ name, args, position, refuse }) => {
  const [, length, fill] = args;
  const filled = fill?.kind === "stringLiteral" && fill.text !== "";
  if (!isWhole(length, 0) || !filled) refuse(`${name.toUpperCase()} by what is no constant`);
  return call(name, args, position);
});

/** REPEAT and REPLICATE. */
export const REPEAT = rule(2, 2, ({ args, position, refuse }) => {
  if (!isWhole(args[1], 0)) refuse("a repetition by what is no positive constant");
  return call("repeat", args, position);
});

/** INSTR(x, part), STRPOS(x, part): of an empty part, answers differ. */
export const POSITION_OF = position(0, 1);
/** LOCATE(part, x), CHARINDEX(part, x). */
export const POSITION_FIRST = position(1, 0);

function position(whole: number, part: number): FunctionRule {
  return rule(2, 2, ({ args, position: at, refuse }) => {
    const sought = arg(args, part);
    if (sought.kind === "stringLiteral" && sought.text === "") refuse("an empty string to find");
    if (sought.kind !== "stringLiteral") refuse("a position of what is no constant");
    return call("strpos", [arg(args, whole), sought], at);
  });
}

/** LEN, which leaves out blanks at the end. */
export const LENGTH_WITHOUT_BLANKS = rule(1, 1, ({ args, position: at }) =>
  call("length", [call("rtrim", args, at)], at),
);

/** All that Unicode calls white space, for a TRIM that takes it all. */
const WHITE_SPACE = [
  ..."\t\n\v\f\r \u0085\u00a0\u1680\u2028\u2029\u202f\u205f\u3000",
  ...Array.from({ length: 11 }, (_, i) => String.fromCharCode(0x2000 + i)),
].join("");

/** TRIM and its kin of white space, or of the characters given. */
export function trimSpace(name: "btrim" | "ltrim" | "rtrim"): FunctionRule {
  return rule(1, 2, ({ args, position: at }) =>
    call(name, args.length === 2 ? args : [...args, string(WHITE_SPACE, at)], at),
  );
}

/** TRIM and its kin of blanks. */
export const TRIM_BLANKS = same(1);

/** GROUP_CONCAT, STRING_AGG, LISTAGG with a constant separator. */
export function listOf(ofNothing: "null" | "empty"): FunctionRule {
  return {
    least: 2,
    most: 2,
    aggregate: true,
    build: ({ args, call: kept, position: at, refuse }) => {
      if (args[1]?.kind !== "stringLiteral") refuse("a separator that is no constant");
      const value = text(arg(args, 0));
      const list = call("string_agg", [value, arg(args, 1)], at);
      const { distinct, orderBy } = kept;
      if (distinct && orderBy.length > 0) refuse("DISTINCT with ORDER BY in a list");
      const whole = { ...list, distinct, orderBy };
      return ofNothing === "null" ? whole : coalesce([whole, string("", at)], at);
    },
  };
}
