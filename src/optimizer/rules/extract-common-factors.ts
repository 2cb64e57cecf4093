import { connect } from "../../functions/index.js";
import {
  mapExpressions,
  rewrite,
  rewritePlan,
  sameExpression,
  type Expression,
} from "../../plan/index.js";
import { conjunction, conjunctsOf, disjunctsOf } from "../expression/build.js";
import { isMovable } from "../expression/facts.js";
import type { Rule } from "../rule.js";

/**
 * `(a AND b) OR (a AND c)` as `a AND (b OR c)`, so that a can become a join key or go down.
 *
 * Sound because AND distributes over OR in three-valued logic too. A factor that can fail stays: in
 * `(x <> 0 AND 1 / x > 1) OR (x = 0 AND 1 / x > 1 AND …)` it would come to stand before its guard.
 */
export const extractCommonFactors: Rule = {
  name: "extract-common-factors",
  apply: (plan) => rewritePlan(plan, (node) => mapExpressions(node, (e) => rewrite(e, extract))),
};

function extract(node: Expression): Expression {
  if (node.kind !== "or") return node;
  const branches = disjunctsOf(node).map(conjunctsOf);
  const [first = [], ...rest] = branches;
  const common = first.filter(
    (c) => isMovable(c) && rest.every((branch) => branch.some((other) => sameExpression(c, other))),
  );
  if (common.length === 0) return node;
  const remainders = branches.map((branch) =>
    conjunction(branch.filter((c) => !common.some((factor) => sameExpression(factor, c)))),
  );
  // A branch of nothing but factors makes the OR of the remainders true.
  const isAlways = remainders.some((remainder) => remainder === null);
  const others = isAlways
    ? []
    : [
        connect(
          "or",
          remainders.filter((r) => r !== null),
        ),
      ];
  return connect("and", [...common, ...others]);
}
