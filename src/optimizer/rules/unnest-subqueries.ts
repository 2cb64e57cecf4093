import { expressionsOf, operatorsOf, type LogicalOperator } from "../../plan/index.js";
import { hasSubquery } from "../expression/facts.js";
import type { Rule } from "../rule.js";
import { checkFullJoins } from "../unnest/full-joins.js";
import { liftSubqueries } from "../unnest/lift-subqueries.js";
import { unnestJoins } from "../unnest/unnest-joins.js";
import { hoistCommonTables } from "./place-common-tables.js";

/**
 * Makes joins of subqueries and LATERAL, none of them evaluated row by row.
 *
 * Sound by cases that `unnest/` describes. The counterexamples that bound it: a correlated count is
 * 0, not absent, where nothing matches (`SELECT (SELECT count(*) FROM s WHERE s.k = t.k)`);
 * `x NOT IN (SELECT y …)` is unknown, not true, where some y is NULL; a correlation `s.k = t.k` with
 * t.k NULL makes EXISTS false, not unknown, which shows under NOT; two rows of a scalar subquery are
 * an error even where a join would just double the row.
 */
export const unnestSubqueries: Rule = {
  name: "unnest-subqueries",
  apply(plan, context) {
    const checked = checkFullJoins(plan, context);
    if (!isNested(checked)) return checked;
    const lifted = liftSubqueries(checked, context);
    return hoistCommonTables(unnestJoins(lifted, context), context);
  },
};

function isNested(plan: LogicalOperator): boolean {
  for (const node of operatorsOf(plan)) {
    if (node.kind === "join" && (node.dependent || node.joinKind === "right")) return true;
    if (expressionsOf(node).some(hasSubquery)) return true;
  }
  return false;
}
