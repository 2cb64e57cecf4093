import { distinctOnOrderMismatch, distinctOrderMismatch } from "../../errors/index.js";
import type { Distinct } from "../../parser/index.js";
import type { LogicalOperator } from "../../plan/index.js";
import { resolveUnknown } from "../coerce.js";
import { columnExpression } from "../statement-binding.js";
import { sortKeys, type SortItem } from "./order-by.js";
import type { Projection } from "./projection.js";
import type { Target, Targets } from "./targets.js";

/** What DISTINCT compares rows by: nothing, all visible targets, or those of ON. */
export type BoundDistinct =
  | { readonly kind: "none" }
  | { readonly kind: "all" }
  | { readonly kind: "on"; readonly targets: readonly Target[] };

export function bindDistinct(
  distinct: Distinct | undefined,
  targets: Targets,
  order: readonly SortItem[],
): BoundDistinct {
  if (distinct === undefined) return { kind: "none" };
  if (distinct.kind === "distinct") {
    for (const target of targets.visible) {
      target.expression = resolveUnknown(targets.scope.statement, target.expression);
    }
    const foreign = order.find((o) => o.target.hidden);
    if (foreign !== undefined) throw distinctOrderMismatch(foreign.target.expression.position);
    return { kind: "all" };
  }
  const on = distinct.expressions.map((e) => targets.find(e, "DISTINCT ON"));
  checkOrder(on, order, distinct.expressions[0]?.position);
  return { kind: "on", targets: [...new Set(on)] };
}

/** ORDER BY must begin with the expressions of DISTINCT ON, in any order. */
function checkOrder(
  on: readonly Target[],
  order: readonly SortItem[],
  start: number | undefined,
): void {
  let skipped: SortItem | undefined;
  for (const item of order) {
    if (!on.includes(item.target)) skipped ??= item;
    else if (skipped !== undefined) throw mismatch(item.target, start);
  }
  const missing = on.find((t) => !order.some((o) => o.target === t));
  if (missing !== undefined && skipped !== undefined) throw mismatch(missing, start);
}

function mismatch(target: Target, start: number | undefined) {
  return distinctOnOrderMismatch(target.expression.position ?? start);
}

export function applyDistinct(
  distinct: BoundDistinct,
  made: Projection,
  order: readonly SortItem[],
): LogicalOperator {
  switch (distinct.kind) {
    case "none":
      return made.plan;
    case "all": {
      const columns = new Map(
        [...made.columns].filter(([t]) => !t.hidden).map(([, c]) => [c.id, c] as const),
      );
      const keys = [...columns.values()].map((column) => ({
        column,
        expression: columnExpression(column),
      }));
      return { kind: "aggregate", input: made.plan, keys, aggregates: [] };
    }
    case "on": {
      const keys = distinct.targets.flatMap((t) => {
        const column = made.columns.get(t);
        return column === undefined ? [] : [columnExpression(column)];
      });
      const orderBy = sortKeys(order, made.columns);
      return { kind: "distinct-on", input: made.plan, keys, orderBy };
    }
  }
}
