import { featureNotSupported, formatSpecifierInvalid } from "../../errors/index.js";
import type { Expression } from "../../plan/index.js";
import { printed } from "../cast.js";
import {
  callOp,
  caseWhen,
  constantText,
  integer,
  INT4,
  isNull,
  literal,
  TEXT,
} from "../construct.js";
import { overload, scalarFunction, type Lower } from "../overload.js";

/** `%[position$][-][width]type` */
const SPECIFIER = /%(?:(?<position>\d+)\$)?(?<left>-*)(?<width>\d+|\*(?:\d+\$)?)?(?<type>.)?/gsu;
const SINGLE_PERCENT = 'For a single "%" use "%%".';

/** format() of a constant template: its pieces one after the other, each as its specifier says. */
const formatLower: Lower = (args, site) => {
  const [template, ...values] = args;
  if (template?.kind === "literal" && template.text === null) return literal(null, TEXT);
  const text = constantText(template);
  if (text === undefined) {
    throw featureNotSupported("format() of a computed template is not supported", site.position);
  }
  return pieces(text, values).reduce<Expression>(joined, literal("", TEXT));
};

function joined(left: Expression, right: Expression): Expression {
  if (left.kind === "literal" && left.text === "") return right;
  return callOp("concat", [left, right], { type: TEXT, fallible: false });
}

function pieces(template: string, values: readonly Expression[]): readonly Expression[] {
  const found: Expression[] = [];
  let from = 0;
  let next = 0;
  for (const match of template.matchAll(SPECIFIER)) {
    const plain = template.slice(from, match.index);
    if (plain !== "") found.push(literal(plain, TEXT));
    from = match.index + match[0].length;
    const { position, left, width, type } = match.groups ?? {};
    if (match[0] === "%%") {
      found.push(literal("%", TEXT));
      continue;
    }
    if (type === undefined) {
      throw formatSpecifierInvalid("unterminated format() type specifier", SINGLE_PERCENT);
    }
    if (width?.startsWith("*") === true) {
      throw featureNotSupported("format() with a width from an argument is not supported");
    }
    if (position !== undefined && Number(position) === 0) {
      throw formatSpecifierInvalid(
        "format specifies argument 0, but arguments are numbered from 1",
      );
    }
    const index = position === undefined ? next : Number(position) - 1;
    if (!"sIL".includes(type)) {
      throw formatSpecifierInvalid(
        `unrecognized format() type specifier "${type}"`,
        SINGLE_PERCENT,
      );
    }
    const value = values[index];
    if (value === undefined) throw formatSpecifierInvalid("too few arguments for format()");
    next = index + 1;
    found.push(padded(written(printed(value), type), Number(width ?? 0), left !== ""));
  }
  if (from < template.length) found.push(literal(template.slice(from), TEXT));
  return found;
}

/** The value as `%s` (NULL is nothing), `%I` (an identifier) or `%L` (a literal). */
function written(value: Expression, type: string): Expression {
  switch (type) {
    case "I":
      if (value.nullable) {
        throw featureNotSupported("format() of a value that may be NULL by %I is not supported");
      }
      return callOp("quote_ident", [value], { type: TEXT, fallible: false });
    case "L":
      return orElse(callOp("quote_literal", [value], { type: TEXT, fallible: false }), "NULL");
    default:
      return orElse(value, "");
  }
}

function orElse(value: Expression, whenNull: string): Expression {
  if (!value.nullable) return value;
  const otherwise = { ...value, nullable: false };
  return caseWhen([{ when: isNull(value), then: literal(whenNull, TEXT) }], otherwise);
}

/** Blanks up to the width, never cut off. */
function padded(value: Expression, width: number, left: boolean): Expression {
  if (width === 0) return value;
  const length = callOp("length", [value], { type: INT4, fallible: false });
  const missing = callOp("sub", [integer(width), length], { type: INT4, fallible: false });
  const blanks = callOp("repeat", [literal(" ", TEXT), missing], { type: TEXT, fallible: true });
  const sides = left ? [value, blanks] : [blanks, value];
  return callOp("concat", sides, { type: TEXT, fallible: false });
}

const options = { volatility: "stable", strict: false } as const;

export const format = scalarFunction("format", [
  overload(["text"], "text", formatLower, options),
  overload(["text", "any"], "text", formatLower, { ...options, variadic: true }),
]);
