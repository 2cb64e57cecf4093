import type { Column, LogicalOperator, ProjectItem } from "../../plan/index.js";
import { samePhysical, sameType } from "../../types/index.js";
import type { Scope } from "../scope.js";
import type { QueryResult } from "./query-result.js";
import type { Target } from "./targets.js";

/** A projection of targets, and the column that each of them became. */
export interface Projection {
  readonly plan: LogicalOperator;
  readonly columns: ReadonlyMap<Target, Column>;
}

/**
 * Computes the targets above `input`. A column of this query keeps its id; one of an enclosing query
 * gets a fresh one, so that an id is made by one operator alone.
 */
export function project(
  input: LogicalOperator,
  targets: readonly Target[],
  scope: Scope,
): Projection {
  const columns = new Map<Target, Column>();
  const items = new Map<number, ProjectItem>();
  for (const target of targets) {
    const column = columnOf(target, scope);
    columns.set(target, column);
    items.set(column.id, { column, expression: target.expression });
  }
  return { plan: { kind: "project", input, items: [...items.values()] }, columns };
}

function columnOf(target: Target, scope: Scope): Column {
  const { expression, name } = target;
  if (expression.kind === "column" && scope.owns(expression.column.id)) {
    const { column, type, physical, nullable } = expression;
    if (sameType(column.type, type) && samePhysical(column.physical, physical)) {
      return column.nullable === nullable ? column : { ...column, nullable };
    }
  }
  const column = scope.statement.columnFor(expression, name);
  scope.own(column.id);
  return column;
}

/** What the query answers: its visible targets. */
export function resultOf(plan: LogicalOperator, made: Projection): QueryResult {
  const outputs = [...made.columns]
    .filter(([target]) => !target.hidden)
    .map(([{ name, expression, origin }, column]) => ({
      name,
      column,
      expression,
      origin,
      position: expression.position,
    }));
  return { plan, outputs };
}
