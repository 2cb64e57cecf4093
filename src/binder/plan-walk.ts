import { unreachable } from "../errors/index.js";
import {
  mapChildren,
  type AggregateCall,
  type Column,
  type ColumnId,
  type Expression,
  type LogicalOperator,
  type ProjectItem,
  type SortKey,
} from "../plan/index.js";

/** Direct inputs of an operator. */
export function inputsOf(plan: LogicalOperator): readonly LogicalOperator[] {
  switch (plan.kind) {
    case "scan":
    case "values":
    case "table-function":
    case "cte-reference":
      return [];
    case "filter":
    case "project":
    case "aggregate":
    case "distinct-on":
    case "sort":
    case "limit":
      return [plan.input];
    case "join":
    case "set-operation":
      return [plan.left, plan.right];
    case "with":
      return [plan.definition, plan.body];
    default:
      return unreachable(plan);
  }
}

type Change = (expression: Expression) => Expression;

/**
 * The plan with `change` applied to each whole expression in it and in its inputs. Plans of
 * subqueries inside expressions are entered by `changeEverywhere`, not here.
 */
export function mapPlan(plan: LogicalOperator, change: Change): LogicalOperator {
  const inner = (input: LogicalOperator): LogicalOperator => mapPlan(input, change);
  switch (plan.kind) {
    case "scan":
    case "cte-reference":
      return plan;
    case "values":
      return { ...plan, rows: plan.rows.map((row) => row.map(change)) };
    case "table-function":
      return { ...plan, args: plan.args.map(change) };
    case "filter":
      return { ...plan, input: inner(plan.input), condition: change(plan.condition) };
    case "project":
      return { ...plan, input: inner(plan.input), items: mapItems(plan.items, change) };
    case "join":
      return {
        ...plan,
        left: inner(plan.left),
        right: inner(plan.right),
        condition: plan.condition === null ? null : change(plan.condition),
      };
    case "aggregate":
      return {
        ...plan,
        input: inner(plan.input),
        keys: mapItems(plan.keys, change),
        aggregates: plan.aggregates.map(({ column, call }) => ({
          column,
          call: mapAggregate(call, change),
        })),
      };
    case "distinct-on":
      return {
        ...plan,
        input: inner(plan.input),
        keys: plan.keys.map(change),
        orderBy: mapKeys(plan.orderBy, change),
      };
    case "set-operation":
      return { ...plan, left: inner(plan.left), right: inner(plan.right) };
    case "sort":
      return { ...plan, input: inner(plan.input), keys: mapKeys(plan.keys, change) };
    case "limit":
      return {
        ...plan,
        input: inner(plan.input),
        count: plan.count === null ? null : change(plan.count),
        offset: plan.offset === null ? null : change(plan.offset),
      };
    case "with":
      return { ...plan, definition: inner(plan.definition), body: inner(plan.body) };
    default:
      return unreachable(plan);
  }
}

function mapItems(items: readonly ProjectItem[], change: Change): readonly ProjectItem[] {
  return items.map(({ column, expression }) => ({ column, expression: change(expression) }));
}

function mapKeys(keys: readonly SortKey[], change: Change): readonly SortKey[] {
  return keys.map((key) => ({ ...key, expression: change(key.expression) }));
}

export function mapAggregate(call: AggregateCall, change: Change): AggregateCall {
  return {
    ...call,
    args: call.args.map(change),
    filter: call.filter === null ? null : change(call.filter),
    orderBy: mapKeys(call.orderBy, change),
  };
}

/**
 * Top-down through an expression and the plans of its subqueries: `change` answers a replacement,
 * or undefined to look further in. `inSubquery` tells where it is.
 */
export function replaceEverywhere(
  expression: Expression,
  change: (node: Expression, inSubquery: boolean) => Expression | undefined,
  inSubquery = false,
): Expression {
  const replaced = change(expression, inSubquery);
  if (replaced !== undefined) return replaced;
  const node = mapChildren(expression, (c) => replaceEverywhere(c, change, inSubquery));
  const within = (e: Expression): Expression => replaceEverywhere(e, change, true);
  switch (node.kind) {
    case "scalar-subquery":
    case "exists":
    case "any-subquery":
      return { ...node, plan: mapPlan(node.plan, within) };
    default:
      return node;
  }
}

/** Every column mentioned in an expression, in its subqueries too. */
export function mentionedColumns(expression: Expression): ReadonlyMap<ColumnId, Column> {
  const found = new Map<ColumnId, Column>();
  replaceEverywhere(expression, (node) => {
    if (node.kind === "column") found.set(node.column.id, node.column);
    return undefined;
  });
  return found;
}

/** Every column mentioned in a plan's expressions. */
export function columnsMentionedIn(plan: LogicalOperator): ReadonlySet<ColumnId> {
  const found = new Set<ColumnId>();
  mapPlan(plan, (expression) => {
    for (const id of mentionedColumns(expression).keys()) found.add(id);
    return expression;
  });
  return found;
}
