import { unreachable } from "../../errors/index.js";
import { conjunctsOf } from "../expression/build.js";
import { rejectedNulls } from "../expression/strictness.js";
import type { ColumnId, Expression, LogicalOperator } from "../../plan/index.js";

type Columns = ReadonlySet<ColumnId>;
const memo = new WeakMap<LogicalOperator, Columns>();

/** Output columns that are NULL in no row, by the plan and the declarations of tables. */
export function definedNotNull(plan: LogicalOperator): Columns {
  const known = memo.get(plan);
  if (known !== undefined) return known;
  const columns = derive(plan);
  memo.set(plan, columns);
  return columns;
}

function derive(plan: LogicalOperator): Columns {
  switch (plan.kind) {
    case "scan":
      return ids(plan.columns.filter((c) => !c.nullable));
    case "values":
      return ids(
        plan.columns.filter((_, i) =>
          plan.rows.every((row) => row[i] !== undefined && isNotNull(row[i], new Set())),
        ),
      );
    case "cte-reference":
      // The definition decides, and it is not in sight: a column may have met an outer join there.
      return new Set();
    case "filter":
      return withRejected(definedNotNull(plan.input), plan.condition);
    case "project":
      return ofItems(plan.items, definedNotNull(plan.input));
    case "project-set":
      return ofSets(plan);
    case "aggregate": {
      const input = definedNotNull(plan.input);
      const counts = plan.aggregates.filter((a) => isCount(a.call.aggregate));
      return new Set([...ofItems(plan.keys, input), ...counts.map((a) => a.column.id)]);
    }
    case "distinct-on":
    case "partition-limit":
    case "sort":
    case "limit":
      return definedNotNull(plan.input);
    case "with":
      return definedNotNull(plan.body);
    case "set-operation": {
      const left = definedNotNull(plan.left);
      const right = definedNotNull(plan.right);
      return ids(
        plan.columns.filter((_, i) => {
          const [a, b] = [plan.leftColumns[i], plan.rightColumns[i]];
          return a !== undefined && b !== undefined && left.has(a.id) && right.has(b.id);
        }),
      );
    }
    case "join":
      return ofJoin(plan);
    default:
      return unreachable(plan);
  }
}

/** Aggregates that answer 0 for no row, and never NULL. */
export function isCount(aggregate: string): boolean {
  return ["count", "count_star", "regr_count", "sum_count"].includes(aggregate);
}

function ids(columns: readonly { readonly id: ColumnId }[]): Columns {
  return new Set(columns.map((column) => column.id));
}

function ofItems(
  items: readonly { readonly column: { readonly id: ColumnId }; readonly expression: Expression }[],
  input: Columns,
): Columns {
  return ids(items.filter((i) => isNotNull(i.expression, input)).map((i) => i.column));
}

/** A set is NULL where it is shorter than others, and in a row that stays without elements. */
function ofSets(plan: LogicalOperator & { kind: "project-set" }): Columns {
  const input = definedNotNull(plan.input);
  if (plan.keepsEmpty) return input;
  const elements = plan.sets.length > 1 ? [] : plan.sets.filter((set) => !set.column.nullable);
  const numbers = plan.ordinality === null ? [] : [plan.ordinality];
  return new Set([...input, ...ids([...elements.map((set) => set.column), ...numbers])]);
}

function withRejected(columns: Columns, condition: Expression | null): Columns {
  const added = conjunctsOf(condition).flatMap((c) => [...rejectedNulls(c)]);
  return new Set([...columns, ...added]);
}

function ofJoin(plan: LogicalOperator & { kind: "join" }): Columns {
  const left = definedNotNull(plan.left);
  switch (plan.joinKind) {
    case "inner":
      return withRejected(new Set([...left, ...definedNotNull(plan.right)]), plan.condition);
    case "semi":
      return withRejected(left, plan.condition);
    case "left":
    case "single":
    case "anti":
    case "mark":
      return left;
    case "right":
      return definedNotNull(plan.right);
    case "full":
      return new Set();
    default:
      return unreachable(plan.joinKind);
  }
}

/** Whether an expression is never NULL where the columns in `known` are not. */
export function isNotNull(expression: Expression, known: Columns): boolean {
  switch (expression.kind) {
    case "column":
      return known.has(expression.column.id);
    case "literal":
      return expression.text !== null;
    case "parameter":
    case "scalar-subquery":
    case "any-subquery":
      return false;
    case "exists":
    case "is-null":
      return true;
    case "call":
      return isCallNotNull(expression, known);
    case "and":
    case "or":
      return expression.args.every((a) => isNotNull(a, known));
    case "coalesce":
      return expression.args.some((a) => isNotNull(a, known));
    case "not":
      return isNotNull(expression.operand, known);
    case "in-list":
      return isNotNull(expression.operand, known) && expression.items.every((i) => i.text !== null);
    case "case":
      return (
        isNotNull(expression.otherwise, known) &&
        expression.branches.every((b) => isNotNull(b.then, known))
      );
    default:
      return unreachable(expression);
  }
}

/**
 * A call's own label was made for its arguments' labels: not nullable in spite of a nullable
 * argument means never NULL, nullable in spite of none means NULL for other reasons.
 */
function isCallNotNull(call: Expression & { kind: "call" }, known: Columns): boolean {
  const labelled = call.args.some((a) => a.nullable);
  if (!call.nullable && labelled) return true;
  if (call.nullable && !labelled) return false;
  if (call.nullable && !isKnownStrict(call.op)) return false;
  return call.args.every((a) => isNotNull(a, known));
}

function isKnownStrict(op: string): boolean {
  return ["eq", "ne", "lt", "le", "gt", "ge", "add", "sub", "mul", "rescale_up", "widen"].includes(
    op,
  );
}
