import { connect } from "../../functions/index.js";
import {
  expressionsOf,
  operatorsOf,
  rewritePlan,
  sameExpression,
  type Expression,
  type JoinOperator,
  type LogicalOperator,
} from "../../plan/index.js";
import { conjunction, conjunctionOrTrue, conjunctsOf, disjunctsOf } from "../expression/build.js";
import { isMovable, isOver, mentions, type ColumnSet } from "../expression/facts.js";
import { outputIds } from "../properties/free-columns.js";
import type { Rule } from "../rule.js";

/**
 * From `(a.x = 1 AND b.y = 2) OR (a.x = 3 AND b.y = 4)` in a join follow `a.x IN (1, 3)` for one side
 * and `b.y IN (2, 4)` for the other, which can be tested before joining.
 *
 * Sound because a true OR has a true branch, and with it the branch's part on each side; the whole
 * condition stays. A branch without such a part (`a.x = 1 OR b.y = 2`) says nothing about a side.
 */
export const deriveBranchPredicates: Rule = {
  name: "derive-branch-predicates",
  apply: (plan) => rewritePlan(plan, (node) => (node.kind === "join" ? derive(node) : node)),
};

function derive(plan: JoinOperator): LogicalOperator {
  if (plan.joinKind === "full" || plan.joinKind === "right" || plan.joinKind === "mark")
    return plan;
  const sides =
    plan.joinKind === "inner" || plan.joinKind === "semi" ? [plan.left, plan.right] : [plan.right];
  const given = conjunctsOf(plan.condition);
  const added: Expression[] = [];
  for (const conjunct of given) {
    if (conjunct.kind !== "or" || !isMovable(conjunct)) continue;
    for (const side of sides) {
      const implied = impliedBy(conjunct, outputIds(side));
      if (implied !== undefined && !isAsked(implied, given) && !isTestedIn(implied, side)) {
        added.push(implied);
      }
    }
  }
  return added.length === 0 ? plan : { ...plan, condition: conjunction([...given, ...added]) };
}

function impliedBy(condition: Expression, columns: ColumnSet): Expression | undefined {
  const parts = disjunctsOf(condition).map((branch) =>
    conjunctsOf(branch).filter((c) => isOver(c, columns) && mentions(c, columns)),
  );
  if (parts.some((part) => part.length === 0)) return undefined;
  return connect("or", parts.map(conjunctionOrTrue));
}

function isAsked(predicate: Expression, given: readonly Expression[]): boolean {
  return given.some((other) => sameExpression(other, predicate));
}

function isTestedIn(predicate: Expression, plan: LogicalOperator): boolean {
  for (const node of operatorsOf(plan)) {
    if (expressionsOf(node).some((e) => isAsked(predicate, conjunctsOf(e)))) return true;
  }
  return false;
}
