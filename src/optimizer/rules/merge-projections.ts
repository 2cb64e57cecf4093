import {
  columnsOf,
  childrenOf,
  rewritePlan,
  type ColumnId,
  type Expression,
  type LogicalOperator,
  type ProjectItem,
  type ProjectOperator,
} from "../../plan/index.js";
import { isVolatile } from "../expression/facts.js";
import { substitute } from "../expression/substitute.js";
import type { Rule } from "../rule.js";

/**
 * Drops projections that only pass columns on, and computes two in a row as one.
 *
 * Sound because columns are known by id, wherever they come from. Something computed below and used
 * twice above stays below, and so does what is volatile: `SELECT c, c FROM (SELECT
 * clock_timestamp() c …)` shows one time twice.
 */
export const mergeProjections: Rule = {
  name: "merge-projections",
  apply: (plan) => rewritePlan(plan, merge),
};

function merge(node: LogicalOperator): LogicalOperator {
  if (node.kind !== "project") return node;
  if (node.items.every(passesOn)) return node.input;
  const { input } = node;
  if (input.kind !== "project" || !canMerge(node, input)) return node;
  const by = new Map(input.items.map((item) => [item.column.id, item.expression]));
  const items = node.items.map(({ column, expression }) => ({
    column,
    expression: substitute(expression, by),
  }));
  return { ...node, input: input.input, items };
}

function passesOn({ column, expression }: ProjectItem): boolean {
  return expression.kind === "column" && expression.column.id === column.id;
}

function canMerge(outer: ProjectOperator, inner: ProjectOperator): boolean {
  const uses = new Map<ColumnId, number>();
  for (const { expression } of outer.items) countUses(expression, uses);
  return inner.items.every(({ column, expression }) => {
    if (isVolatile(expression)) return false;
    const isPlain = columnsOf(expression).size === 0 || expression.kind === "column";
    return isPlain || (uses.get(column.id) ?? 0) <= 1;
  });
}

function countUses(expression: Expression, uses: Map<ColumnId, number>): void {
  if (expression.kind === "column") {
    uses.set(expression.column.id, (uses.get(expression.column.id) ?? 0) + 1);
  }
  for (const child of childrenOf(expression)) countUses(child, uses);
}
