import {
  childrenOf,
  expressionsOf,
  inputsOf,
  outputColumns,
  type Column,
  type ColumnId,
  type Expression,
  type LogicalOperator,
} from "../../plan/index.js";

type ColumnMap = ReadonlyMap<ColumnId, Column>;

const memo = new WeakMap<LogicalOperator, ColumnMap>();

/** Columns of enclosing queries that a plan mentions: what makes it correlated. */
export function freeColumns(plan: LogicalOperator): ColumnMap {
  const known = memo.get(plan);
  if (known !== undefined) return known;
  const free = new Map<ColumnId, Column>();
  const visible = new Set<ColumnId>();
  for (const input of inputsOf(plan)) {
    for (const column of outputColumns(input)) visible.add(column.id);
  }
  const note = (columns: Iterable<Column>): void => {
    for (const column of columns) if (!visible.has(column.id)) free.set(column.id, column);
  };
  for (const input of inputsOf(plan)) note(freeColumns(input).values());
  for (const expression of expressionsOf(plan)) note(mentionedColumns(expression).values());
  memo.set(plan, free);
  return free;
}

/** Columns an expression needs from where it stands, those for its subqueries included. */
export function mentionedColumns(
  expression: Expression,
  into: Map<ColumnId, Column> = new Map(),
): Map<ColumnId, Column> {
  switch (expression.kind) {
    case "column":
      into.set(expression.column.id, expression.column);
      break;
    case "scalar-subquery":
    case "exists":
      for (const [id, column] of freeColumns(expression.plan)) into.set(id, column);
      break;
    case "any-subquery": {
      for (const [id, column] of freeColumns(expression.plan)) into.set(id, column);
      const own = new Set(outputColumns(expression.plan).map((c) => c.id));
      for (const [id, column] of mentionedColumns(expression.condition)) {
        if (!own.has(id)) into.set(id, column);
      }
      return into;
    }
    default:
      break;
  }
  for (const child of childrenOf(expression)) mentionedColumns(child, into);
  return into;
}

/** Ids of a plan's output columns. */
export function outputIds(plan: LogicalOperator): ReadonlySet<ColumnId> {
  return new Set(outputColumns(plan).map((column) => column.id));
}

/** Whether `right` mentions columns that `left` puts out. */
export function dependsOn(right: LogicalOperator, left: LogicalOperator): boolean {
  const columns = outputIds(left);
  return [...freeColumns(right).keys()].some((id) => columns.has(id));
}
