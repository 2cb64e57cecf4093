import {
  columnsOf,
  outputColumns,
  type Column,
  type ColumnId,
  type LogicalOperator,
  type SetCall,
} from "../../plan/index.js";
import type { Scope } from "../scope.js";
import { columnExpression } from "../statement-binding.js";
import type { BoundDistinct } from "./distinct.js";
import { sort, sortKeys, type SortItem } from "./order-by.js";
import type { Target } from "./targets.js";

/**
 * The sets over `input`: those of one nesting level run in lockstep, and those that others have as
 * arguments before them, as though each level were a LATERAL ROWS FROM of its own.
 */
export function projectSets(input: LogicalOperator, sets: readonly SetCall[]): LogicalOperator {
  const levels = new Map<ColumnId, number>();
  let deepest = 0;
  // A set is collected after those in its arguments.
  for (const { column, args } of sets) {
    const below = args
      .flatMap((arg) => [...columnsOf(arg).keys()])
      .map((id) => levels.get(id) ?? 0);
    const level = 1 + Math.max(0, ...below);
    levels.set(column.id, level);
    deepest = Math.max(deepest, level);
  }
  let plan = input;
  for (let level = 1; level <= deepest; level++) {
    const own = sets.filter((set) => levels.get(set.column.id) === level);
    plan = {
      kind: "project-set",
      input: plan,
      sets: own,
      ordinality: null,
      keepsEmpty: false,
      alias: null,
    };
  }
  return plan;
}

/**
 * Whether ORDER BY can sort before the sets run: then the rows of one input row stay in the order
 * of its sets. DISTINCT comes after the sets and before ORDER BY; so does what WITH TIES compares.
 */
export function sortsBeforeSets(
  order: readonly SortItem[],
  distinct: BoundDistinct,
  sets: readonly SetCall[],
  scope: Scope,
): boolean {
  if (sets.length === 0 || order.length === 0 || distinct.kind !== "none") return false;
  const made = new Set(sets.map((set) => set.column.id));
  return order.every(({ target }) => {
    if (scope.sets?.find(target.expression) !== undefined) return false;
    return [...columnsOf(target.expression).keys()].every((id) => !made.has(id));
  });
}

/** `input` sorted; targets that it sorts by are columns of it from then on. */
export function sortTargets(
  input: LogicalOperator,
  order: readonly SortItem[],
  scope: Scope,
): LogicalOperator {
  const columns = new Map<Target, Column>();
  const passed = outputColumns(input).map((column) => ({
    column,
    expression: columnExpression(column),
  }));
  const keys = order.map(({ target }) => {
    const { expression, name } = target;
    const column = scope.statement.columnFor(expression, name);
    scope.own(column.id);
    columns.set(target, column);
    if (expression.kind !== "column") {
      target.expression = columnExpression(column, expression.position);
    }
    return { column, expression };
  });
  const computed: LogicalOperator = { kind: "project", input, items: [...passed, ...keys] };
  return sort(computed, sortKeys(order, columns));
}
