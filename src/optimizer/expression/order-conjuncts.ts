import { childrenOf, type Expression } from "../../plan/index.js";
import { selectivity } from "../cost/index.js";
import type { Estimate } from "../cost/index.js";
import { isMovable } from "./facts.js";

/** Work of one evaluation, in comparisons of numbers. */
function costOf(expression: Expression): number {
  const own = ownCost(expression);
  return childrenOf(expression).reduce((sum, child) => sum + costOf(child), own);
}

function ownCost(expression: Expression): number {
  if (expression.kind === "column" || expression.kind === "literal") return 0;
  if (expression.kind === "in-list") return 4;
  if (expression.kind !== "call") return 1;
  if (/^(like|ilike|text|regexp|similar)/.test(expression.op)) return 40;
  const touchesText = expression.args.some((a) => a.physical.kind === "text");
  return touchesText ? 8 : 1;
}

/**
 * Conjuncts in the order in which they drop most rows for least work. Those that can fail come last
 * and in their own order: what stood before them still guards them.
 */
export function orderConjuncts(
  conjuncts: readonly Expression[],
  input: Estimate,
): readonly Expression[] {
  const rank = (conjunct: Expression): number =>
    (selectivity(conjunct, input) - 1) / Math.max(1, costOf(conjunct));
  const movable = conjuncts
    .filter(isMovable)
    .map((conjunct) => ({ conjunct, rank: rank(conjunct) }));
  const sorted = movable.sort((a, b) => a.rank - b.rank).map(({ conjunct }) => conjunct);
  return [...sorted, ...conjuncts.filter((c) => !isMovable(c))];
}
