import { mapExpressions, rewrite, rewritePlan, type Expression } from "../../plan/index.js";
import { literal } from "../../functions/index.js";
import { likeShape } from "../cost/like-shape.js";
import type { Rule } from "../rule.js";

/**
 * LIKE with a constant pattern as the comparison it amounts to: equal, starts with, ends with,
 * contains, or literal pieces in a row.
 *
 * Sound for patterns without `_`, whose pieces are compared as bytes either way. `'100\%'` is a
 * literal, not a prefix: escapes are resolved first, and a pattern that ends in one is left to fail.
 */
export const useLikeShapes: Rule = {
  name: "use-like-shapes",
  apply: (plan) => rewritePlan(plan, (node) => mapExpressions(node, (e) => rewrite(e, shaped))),
};

const OPS = {
  exact: "eq",
  prefix: "like_prefix",
  suffix: "like_suffix",
  contains: "like_contains",
  parts: "like_parts",
} as const;

function shaped(node: Expression): Expression {
  if (node.kind !== "call" || node.op !== "like") return node;
  const [value, pattern] = node.args;
  if (value?.physical.kind !== "text" || pattern?.kind !== "literal" || pattern.text === null)
    return node;
  const shape = likeShape(pattern.text);
  if (shape.kind === "anything" || shape.kind === "general") return node;
  const text = shape.kind === "parts" ? shape.pattern : shape.piece;
  const args = [value, literal(text, pattern.type, pattern.physical)];
  return { ...node, op: OPS[shape.kind], args, fallible: false };
}
