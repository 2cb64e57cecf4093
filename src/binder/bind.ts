import type { Query } from "../parser/index.js";
import type { BoundQuery, LogicalOperator } from "../plan/index.js";
import type { SqlType } from "../types/index.js";
import { bindExpression } from "./expression/bind-expression.js";
import { mapPlan, replaceEverywhere } from "./plan-walk.js";
import { ParameterTypes } from "./parameters.js";
import { bindQueryIn } from "./query/bind-query.js";
import type { OutputColumn } from "./query/query-result.js";
import type { RelationAccess } from "./relation-accesses.js";
import { Scope } from "./scope.js";
import { StatementBinding, type BindContext } from "./statement-binding.js";

/** A bound query and the types its parameters turned out to have. */
export interface BoundStatement {
  readonly query: BoundQuery;
  readonly parameterTypes: readonly SqlType[];
  /** The relations it reads. */
  readonly accesses: readonly RelationAccess[];
}

/**
 * A query as a typed logical plan. Pure: the answer depends on the arguments alone. Throws the
 * SqlErrors PostgreSQL raises while it analyzes a statement.
 */
export function bindQuery(query: Query, context: BindContext): BoundStatement {
  const statement = newBinding(context);
  const scope = new Scope(statement, undefined, context.searchPath);
  const { plan, outputs } = bindQueryIn(query, scope, { resolveUnknowns: true });
  return boundStatement(statement, plan, outputs);
}

/** The state for one statement. */
export function newBinding(context: BindContext): StatementBinding {
  const parameters = new ParameterTypes(context.parameterTypes);
  const binders = { expression: bindExpression, query: bindQueryIn };
  return new StatementBinding(context, parameters, binders);
}

/** A statement that is bound to its end: its parameters' types are settled. */
export function boundStatement(
  statement: StatementBinding,
  plan: LogicalOperator,
  outputs: readonly Pick<OutputColumn, "name" | "column" | "origin">[],
): BoundStatement {
  const { parameters } = statement;
  const parameterTypes = parameters.resolved();
  if (parameterTypes.length > 0) checkParameters(plan, parameters);
  return {
    query: {
      plan,
      outputs: outputs.map(({ name, column, origin }) => ({
        name,
        column,
        relationOid: origin?.relationOid ?? 0,
        columnNumber: origin?.columnNumber ?? 0,
      })),
    },
    parameterTypes,
    accesses: statement.accesses.all,
  };
}

function checkParameters(plan: LogicalOperator, parameters: ParameterTypes): void {
  mapPlan(plan, (expression) =>
    replaceEverywhere(expression, (node) => {
      parameters.check(node);
      return undefined;
    }),
  );
}
