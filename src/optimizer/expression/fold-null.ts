import { mapChildren, type Expression } from "../../plan/index.js";
import { isNullLiteral, nullLike } from "./build.js";
import { isStrictCall } from "./strictness.js";

/** The expression with calls that must answer NULL replaced by NULL: strict ones over a NULL. */
export function foldNulls(expression: Expression): Expression {
  const node = mapChildren(expression, foldNulls);
  if (isStrictCall(node) && node.args.some(isNullLiteral)) return nullLike(node);
  return node;
}
