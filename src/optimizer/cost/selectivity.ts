import { unreachable } from "../../errors/index.js";
import {
  columnsOf,
  type CallExpression,
  type ColumnId,
  type Expression,
} from "../../plan/index.js";
import { conjunctsOf } from "../expression/build.js";
import { columnOf, DEFAULT_DISTINCT, type ColumnEstimate, type Estimate } from "./estimate.js";
import { equalitySelectivity } from "./join-selectivity.js";
import { likeShape } from "./like-shape.js";
import { onNumberLine } from "./number-line.js";

const DEFAULT_EQUAL = 1 / DEFAULT_DISTINCT;
const DEFAULT_RANGE = 1 / 3;
const DEFAULT_BOOLEAN = 0.5;
const LEAST = 1e-7;

interface Range {
  readonly column: ColumnId;
  readonly below: number | undefined;
  readonly above: number | undefined;
}

/** The share of rows for which a condition is true. */
export function selectivity(condition: Expression | null, input: Estimate): number {
  const ranges = new Map<ColumnId, { below: number; above: number }>();
  let share = 1;
  for (const conjunct of conjunctsOf(condition)) {
    const range = rangeOf(conjunct, input);
    if (range === undefined) {
      share *= ofConjunct(conjunct, input);
      continue;
    }
    const merged = ranges.get(range.column) ?? { below: 1, above: 1 };
    ranges.set(range.column, {
      below: Math.min(merged.below, range.below ?? 1),
      above: Math.min(merged.above, range.above ?? 1),
    });
  }
  for (const { below, above } of ranges.values()) share *= Math.max(below + above - 1, LEAST);
  return clamp(share);
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}

function ofConjunct(expression: Expression, input: Estimate): number {
  switch (expression.kind) {
    case "literal":
      return expression.text === "t" ? 1 : 0;
    case "and":
      return selectivity(expression, input);
    case "or":
      return 1 - expression.args.reduce((rest, arg) => rest * (1 - selectivity(arg, input)), 1);
    case "not":
      return clamp(1 - selectivity(expression.operand, input));
    case "is-null": {
      const share = nullShare(expression.operand, input);
      return expression.negated ? 1 - share : share;
    }
    case "in-list": {
      const each = 1 / Math.max(1, distinctOf(expression.operand, input));
      const share = Math.min(1, expression.items.length * each);
      return expression.negated ? 1 - share : share;
    }
    case "call":
      return ofCall(expression, input);
    case "column":
      return DEFAULT_BOOLEAN;
    case "parameter":
    case "case":
    case "coalesce":
    case "scalar-subquery":
    case "exists":
    case "any-subquery":
      return DEFAULT_RANGE;
    default:
      return unreachable(expression);
  }
}

function ofCall(call: CallExpression, input: Estimate): number {
  const [left, right] = call.args;
  if (left === undefined || right === undefined) return DEFAULT_BOOLEAN;
  switch (call.op) {
    case "eq":
    case "is_not_distinct":
      return ofEquality(left, right, input);
    case "ne":
    case "is_distinct":
      return clamp(1 - ofEquality(left, right, input));
    case "lt":
    case "le":
    case "gt":
    case "ge":
      return DEFAULT_RANGE;
    case "like":
    case "ilike":
      return right.kind === "literal" ? likeShare(right.text ?? "") : 0.05;
    case "like_prefix":
    case "starts_with":
      return right.kind === "literal" ? likeShare(`${right.text ?? ""}%`) : 0.05;
    case "like_suffix":
      return 0.1;
    case "like_contains":
      return 0.06;
    case "like_parts":
      return 0.01;
    default:
      return DEFAULT_RANGE;
  }
}

function likeShare(pattern: string): number {
  const shape = likeShape(pattern);
  switch (shape.kind) {
    case "exact":
      return DEFAULT_EQUAL;
    case "prefix":
      return shape.piece.length > 6 ? 0.03 : 0.1;
    case "suffix":
      return 0.1;
    case "contains":
      return 0.06;
    case "parts":
      return 0.01;
    case "anything":
      return 1;
    case "general":
      return 0.05;
    default:
      return unreachable(shape);
  }
}

function ofEquality(left: Expression, right: Expression, input: Estimate): number {
  const constant = right.kind === "literal" ? right : left.kind === "literal" ? left : undefined;
  if (constant === undefined) {
    if (columnsOf(left).size === 0 || columnsOf(right).size === 0) {
      return 1 / Math.max(1, distinctOf(left, input), distinctOf(right, input));
    }
    return equalitySelectivity(distinctOf(left, input), distinctOf(right, input));
  }
  if (constant.text === null) return 0;
  const other = constant === right ? left : right;
  if (other.kind === "column") {
    const column = columnOf(input, other.column.id);
    if (isOutside(column, onNumberLine(constant.text, constant.physical.kind))) return LEAST;
    return (1 - column.nullFraction) / Math.max(1, column.distinct);
  }
  return 1 / Math.max(1, distinctOf(other, input));
}

function isOutside(column: ColumnEstimate, value: number | undefined): boolean {
  if (value === undefined || column.minimum === undefined || column.maximum === undefined) {
    return false;
  }
  return value < column.minimum || value > column.maximum;
}

/** The share of a column's values on the kept side of a constant. */
function rangeOf(expression: Expression, input: Estimate): Range | undefined {
  if (expression.kind !== "call") return undefined;
  const { op } = expression;
  if (op !== "lt" && op !== "le" && op !== "gt" && op !== "ge") return undefined;
  const [left, right] = expression.args;
  if (left === undefined || right === undefined) return undefined;
  const turned = left.kind === "literal";
  const [side, constant] = turned ? [right, left] : [left, right];
  if (side.kind !== "column" || constant.kind !== "literal") return undefined;
  const column = columnOf(input, side.column.id);
  const keepsBelow = (op === "lt" || op === "le") !== turned;
  const share = shareBelow(column, onNumberLine(constant.text, constant.physical.kind));
  const kept = share === undefined ? DEFAULT_RANGE : keepsBelow ? share : 1 - share;
  const bounded = Math.max(kept, LEAST) * (1 - column.nullFraction);
  return {
    column: side.column.id,
    below: keepsBelow ? bounded : undefined,
    above: keepsBelow ? undefined : bounded,
  };
}

function shareBelow(column: ColumnEstimate, value: number | undefined): number | undefined {
  const { minimum, maximum } = column;
  if (value === undefined || minimum === undefined || maximum === undefined) return undefined;
  if (maximum <= minimum) return value >= maximum ? 1 : 0;
  return clamp((value - minimum) / (maximum - minimum));
}

function nullShare(expression: Expression, input: Estimate): number {
  if (expression.kind === "column") return columnOf(input, expression.column.id).nullFraction;
  return expression.nullable ? 0.05 : 0;
}

const DISTINCT_OF_FIELD: Readonly<Record<string, number>> = {
  month: 12,
  quarter: 4,
  day: 31,
  dow: 7,
  hour: 24,
  minute: 60,
};

/** How many values an expression takes. */
export function distinctOf(expression: Expression, input: Estimate): number {
  if (expression.kind === "column") return columnOf(input, expression.column.id).distinct;
  if (expression.kind === "literal") return 1;
  if (expression.kind === "case") {
    const results = [...expression.branches.map((b) => b.then), expression.otherwise];
    if (results.every((r) => r.kind === "literal")) return results.length;
  }
  if (expression.physical.kind === "bool") return 2;
  const columns = [...columnsOf(expression).keys()].map((id) => columnOf(input, id));
  const most = columns.reduce((product, c) => product * Math.max(1, c.distinct), 1);
  if (expression.kind === "call") {
    const named = fieldDistinct(expression, columns);
    if (named !== undefined) return Math.min(most, named);
    if (expression.op === "substring" || expression.op === "left") {
      return Math.min(most, DEFAULT_DISTINCT);
    }
  }
  return Math.max(1, Math.min(most, input.rows));
}

function fieldDistinct(
  call: CallExpression,
  columns: readonly ColumnEstimate[],
): number | undefined {
  if (!/^(extract|date_part)/.test(call.op)) return undefined;
  const field = call.args.find((a) => a.kind === "literal");
  const name = field?.kind === "literal" ? (field.text ?? "") : call.op.replace(/^extract_/, "");
  const known = DISTINCT_OF_FIELD[name];
  if (known !== undefined) return known;
  const [column] = columns;
  if (name !== "year" || column?.minimum === undefined || column.maximum === undefined) {
    return undefined;
  }
  const perYear = call.args.some((a) => a.physical.kind === "date") ? 365.25 : 365.25 * 86_400e6;
  return Math.ceil((column.maximum - column.minimum) / perYear) + 1;
}
