import { distinctOnOrderMismatch, distinctOrderMismatch } from "../../errors/index.js";
import { comparable } from "../../functions/index.js";
import {
  expressionStart,
  type Distinct,
  type Expression as AstExpression,
} from "../../parser/index.js";
import type { LogicalOperator } from "../../plan/index.js";
import { resolveUnknown } from "../coerce.js";
import { columnExpression, type StatementBinding } from "../statement-binding.js";
import { aggregation, renamed } from "./group-by-value.js";
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
  checkOrder(on, order, distinct.expressions);
  return { kind: "on", targets: [...new Set(on)] };
}

/** ORDER BY must begin with the expressions of DISTINCT ON, in any order. */
function checkOrder(
  on: readonly Target[],
  order: readonly SortItem[],
  expressions: readonly AstExpression[],
): void {
  const firstForeign = order.findIndex((o) => !on.includes(o.target));
  if (firstForeign < 0) return;
  const leading = order.slice(0, firstForeign).map((o) => o.target);
  const late = order.find((o, i) => i > firstForeign && on.includes(o.target))?.target;
  const wrong = late ?? on.find((t) => !leading.includes(t));
  if (wrong === undefined) return;
  const written = expressions[on.indexOf(wrong)];
  throw distinctOnOrderMismatch(written === undefined ? undefined : expressionStart(written));
}

export function applyDistinct(
  distinct: BoundDistinct,
  made: Projection,
  order: readonly SortItem[],
  statement: StatementBinding,
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
      const distinct = renamed(made.plan, keys, statement);
      return aggregation(distinct.input, distinct.keys, [], statement);
    }
    case "on": {
      const keys = distinct.targets.flatMap((t) => {
        const column = made.columns.get(t);
        return column === undefined ? [] : [comparable(columnExpression(column))];
      });
      const orderBy = sortKeys(order, made.columns);
      return { kind: "distinct-on", input: made.plan, keys, orderBy };
    }
  }
}
