import {
  childrenOf,
  columnsOf,
  isFallible,
  someNode,
  type ColumnId,
  type Expression,
} from "../../plan/index.js";

export type ColumnSet = ReadonlySet<ColumnId>;

/** Whether it answers anew each time: it must neither move nor be copied. */
export function isVolatile(expression: Expression): boolean {
  return someNode(expression, (node) => node.kind === "call" && node.volatility === "volatile");
}

export function isImmutable(expression: Expression): boolean {
  return !someNode(expression, (node) => node.kind === "call" && node.volatility !== "immutable");
}

/** Whether it may be evaluated for rows, or as often, as it was not written for. */
export function isMovable(expression: Expression): boolean {
  return !isFallible(expression) && !isVolatile(expression);
}

export function isFallibleOrVolatile(expression: Expression): boolean {
  return !isMovable(expression);
}

export function hasSubquery(expression: Expression): boolean {
  return someNode(expression, isSubquery);
}

export function isSubquery(node: Expression): boolean {
  return node.kind === "scalar-subquery" || node.kind === "exists" || node.kind === "any-subquery";
}

/** Whether every column it mentions is in the set. */
export function isOver(expression: Expression, columns: ColumnSet): boolean {
  for (const id of columnsOf(expression).keys()) if (!columns.has(id)) return false;
  return true;
}

/** Whether it mentions any column of the set. */
export function mentions(expression: Expression, columns: ColumnSet): boolean {
  for (const id of columnsOf(expression).keys()) if (columns.has(id)) return true;
  return false;
}

export function isColumnFree(expression: Expression): boolean {
  return columnsOf(expression).size === 0 && !hasSubquery(expression);
}

/** Number of nodes. */
export function sizeOf(expression: Expression): number {
  return childrenOf(expression).reduce((sum, child) => sum + sizeOf(child), 1);
}
