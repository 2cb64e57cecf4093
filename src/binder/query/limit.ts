import { variablesNotAllowed, withTiesWithoutOrder } from "../../errors/index.js";
import type { Expression as AstExpression, Query } from "../../parser/index.js";
import type { Expression, LogicalOperator } from "../../plan/index.js";
import { coerceSpecific } from "../expression/booleans.js";
import { mentionedColumns } from "../plan-walk.js";
import type { Scope } from "../scope.js";

/** LIMIT and OFFSET of a query. */
export interface BoundLimit {
  readonly count: Expression | null;
  readonly offset: Expression | null;
  readonly withTies: boolean;
}

export function bindLimit(query: Query, scope: Scope): BoundLimit {
  const offset = bindCount(query.offset, "OFFSET", scope);
  const count = bindCount(query.limit, "LIMIT", scope);
  if (query.withTies && query.orderBy.length === 0) throw withTiesWithoutOrder();
  return { count, offset, withTies: query.withTies };
}

/** A bigint that no row decides; NULL stands for no limit, as LIMIT ALL does. */
function bindCount(
  ast: AstExpression | undefined,
  construct: "LIMIT" | "OFFSET",
  scope: Scope,
): Expression | null {
  if (ast === undefined || ast.kind === "nullLiteral") return null;
  const clause = construct === "LIMIT" ? "limit" : "offset";
  return scope.inClause(clause, () => {
    const value = scope.statement.binders.expression(ast, scope);
    const count = coerceSpecific(scope, value, "int8", construct);
    if ([...mentionedColumns(count).keys()].some((id) => scope.owns(id))) {
      throw variablesNotAllowed(construct, count.position);
    }
    return count;
  });
}

export function limit(plan: LogicalOperator, bound: BoundLimit): LogicalOperator {
  if (bound.count === null && bound.offset === null) return plan;
  return { kind: "limit", input: plan, ...bound };
}
