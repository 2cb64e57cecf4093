import {
  mapChildren,
  mapExpressions,
  withInputs,
  inputsOf,
  type Column,
  type ColumnId,
  type Expression,
  type LogicalOperator,
} from "../../plan/index.js";
import { samePhysical, sameType } from "../../types/index.js";
import { refer } from "./build.js";

export type Replacement = ReadonlyMap<ColumnId, Expression>;

/** The expression with columns replaced; a label put on a column stays on what replaces it. */
export function substitute(expression: Expression, by: Replacement): Expression {
  if (by.size === 0) return expression;
  if (expression.kind === "column") {
    const replacement = by.get(expression.column.id);
    return replacement === undefined ? expression : relabelled(replacement, expression);
  }
  const node = mapChildren(expression, (child) => substitute(child, by));
  return withPlan(node, (plan) => substituteInPlan(plan, by));
}

function relabelled(replacement: Expression, place: Expression & { kind: "column" }): Expression {
  const { column, type, physical } = place;
  if (sameType(type, column.type) && samePhysical(physical, column.physical)) return replacement;
  return { ...replacement, type, physical };
}

/** A subquery expression over another plan. */
export function withPlan(
  node: Expression,
  change: (plan: LogicalOperator) => LogicalOperator,
): Expression {
  switch (node.kind) {
    case "scalar-subquery":
    case "exists":
    case "any-subquery": {
      const plan = change(node.plan);
      return plan === node.plan ? node : { ...node, plan };
    }
    default:
      return node;
  }
}

/** Replaces columns in every expression of a plan, those of subqueries included. */
export function substituteInPlan(plan: LogicalOperator, by: Replacement): LogicalOperator {
  if (by.size === 0) return plan;
  const inputs = inputsOf(plan).map((input) => substituteInPlan(input, by));
  return mapExpressions(withInputs(plan, inputs), (e) => substitute(e, by));
}

/** Columns by the columns that stand for them now. */
export function renaming(pairs: Iterable<readonly [Column, Column]>): Map<ColumnId, Expression> {
  return new Map(Array.from(pairs, ([from, to]) => [from.id, refer(to)]));
}
