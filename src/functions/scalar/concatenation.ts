import type { Expression } from "../../plan/index.js";
import { castTo, printed } from "../cast.js";
import { callOp, caseWhen, coalesce, isNull, literal, TEXT } from "../construct.js";
import { argument, op, operator, overload, scalarFunction, type CallSite } from "../overload.js";

function concatAsText(args: readonly Expression[], site: CallSite): Expression {
  const texts = args.map((a) => castTo(a, "text"));
  return callOp("concat", texts, { type: site.type, fallible: false });
}

const stable = { volatility: "stable" } as const;

export const concatenationOperator = operator("||", [
  overload(["text", "text"], "text", op("concat", { fallible: false })),
  overload(["bytea", "bytea"], "bytea", op("concat", { fallible: false })),
  overload(["text", "anynonarray"], "text", concatAsText, stable),
  overload(["anynonarray", "text"], "text", concatAsText, stable),
]);

/** concat(): NULLs are nothing. */
function concatAll(args: readonly Expression[]): Expression {
  const empty: Expression = literal("", TEXT);
  return args.reduce(
    (left, right) =>
      callOp("concat_text", [left, printed(right)], {
        type: TEXT,
        fallible: false,
        nullable: false,
      }),
    empty,
  );
}

/** concat_ws(): NULLs are left out together with their separator. */
function concatWithSeparator(args: readonly Expression[]): Expression {
  const separator = argument(args, 0);
  const joined = args.slice(1).reduce<Expression>(
    (left, piece) =>
      callOp("concat_ws_piece", [left, separator, printed(piece)], {
        type: TEXT,
        fallible: false,
        nullable: true,
      }),
    literal(null, TEXT),
  );
  const text = coalesce([joined, literal("", TEXT)]);
  if (!separator.nullable) return text;
  return caseWhen([{ when: isNull(separator), then: literal(null, TEXT) }], text);
}

export const concat = scalarFunction("concat", [
  overload(["any"], "text", concatAll, { ...stable, strict: false, variadic: true }),
]);
export const concatWs = scalarFunction("concat_ws", [
  overload(["text", "any"], "text", concatWithSeparator, {
    ...stable,
    strict: false,
    variadic: true,
  }),
]);
