import {
  expressionsOf,
  inputsOf,
  mapChildren,
  mapExpressions,
  rewritePlan,
  type Column,
  type ColumnId,
  type Expression,
  type LogicalOperator,
} from "../plan/index.js";

/** The plan with `change` applied to each whole expression in it and in its inputs. */
export function mapPlan(
  plan: LogicalOperator,
  change: (expression: Expression) => Expression,
): LogicalOperator {
  return rewritePlan(plan, (node) => mapExpressions(node, change));
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
    case "any-subquery": {
      const plan = mapPlan(node.plan, within);
      return plan === node.plan ? node : { ...node, plan };
    }
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
  const visit = (node: LogicalOperator): void => {
    for (const expression of expressionsOf(node)) {
      for (const id of mentionedColumns(expression).keys()) found.add(id);
    }
    inputsOf(node).forEach(visit);
  };
  visit(plan);
  return found;
}
