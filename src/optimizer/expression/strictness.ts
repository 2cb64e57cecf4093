import { unreachable } from "../../errors/index.js";
import type { CallExpression, ColumnId, Expression } from "../../plan/index.js";

/**
 * Operations known to answer NULL for any NULL argument. Others may too; leaving one out only costs
 * a missed simplification.
 */
const STRICT: ReadonlySet<string> = new Set([
  "eq",
  "ne",
  "lt",
  "le",
  "gt",
  "ge",
  "add",
  "sub",
  "mul",
  "div",
  "mod",
  "neg",
  "abs",
  "rescale_up",
  "widen",
  "like",
  "ilike",
  "like_prefix",
  "like_suffix",
  "like_contains",
  "like_parts",
  "starts_with",
  "substring",
  "upper",
  "lower",
  "length",
  "bpchar_trim",
  "concat",
  "round",
  "trunc",
  "floor",
  "ceil",
  "btrim",
  "ltrim",
  "rtrim",
  "left",
  "right",
  "strpos",
]);

function isStrict(op: string): boolean {
  return STRICT.has(op) || op.startsWith("cast_") || op.startsWith("extract");
}

/** Whether it is a call known to answer NULL for any NULL argument. */
export function isStrictCall(expression: Expression): expression is CallExpression {
  return expression.kind === "call" && isStrict(expression.op);
}

type Columns = ReadonlySet<ColumnId>;
const NONE: Columns = new Set();

/** Columns whose being NULL makes the expression NULL. */
export function strictColumns(expression: Expression): Columns {
  switch (expression.kind) {
    case "column":
      return new Set([expression.column.id]);
    case "call":
      return isStrict(expression.op) ? union(expression.args.map(strictColumns)) : NONE;
    case "not":
    case "in-list":
      return strictColumns(expression.operand);
    case "and":
    case "or":
      return intersection(expression.args.map(strictColumns));
    case "literal":
    case "parameter":
    case "is-null":
    case "case":
    case "coalesce":
    case "scalar-subquery":
    case "exists":
    case "any-subquery":
      return NONE;
    default:
      return unreachable(expression);
  }
}

/** Columns whose being NULL keeps a condition from being true. */
export function rejectedNulls(condition: Expression): Columns {
  switch (condition.kind) {
    case "and":
      return union(condition.args.map(rejectedNulls));
    case "or":
      return intersection(condition.args.map(rejectedNulls));
    case "not":
      return neverFalseFor(condition.operand);
    case "is-null":
      return condition.negated ? strictColumns(condition.operand) : NONE;
    default:
      return strictColumns(condition);
  }
}

/** Columns whose being NULL keeps a condition from being false. */
function neverFalseFor(condition: Expression): Columns {
  switch (condition.kind) {
    case "and":
      return intersection(condition.args.map(neverFalseFor));
    case "or":
      return union(condition.args.map(neverFalseFor));
    case "not":
      return rejectedNulls(condition.operand);
    case "is-null":
      return condition.negated ? NONE : strictColumns(condition.operand);
    default:
      return strictColumns(condition);
  }
}

function union(sets: readonly Columns[]): Columns {
  return new Set(sets.flatMap((set) => [...set]));
}

function intersection(sets: readonly Columns[]): Columns {
  const [first, ...rest] = sets;
  if (first === undefined) return NONE;
  return new Set([...first].filter((id) => rest.every((set) => set.has(id))));
}
