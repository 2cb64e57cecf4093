import { unreachable } from "../../errors/index.js";
import type { Column, ColumnId } from "../column.js";
import type { Expression } from "./expression.js";

/** Direct subexpressions, in order; plans of subqueries are not entered. */
export function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "column":
    case "literal":
    case "parameter":
    case "scalar-subquery":
    case "exists":
      return [];
    case "any-subquery":
      return [expression.condition];
    case "call":
    case "and":
    case "or":
    case "coalesce":
      return expression.args;
    case "not":
    case "is-null":
      return [expression.operand];
    case "in-list":
      return [expression.operand, ...expression.items];
    case "case":
      return [...expression.branches.flatMap((b) => [b.when, b.then]), expression.otherwise];
    default:
      return unreachable(expression);
  }
}

/** The same expression over new children, as `change` gives them; unchanged parts are shared. */
export function mapChildren(
  expression: Expression,
  change: (child: Expression) => Expression,
): Expression {
  switch (expression.kind) {
    case "column":
    case "literal":
    case "parameter":
    case "scalar-subquery":
    case "exists":
      return expression;
    case "any-subquery": {
      const condition = change(expression.condition);
      return condition === expression.condition ? expression : { ...expression, condition };
    }
    case "call":
    case "and":
    case "or":
    case "coalesce": {
      const args = expression.args.map(change);
      return args.every((a, i) => a === expression.args[i]) ? expression : { ...expression, args };
    }
    case "not":
    case "is-null":
    case "in-list": {
      const operand = change(expression.operand);
      return operand === expression.operand ? expression : { ...expression, operand };
    }
    case "case":
      return {
        ...expression,
        branches: expression.branches.map((b) => ({ when: change(b.when), then: change(b.then) })),
        otherwise: change(expression.otherwise),
      };
    default:
      return unreachable(expression);
  }
}

/** Rebuilds bottom-up: children first, then `change` on the node itself. */
export function rewrite(
  expression: Expression,
  change: (node: Expression) => Expression,
): Expression {
  return change(mapChildren(expression, (child) => rewrite(child, change)));
}

/** Columns the expression itself mentions (not those inside subqueries' plans). */
export function columnsOf(
  expression: Expression,
  into: Map<ColumnId, Column> = new Map(),
): Map<ColumnId, Column> {
  if (expression.kind === "column") into.set(expression.column.id, expression.column);
  for (const child of childrenOf(expression)) columnsOf(child, into);
  return into;
}

/** Whether any node satisfies `test`. */
export function someNode(expression: Expression, test: (node: Expression) => boolean): boolean {
  return test(expression) || childrenOf(expression).some((child) => someNode(child, test));
}

/** Whether evaluating it can raise an error. */
export function isFallible(expression: Expression): boolean {
  return someNode(
    expression,
    (node) => (node.kind === "call" && node.fallible) || node.kind === "scalar-subquery",
  );
}
