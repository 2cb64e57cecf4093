import { SqlError, unreachable } from "../errors/index.js";
import type {
  AggregateCall,
  ColumnId,
  Expression,
  LogicalOperator,
  SortKey,
} from "../plan/index.js";

/** A value as the reference sees it: exact enough for small integers, texts and truth. */
export type Value = null | boolean | number | string;

/** A row by column id. */
export type Row = ReadonlyMap<ColumnId, Value>;

/** Runs a plan for subqueries, given the row it stands in. */
export type RunPlan = (plan: LogicalOperator, outer: Row) => readonly Row[];

/** The value of an expression by the letter of SQL, one row at a time. */
export function evaluateExpression(expression: Expression, row: Row, run: RunPlan): Value {
  const value = (e: Expression): Value => evaluateExpression(e, row, run);
  switch (expression.kind) {
    case "column": {
      const found = row.get(expression.column.id);
      if (found === undefined) throw new Error(`no column ${expression.column.name}`);
      return found;
    }
    case "literal":
      return literalValue(expression.text, expression.physical.kind);
    case "parameter":
      throw new Error("a parameter");
    case "call":
      return applyOp(expression.op, expression.args.map(value));
    case "and":
      return connective(expression.args, value, false);
    case "or":
      return connective(expression.args, value, true);
    case "not": {
      const operand = value(expression.operand);
      return operand === null ? null : operand !== true;
    }
    case "is-null":
      return (value(expression.operand) === null) !== expression.negated;
    case "case": {
      const branch = expression.branches.find((b) => value(b.when) === true);
      return value(branch?.then ?? expression.otherwise);
    }
    case "coalesce":
      for (const arg of expression.args) {
        const found = value(arg);
        if (found !== null) return found;
      }
      return null;
    case "in-list": {
      const found = inList(value(expression.operand), expression.items.map(value));
      return found === null ? null : found !== expression.negated;
    }
    case "scalar-subquery": {
      const rows = run(expression.plan, row);
      if (rows.length > 1) {
        throw new SqlError("cardinalityViolation", "more than one row returned by a subquery");
      }
      return rows[0]?.get(expression.output.id) ?? null;
    }
    case "exists":
      return run(expression.plan, row).length > 0;
    case "any-subquery":
      return anyOf(
        run(expression.plan, row).map((inner) =>
          evaluateExpression(expression.condition, new Map([...row, ...inner]), run),
        ),
      );
    default:
      return unreachable(expression);
  }
}

/** True if any is, else NULL if any is, else false. */
export function anyOf(values: readonly Value[]): Value {
  if (values.includes(true)) return true;
  return values.includes(null) ? null : false;
}

function literalValue(text: string | null, kind: string): Value {
  if (text === null) return null;
  if (kind === "bool") return text === "t";
  return kind === "text" ? text : Number(text);
}

function connective(
  args: readonly Expression[],
  value: (e: Expression) => Value,
  decisive: boolean,
): Value {
  let unknown = false;
  for (const arg of args) {
    const found = value(arg);
    if (found === decisive) return decisive;
    unknown ||= found === null;
  }
  return unknown ? null : !decisive;
}

function inList(operand: Value, items: readonly Value[]): Value {
  if (operand === null) return null;
  return items.includes(operand) ? true : items.includes(null) ? null : false;
}

const COMPARISONS: Readonly<Record<string, (order: number) => boolean>> = {
  eq: (o) => o === 0,
  ne: (o) => o !== 0,
  lt: (o) => o < 0,
  le: (o) => o <= 0,
  gt: (o) => o > 0,
  ge: (o) => o >= 0,
};

export function compareValues(a: Value, b: Value): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? 1 : -1;
  return a < b ? -1 : 1;
}

function applyOp(op: string, args: readonly Value[]): Value {
  const [a = null, b = null] = args;
  if (op === "is_distinct") return a !== b;
  if (op === "is_not_distinct") return a === b;
  if (op === "is_true") return a === true;
  if (op === "is_false") return a === false;
  if (args.includes(null)) return null;
  const compare = COMPARISONS[op];
  if (compare !== undefined) return compare(compareValues(a, b));
  if (op.startsWith("cast_") || op === "widen" || op === "rescale_up") return a;
  return arithmetic(op, Number(a), Number(b), a, b);
}

function arithmetic(op: string, x: number, y: number, a: Value, b: Value): Value {
  switch (op) {
    case "add":
      return x + y;
    case "sub":
      return x - y;
    case "mul":
      return x * y;
    case "neg":
      return -x;
    case "div":
      if (y === 0) throw new SqlError("divisionByZero", "division by zero");
      return Math.trunc(x / y);
    case "mod":
      if (y === 0) throw new SqlError("divisionByZero", "division by zero");
      return x % y;
    case "like":
      return new RegExp(`^${String(b).replaceAll("%", ".*").replaceAll("_", ".")}$`, "s").test(
        String(a),
      );
    case "like_prefix":
      return String(a).startsWith(String(b));
    case "like_suffix":
      return String(a).endsWith(String(b));
    case "like_contains":
      return String(a).includes(String(b));
    default:
      throw new Error(`the reference has no operation ${op}`);
  }
}

/** An aggregate over the rows of a group. */
export function evaluateAggregate(call: AggregateCall, rows: readonly Row[], run: RunPlan): Value {
  const kept = rows.filter(
    (row) => call.filter === null || evaluateExpression(call.filter, row, run) === true,
  );
  const [argument] = call.args;
  if (argument === undefined) return kept.length;
  if (call.aggregate === "string_agg") return stringAggregate(call, kept, run);
  const all = kept.map((row) => evaluateExpression(argument, row, run));
  const present = all.filter((value) => value !== null);
  const values = call.distinct ? [...new Set(present)] : present;
  return combine(call.aggregate, values, all[0] ?? null);
}

function stringAggregate(call: AggregateCall, rows: readonly Row[], run: RunPlan): Value {
  const value = (e: Expression, row: Row): Value => evaluateExpression(e, row, run);
  const [argument, delimiter] = call.args;
  if (argument === undefined || delimiter === undefined) throw new Error("a string_agg of nothing");
  const [first] = rows;
  const between = first === undefined ? "" : String(value(delimiter, first) ?? "");
  const texts = sortRows(rows, call.orderBy, value).map((row) => value(argument, row));
  const present = texts.filter((text) => text !== null);
  const distinct = call.distinct ? [...new Set(present)] : present;
  return distinct.length === 0 ? null : distinct.join(between);
}

function combine(aggregate: string, values: readonly Exclude<Value, null>[], first: Value): Value {
  const numbers = values.map(Number);
  const sum = numbers.reduce((total, value) => total + value, 0);
  switch (aggregate) {
    case "count":
      return values.length;
    case "sum_count":
      return sum;
    case "sum":
      return values.length === 0 ? null : sum;
    case "avg":
      return values.length === 0 ? null : sum / values.length;
    case "min":
      return [...values].sort(compareValues)[0] ?? null;
    case "max":
      return [...values].sort(compareValues).at(-1) ?? null;
    case "bool_and":
      return values.length === 0 ? null : values.every((value) => value === true);
    case "bool_or":
      return values.length === 0 ? null : values.includes(true);
    case "first":
      return first;
    default:
      throw new Error(`the reference has no aggregate ${aggregate}`);
  }
}

export function sortRows(
  rows: readonly Row[],
  keys: readonly SortKey[],
  value: (expression: Expression, row: Row) => Value,
): readonly Row[] {
  return [...rows].sort((a, b) => {
    for (const { expression, descending, nullsFirst } of keys) {
      const [x, y] = [value(expression, a), value(expression, b)];
      if (x === y) continue;
      if (x === null || y === null) return (x === null) === nullsFirst ? -1 : 1;
      return compareValues(x, y) * (descending ? -1 : 1);
    }
    return 0;
  });
}
