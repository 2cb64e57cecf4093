import {
  inputsOf,
  mapChildren,
  mapExpressions,
  withInputs,
  type Expression,
  type LogicalOperator,
} from "../../plan/index.js";

/** What to do with operators and expression nodes; what is absent leaves them as they are. */
export interface Changes {
  readonly operator?: (node: LogicalOperator) => LogicalOperator;
  readonly expression?: (node: Expression) => Expression;
}

/** Rebuilds a plan bottom-up, plans of subqueries included; unchanged parts are shared. */
export function rewriteEverywhere(plan: LogicalOperator, changes: Changes): LogicalOperator {
  const inputs = inputsOf(plan).map((input) => rewriteEverywhere(input, changes));
  const own = mapExpressions(withInputs(plan, inputs), (e) => rewriteExpression(e, changes));
  return changes.operator === undefined ? own : changes.operator(own);
}

function rewriteExpression(expression: Expression, changes: Changes): Expression {
  const node = overPlan(
    mapChildren(expression, (child) => rewriteExpression(child, changes)),
    changes,
  );
  return changes.expression === undefined ? node : changes.expression(node);
}

function overPlan(node: Expression, changes: Changes): Expression {
  switch (node.kind) {
    case "scalar-subquery":
    case "exists":
    case "any-subquery": {
      const plan = rewriteEverywhere(node.plan, changes);
      return plan === node.plan ? node : { ...node, plan };
    }
    default:
      return node;
  }
}
