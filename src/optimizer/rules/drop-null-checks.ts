import { boolean } from "../../functions/index.js";
import {
  inputsOf,
  mapExpressions,
  rewrite,
  rewritePlan,
  type ColumnId,
  type Expression,
  type LogicalOperator,
} from "../../plan/index.js";
import { isMovable } from "../expression/facts.js";
import { definedNotNull, isNotNull } from "../properties/not-null.js";
import type { Rule } from "../rule.js";

/**
 * `x IS NULL` is false and `coalesce(x, …)` is x where the plan below makes x never NULL: a column
 * declared so, a filter or inner join that drops NULLs, a count.
 *
 * Sound because only the operator's own input is asked: above a LEFT JOIN the right side's declared
 * columns are NULL where nothing matched, so there `b.id IS NULL` stays.
 */
export const dropNullChecks: Rule = {
  name: "drop-null-checks",
  apply: (plan) => rewritePlan(plan, drop),
};

function drop(node: LogicalOperator): LogicalOperator {
  if (node.kind === "join" || inputsOf(node).length !== 1) return node;
  const known = new Set(inputsOf(node).flatMap((input) => [...definedNotNull(input)]));
  if (known.size === 0) return node;
  return mapExpressions(node, (e) => rewrite(e, (n) => simplify(n, known)));
}

function simplify(node: Expression, known: ReadonlySet<ColumnId>): Expression {
  if (node.kind === "is-null") {
    const { operand, negated } = node;
    return isMovable(operand) && isNotNull(operand, known) ? boolean(negated) : node;
  }
  if (node.kind !== "coalesce") return node;
  const [first] = node.args;
  if (first === undefined || !isNotNull(first, known)) return node;
  return { ...first, type: node.type, physical: node.physical };
}
