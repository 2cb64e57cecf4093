import { someNode, type Expression } from "../../plan/index.js";

/** Gives a bound operand each time it is used. */
export type Repeatable = () => Expression;

/**
 * An operand that is written once and used several times. The plan of a subquery may stand in an
 * expression only once, since its columns are made there: such an operand is bound for each use.
 */
export function repeatable(bind: () => Expression): Repeatable {
  const first = bind();
  if (!hasSubquery(first)) return () => first;
  let isUsed = false;
  return () => {
    if (isUsed) return bind();
    isUsed = true;
    return first;
  };
}

/** A value that can be used any number of times as it is. */
export function constant(value: Expression): Repeatable {
  return () => value;
}

function hasSubquery(expression: Expression): boolean {
  return someNode(
    expression,
    ({ kind }) => kind === "scalar-subquery" || kind === "exists" || kind === "any-subquery",
  );
}
