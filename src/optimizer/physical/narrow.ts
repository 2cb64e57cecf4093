import {
  columnsOf,
  type Column,
  type ColumnId,
  type Expression,
  type PhysicalOperator,
} from "../../plan/index.js";
import { refer } from "../expression/build.js";
import type { Needed, PlanContext } from "./context.js";

/** The needed columns plus those that expressions mention. */
export function needing(needed: Needed, expressions: readonly Expression[]): Set<ColumnId> {
  const all = new Set(needed);
  for (const expression of expressions) {
    for (const id of columnsOf(expression).keys()) all.add(id);
  }
  return all;
}

/** Without columns nobody needs, for operators that store whole rows. */
export function narrow(
  input: PhysicalOperator,
  needed: Needed,
  context: PlanContext,
): PhysicalOperator {
  const columns = input.columns.filter((column) => needed.has(column.id));
  return columns.length === input.columns.length ? input : pick(input, columns, context);
}

/** Exactly these columns in this order. */
export function pick(
  input: PhysicalOperator,
  columns: readonly Column[],
  context: PlanContext,
): PhysicalOperator {
  const same =
    columns.length === input.columns.length &&
    columns.every((column, i) => column.id === input.columns[i]?.id);
  if (same) return input;
  return {
    kind: "project",
    id: context.nextId(),
    rows: input.rows,
    cost: input.cost,
    columns,
    input,
    items: columns.map((column) => ({ column, expression: refer(column) })),
  };
}
