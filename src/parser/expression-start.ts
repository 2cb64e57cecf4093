import type { Expression, Position } from "./ast/index.js";

/**
 * Where an expression begins, as PostgreSQL reports errors about a whole expression ("argument of
 * WHERE must be type boolean"): the leftmost of its own position, which may be an operator's in the
 * middle, and its operands'.
 */
export function expressionStart(expression: Expression): Position {
  switch (expression.kind) {
    case "binaryOperator":
    case "distinctTest":
      return leftmost(expression.position, expression.left, expression.right);
    case "quantifiedArray":
      return leftmost(expression.position, expression.left, expression.array);
    case "quantifiedSubquery":
      return leftmost(expression.position, expression.left);
    case "unaryOperator":
    case "nullTest":
    case "booleanTest":
    case "inSubquery":
    case "between":
    case "inList":
    case "like":
    case "cast":
    case "collate":
    case "not":
    case "subscripting":
    case "fieldSelection":
    case "fieldStar":
      return leftmost(expression.position, expression.operand);
    case "and":
    case "or":
      return leftmost(expression.position, ...expression.operands.slice(0, 1));
    case "functionCall":
      return leftmost(expression.position, ...expression.arguments.map(({ value }) => value));
    default:
      return expression.position;
  }
}

function leftmost(own: Position, ...operands: readonly Expression[]): Position {
  let start = own;
  for (const operand of operands) {
    const candidate = expressionStart(operand);
    if (start === undefined || (candidate !== undefined && candidate < start)) start = candidate;
  }
  return start;
}
