import type { OrderItem } from "../../parser/index.js";
import type { Column, LogicalOperator, SortKey } from "../../plan/index.js";
import { columnExpression } from "../statement-binding.js";
import { sortKey } from "./sort-key.js";
import type { Target, Targets } from "./targets.js";

/** One ORDER BY item: the target it sorts by. */
export interface SortItem {
  readonly target: Target;
  readonly item: OrderItem;
}

/** The targets ORDER BY names; one that is named again sorts nothing more. */
export function bindOrderBy(items: readonly OrderItem[], targets: Targets): readonly SortItem[] {
  const found: SortItem[] = [];
  for (const item of items) {
    const target = targets.find(item.expression, "ORDER BY");
    if (!found.some((f) => f.target === target)) found.push({ target, item });
  }
  return found;
}

export function sortKeys(
  items: readonly SortItem[],
  columns: ReadonlyMap<Target, Column>,
): readonly SortKey[] {
  return items.flatMap(({ target, item }) => {
    const column = columns.get(target);
    return column === undefined ? [] : [sortKey(columnExpression(column), item)];
  });
}

export function sort(plan: LogicalOperator, keys: readonly SortKey[]): LogicalOperator {
  return keys.length === 0 ? plan : { kind: "sort", input: plan, keys };
}
