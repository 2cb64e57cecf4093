import {
  columnsOf,
  rewritePlan,
  sameExpression,
  type Column,
  type Expression,
  type JoinOperator,
  type LogicalOperator,
} from "../../plan/index.js";
import { samePhysical } from "../../types/index.js";
import { asEquality, conjunction, conjunctsOf, refer } from "../expression/build.js";
import { substitute } from "../expression/substitute.js";
import { outputIds } from "../properties/free-columns.js";
import { knownPredicates } from "../properties/known-predicates.js";
import type { Rule } from "../rule.js";

/**
 * From `a.x = b.x` and a comparison of a.x with a constant follows the same for b.x.
 *
 * Sound for rows that join, hence for the right side of outer, semi and anti joins but not back to
 * their left (`a LEFT JOIN b ON a.x = b.x WHERE …` keeps a-rows whatever b has), and only for
 * comparisons of equal forms: equal numerics of other scales still print differently.
 */
export const inferPredicates: Rule = {
  name: "infer-predicates",
  apply: (plan) => rewritePlan(plan, (node) => (node.kind === "join" ? infer(node) : node)),
};

interface Pair {
  readonly left: Column;
  readonly right: Column;
}

function infer(plan: JoinOperator): LogicalOperator {
  const { joinKind } = plan;
  if (joinKind === "full" || joinKind === "right" || joinKind === "mark" || plan.dependent)
    return plan;
  const pairs = pairsOf(plan);
  if (pairs.length === 0) return plan;
  const known = [knownPredicates(plan.left), knownPredicates(plan.right)] as const;
  const given = conjunctsOf(plan.condition);
  const added: Expression[] = [];
  const add = (
    predicate: Expression,
    from: Column,
    to: Column,
    there: readonly Expression[],
  ): void => {
    if (!columnsOf(predicate).has(from.id)) return;
    const moved = substitute(predicate, new Map([[from.id, refer(to)]]));
    const isKnown = [...there, ...given, ...added].some((other) => sameExpression(other, moved));
    if (!isKnown) added.push(moved);
  };
  for (const { left, right } of pairs) {
    for (const predicate of known[0]) add(predicate, left, right, known[1]);
    if (joinKind !== "inner" && joinKind !== "semi") continue;
    for (const predicate of known[1]) add(predicate, right, left, known[0]);
  }
  if (added.length === 0) return plan;
  return { ...plan, condition: conjunction([...given, ...added]) };
}

function pairsOf(plan: JoinOperator): readonly Pair[] {
  const left = outputIds(plan.left);
  const right = outputIds(plan.right);
  return conjunctsOf(plan.condition).flatMap((conjunct) => {
    const equality = asEquality(conjunct);
    if (equality === undefined || equality.nullsEqual) return [];
    const { left: a, right: b } = equality;
    if (a.kind !== "column" || b.kind !== "column") return [];
    if (!samePhysical(a.column.physical, b.column.physical)) return [];
    if (left.has(a.column.id) && right.has(b.column.id))
      return [{ left: a.column, right: b.column }];
    if (left.has(b.column.id) && right.has(a.column.id))
      return [{ left: b.column, right: a.column }];
    return [];
  });
}
