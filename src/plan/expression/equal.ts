import { unreachable } from "../../errors/index.js";
import { samePhysical } from "../../types/index.js";
import { childrenOf } from "./walk.js";
import type { AggregateCall, Expression, SortKey } from "./expression.js";

/**
 * Whether two expressions compute the same value in the same way. SQL types and positions do not
 * count (an operation is chosen by physical types); subqueries are equal only if they are one plan.
 */
export function sameExpression(a: Expression, b: Expression): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind || a.physical.kind !== b.physical.kind) return false;
  if (a.physical.scale !== b.physical.scale) return false;
  return sameNode(a, b) && sameList(childrenOf(a), childrenOf(b));
}

export function sameList(a: readonly Expression[], b: readonly Expression[]): boolean {
  return a.length === b.length && a.every((x, i) => sameExpression(x, b[i] as Expression));
}

/** What a node says besides its children. */
function sameNode(a: Expression, b: Expression): boolean {
  switch (a.kind) {
    case "column":
      return b.kind === "column" && a.column.id === b.column.id;
    case "literal":
      return b.kind === "literal" && a.text === b.text && samePhysical(a.physical, b.physical);
    case "parameter":
      return b.kind === "parameter" && a.index === b.index;
    case "call":
      return b.kind === "call" && a.op === b.op;
    case "and":
    case "or":
    case "not":
    case "coalesce":
      return true;
    case "case":
      return b.kind === "case" && a.branches.length === b.branches.length;
    case "is-null":
    case "in-list":
      return b.kind === a.kind && a.negated === b.negated;
    case "scalar-subquery":
    case "exists":
    case "any-subquery":
      return b.kind === a.kind && a.plan === b.plan;
    default:
      return unreachable(a);
  }
}

export function sameAggregate(a: AggregateCall, b: AggregateCall): boolean {
  return (
    a.aggregate === b.aggregate &&
    a.distinct === b.distinct &&
    sameList(a.args, b.args) &&
    sameOptional(a.filter, b.filter) &&
    a.orderBy.length === b.orderBy.length &&
    a.orderBy.every((key, i) => sameSortKey(key, b.orderBy[i] as SortKey))
  );
}

function sameOptional(a: Expression | null, b: Expression | null): boolean {
  return a === null || b === null ? a === b : sameExpression(a, b);
}

export function sameSortKey(a: SortKey, b: SortKey): boolean {
  return (
    a.descending === b.descending &&
    a.nullsFirst === b.nullsFirst &&
    sameExpression(a.expression, b.expression)
  );
}
