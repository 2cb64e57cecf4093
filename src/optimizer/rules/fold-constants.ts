import { SqlError } from "../../errors/index.js";
import { withShownText } from "../../functions/index.js";
import {
  mapExpressions,
  rewrite,
  rewritePlan,
  type CallExpression,
  type Expression,
} from "../../plan/index.js";
import { isNullLiteral, nullLike } from "../expression/build.js";
import { isStrictCall } from "../expression/strictness.js";
import type { Rule, RuleContext } from "../rule.js";

/**
 * Evaluates immutable operations on constants once, and strict ones on NULL not at all.
 *
 * Sound because an immutable operation answers the same whenever it is asked. One that fails stays
 * as it is: `CASE WHEN b THEN 1 / 0 END` is an error only for rows with b.
 */
export const foldConstants: Rule = {
  name: "fold-constants",
  apply: (plan, context) =>
    rewritePlan(plan, (node) => mapExpressions(node, (e) => rewrite(e, (n) => fold(n, context)))),
};

function fold(node: Expression, context: RuleContext): Expression {
  if (node.kind !== "call") return node;
  if (isStrictCall(node) && node.args.some(isNullLiteral)) return nullLike(node);
  const isConstant = node.args.length > 0 && node.args.every((arg) => arg.kind === "literal");
  return isConstant && node.volatility === "immutable" ? evaluated(node, context) : node;
}

function evaluated(node: CallExpression, context: RuleContext): Expression {
  try {
    const text = context.evaluator.evaluate(node, context.evaluation);
    const { type, physical, position } = node;
    const nullable = text === null;
    const place = position === undefined ? {} : { position };
    const literal = { kind: "literal", text, type, physical, nullable, ...place } as const;
    return withShownText(literal, context.evaluator, context.evaluation);
  } catch (error) {
    if (error instanceof SqlError) return node;
    throw error;
  }
}
