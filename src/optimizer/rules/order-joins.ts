import { inputsOf, withInputs, type LogicalOperator } from "../../plan/index.js";
import { enumerateTrees } from "../join-order/enumerate.js";
import { greedyTree } from "../join-order/greedy.js";
import { joinGraph } from "../join-order/join-graph.js";
import { planOfTree } from "../join-order/join-tree.js";
import { regionOf } from "../join-order/region.js";
import type { Rule, RuleContext } from "../rule.js";

/** Pairs of sets looked at before the search gives way to a greedy one. */
const PAIR_BUDGET = 10_000;

/**
 * Orders joins by estimated cost: inner, outer, full, semi and anti joins together.
 *
 * Sound because a join moves only where the conflict rules of CD-C allow, and a condition is applied
 * just where the relations it mentions first come together. The counterexample that bounds it:
 * `(a LEFT JOIN b ON a.x = b.x) LEFT JOIN c ON coalesce(b.y, 0) = c.y` joins c to rows without a b.
 */
export const orderJoins: Rule = {
  name: "order-joins",
  apply: (plan, context) => order(plan, context),
};

function order(plan: LogicalOperator, context: RuleContext): LogicalOperator {
  const isTop = plan.kind === "join" || (plan.kind === "filter" && plan.input.kind === "join");
  if (isTop) {
    const ordered = orderRegion(plan, context);
    if (ordered !== undefined) return ordered;
  }
  return withInputs(
    plan,
    inputsOf(plan).map((input) => order(input, context)),
  );
}

function orderRegion(plan: LogicalOperator, context: RuleContext): LogicalOperator | undefined {
  const region = regionOf(plan, (leaf) => (leaf === plan ? leaf : order(leaf, context)));
  if (region === undefined) return undefined;
  const graph = joinGraph(region, context.estimator);
  const tree = enumerateTrees(graph, PAIR_BUDGET) ?? greedyTree(graph);
  return tree === undefined ? undefined : planOfTree(tree, region.relations);
}
