import type { ColumnId, LogicalOperator } from "../../plan/index.js";
import { columnsMentionedIn, mentionedColumns } from "../plan-walk.js";
import type { NamespaceItem, RangeEntry, Scope } from "../scope.js";

/** A bound item of FROM: its rows, and what names it brings. */
export interface FromResult {
  readonly plan: LogicalOperator;
  readonly items: readonly NamespaceItem[];
}

/** A single entry, visible by its own name and its columns', registered in the scope. */
export function fromEntry(scope: Scope, plan: LogicalOperator, entry: RangeEntry): FromResult {
  scope.enter(entry);
  return { plan, items: [visibleItem(entry)] };
}

export function visibleItem(entry: RangeEntry): NamespaceItem {
  return {
    entry,
    relationVisible: true,
    columnsVisible: true,
    lateralOnly: false,
    lateralOk: true,
    nullable: false,
  };
}

/** Whether the right side's plan mentions columns that the left side puts out. */
export function dependsOn(right: LogicalOperator, left: readonly NamespaceItem[]): boolean {
  const ids = new Set<ColumnId>();
  for (const { entry } of left) {
    for (const { expression } of entry.columns) {
      for (const id of mentionedColumns(expression).keys()) ids.add(id);
    }
  }
  return [...columnsMentionedIn(right)].some((id) => ids.has(id));
}
