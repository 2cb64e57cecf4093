import {
  inputsOf,
  rewritePlan,
  withInputs,
  type AggregateOperator,
  type Expression,
  type JoinOperator,
  type LimitOperator,
  type LogicalOperator,
} from "../../plan/index.js";
import { conjunctsOf } from "../expression/build.js";
import { isAtMostOneRow } from "../properties/row-bounds.js";
import { uniqueKeys } from "../properties/unique-keys.js";
import type { Rule } from "../rule.js";

/**
 * Takes out what changes no row: sorts below operators that keep no order, filters by TRUE, limits
 * that do not limit, DISTINCT of rows that are distinct, joins with one row of no columns.
 *
 * Sound but for order that something relies on: a sort right below LIMIT, DISTINCT ON or string_agg
 * stays. Rows are distinct only where the plan makes them so; statistics' unique columns may not be.
 */
export const removeRedundantOperators: Rule = {
  name: "remove-redundant-operators",
  apply: (plan) => rewritePlan(plan, simplify),
};

function simplify(node: LogicalOperator): LogicalOperator {
  switch (node.kind) {
    case "filter":
      return conjunctsOf(node.condition).length === 0 ? node.input : node;
    case "limit":
      return simplifyLimit(node);
    case "sort":
      if (node.keys.length === 0) return node.input;
      return isAtMostOneRow(node.input) ? node.input : withInputs(node, [withoutSort(node.input)]);
    case "aggregate":
      return simplifyAggregate(node);
    case "set-operation":
      return withInputs(node, inputsOf(node).map(withoutSort));
    case "join":
      return simplifyJoin(node);
    default:
      return node;
  }
}

/** The input without a sort at its top, looked for below what passes rows on in order. */
function withoutSort(plan: LogicalOperator): LogicalOperator {
  switch (plan.kind) {
    case "sort":
      return withoutSort(plan.input);
    case "project":
    case "filter":
      return withInputs(plan, [withoutSort(plan.input)]);
    default:
      return plan;
  }
}

function simplifyLimit(node: LimitOperator): LogicalOperator {
  const skips = node.offset !== null && !isZero(node.offset);
  if (skips) return node;
  if (node.count === null) return node.input;
  const isPositive = node.count.kind === "literal" && /^[1-9]/.test(node.count.text ?? "");
  return isPositive && isAtMostOneRow(node.input) ? node.input : node;
}

function isZero(expression: Expression): boolean {
  return expression.kind === "literal" && (expression.text === "0" || expression.text === null);
}

function simplifyAggregate(node: AggregateOperator): LogicalOperator {
  const needsOrder = node.aggregates.some(
    ({ call }) => call.aggregate === "string_agg" && call.orderBy.length === 0,
  );
  const plan = needsOrder ? node : withInputs(node, [withoutSort(node.input)]);
  if (plan.kind !== "aggregate" || plan.aggregates.length > 0 || plan.keys.length === 0)
    return plan;
  const keys = new Set(
    plan.keys.flatMap(({ expression: e }) => (e.kind === "column" ? [e.column.id] : [])),
  );
  const isDistinct = uniqueKeys(plan.input).some((key) => [...key].every((id) => keys.has(id)));
  return isDistinct ? { kind: "project", input: plan.input, items: plan.keys } : plan;
}

function simplifyJoin(node: JoinOperator): LogicalOperator {
  if (node.joinKind === "inner" && node.condition === null) {
    if (isUnit(node.left)) return node.right;
    if (isUnit(node.right)) return node.left;
  }
  return withInputs(node, inputsOf(node).map(withoutSort));
}

/** One row of no columns, which a SELECT without FROM reads. */
function isUnit(plan: LogicalOperator): boolean {
  return plan.kind === "values" && plan.columns.length === 0 && plan.rows.length === 1;
}
