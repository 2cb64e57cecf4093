import {
  aggregatesNotAllowed,
  ambiguousFunction,
  distinctAggregateOrder,
  featureNotSupported,
  groupingNotAllowed,
  invariant,
  nestedAggregates,
  notAnOrderedSetAggregate,
  starNeeded,
  undefinedFunction,
} from "../../errors/index.js";
import {
  at,
  comparable,
  INT4,
  resolveFunction,
  type AggregateOverload,
  type LoweredAggregate,
} from "../../functions/index.js";
import type { FunctionCall, Grouping } from "../../parser/index.js";
import {
  sameExpression,
  type AggregateCall,
  type Column,
  type Expression,
  type SortKey,
} from "../../plan/index.js";
import { resolveUnknown } from "../coerce.js";
import { mentionedColumns } from "../plan-walk.js";
import { sortKey } from "../query/sort-key.js";
import type { Clause, Scope } from "../scope.js";
import { columnExpression } from "../statement-binding.js";
import { bindCondition } from "./booleans.js";
import { signature } from "./named-call.js";
import { coerceArguments } from "./operator-call.js";
import { refuseSets } from "./set-call.js";

/** Clauses where no aggregate of their own query may stand, as errors name them. */
const FORBIDDEN: Partial<Record<Clause, string>> = {
  where: "WHERE",
  "group-by": "GROUP BY",
  limit: "LIMIT",
  offset: "OFFSET",
  "join-on": "JOIN conditions",
  "from-subquery": "FROM clause of their own query level",
  "from-function": "functions in FROM",
  values: "VALUES",
  filter: "FILTER",
};

/**
 * An aggregate call. It belongs to the innermost query whose columns it mentions, and its value is a
 * column of that query's aggregation.
 */
export function bindAggregate(ast: FunctionCall, name: string, scope: Scope): Expression {
  if (ast.over !== undefined) {
    throw featureNotSupported("window functions are not supported", ast.position);
  }
  if (ast.withinGroup) throw notAnOrderedSetAggregate(name, ast.position);
  const { statement } = scope;
  const { expression } = statement.binders;
  const args = ast.arguments.map(({ value }) => expression(value, scope));
  const overload = chooseAggregate(ast, name, args, scope);
  const orderBy = bindOrder(ast, scope, overload);
  const { filter: condition } = ast;
  const filter =
    condition === undefined
      ? null
      : scope.inClause("filter", () => bindCondition(condition, scope, "FILTER"));
  const coerced = coerceArguments(statement, args, overload.args);
  const lowered = overload.lower(distinctValues(coerced, name, ast));
  const call: AggregateCall = {
    aggregate: lowered.aggregate,
    args: lowered.args,
    distinct: ast.distinct,
    filter,
    orderBy: keptOrder(ast, overload, lowered.args, loweredKeys(coerced, lowered, orderBy, ast)),
  };
  refuseSets([...call.args, ...orderBy.map((key) => key.expression)], scope);
  const owner = ownerOf(call, scope);
  refuseInClause(owner, scope, ast.position);
  const { type, physical, nullable } = lowered;
  const make = (): Column => statement.columns.make({ name, type, physical, nullable });
  const value = collect(owner, call, make, ast.position);
  return lowered.finish === undefined
    ? value
    : at(lowered.finish(value, ast.distinct), ast.position);
}

/** Equal values in other bytes count once. */
function distinctValues(
  args: readonly Expression[],
  name: string,
  ast: FunctionCall,
): readonly Expression[] {
  return ast.distinct && name === "count" ? args.map(comparable) : args;
}

/** With DISTINCT, ORDER BY an argument sorts by what the argument was lowered to. */
function loweredKeys(
  args: readonly Expression[],
  { finish, args: lowered }: LoweredAggregate,
  orderBy: readonly SortKey[],
  ast: FunctionCall,
): readonly SortKey[] {
  if (!ast.distinct || finish === undefined) return orderBy;
  return orderBy.map((key) => {
    const index = args.findIndex((arg) => sameExpression(comparable(arg), key.expression));
    const expression = lowered[index];
    if (expression === undefined) return key;
    if (key.nullsFirst !== key.descending) {
      throw featureNotSupported(
        "NULLS FIRST and LAST of a DISTINCT aggregate are not supported",
        key.expression.position,
      );
    }
    return { ...key, expression };
  });
}

function collect(
  owner: Scope,
  call: AggregateCall,
  make: () => Column,
  position: number | undefined,
): Expression {
  const { aggregates } = owner;
  invariant(aggregates !== undefined, "an aggregate outside a SELECT");
  const known = aggregates.find(call);
  if (known !== undefined) return columnExpression(known.column, position);
  const column = make();
  owner.own(column.id);
  aggregates.aggregates.push({ column, call, position });
  return columnExpression(column, position);
}

function chooseAggregate(
  ast: FunctionCall,
  name: string,
  args: readonly Expression[],
  scope: Scope,
): AggregateOverload {
  const overloads = scope.statement.context.functions.aggregates(name);
  const inputs = args.map((a) => a.type.name);
  const choice = resolveFunction(overloads, inputs);
  const shown = signature(ast.name.join("."), args);
  if (choice.kind === "ambiguous") throw ambiguousFunction(shown, ast.position);
  if (choice.kind === "none") throw undefinedFunction(shown, ast.position);
  if (choice.candidate.args.length === 0 && !ast.star) throw starNeeded(name, ast.position);
  return choice.candidate;
}

function bindOrder(
  ast: FunctionCall,
  scope: Scope,
  overload: AggregateOverload,
): readonly SortKey[] {
  const keys = ast.orderBy.map((item) => {
    const value = resolveUnknown(
      scope.statement,
      scope.statement.binders.expression(item.expression, scope),
    );
    return sortKey(value, item);
  });
  return overload.ordered ? keys : [];
}

/** DISTINCT sorts by the arguments, after what ORDER BY says. */
function keptOrder(
  ast: FunctionCall,
  overload: AggregateOverload,
  args: readonly Expression[],
  orderBy: readonly SortKey[],
): readonly SortKey[] {
  if (!ast.distinct || !overload.ordered) return orderBy;
  const isArgument = (key: SortKey): boolean => args.some((a) => sameExpression(a, key.expression));
  const foreign = orderBy.findIndex((key) => !isArgument(key));
  if (foreign >= 0) throw distinctAggregateOrder(ast.orderBy[foreign]?.position);
  const rest = args.filter(
    (a) => a.kind !== "literal" && !orderBy.some((key) => sameExpression(a, key.expression)),
  );
  const ascending = rest.map((expression) => ({
    expression,
    descending: false,
    nullsFirst: false,
  }));
  return [...orderBy, ...ascending];
}

/** The innermost level among the columns mentioned; the current one if there are none. */
function ownerOf(call: AggregateCall, scope: Scope): Scope {
  const parts = [...call.args, ...(call.filter === null ? [] : [call.filter])];
  const owner = innermostOwner(parts, scope);
  for (const part of [...parts, ...call.orderBy.map((k) => k.expression)]) {
    for (const column of mentionedColumns(part).values()) {
      const inner = owner.aggregates?.ofColumn(column);
      if (inner !== undefined) throw nestedAggregates(inner.position);
    }
  }
  return owner;
}

function innermostOwner(parts: readonly Expression[], scope: Scope): Scope {
  let owner: Scope | undefined;
  for (const part of parts) {
    for (const id of mentionedColumns(part).keys()) {
      const level = scope.statement.columnScopes.get(id);
      if (level === undefined || !scope.isWithin(level)) continue;
      if (owner === undefined || level.isWithin(owner)) owner = level;
    }
  }
  return owner ?? scope;
}

function refuseInClause(owner: Scope, scope: Scope, position: number | undefined): void {
  const where = FORBIDDEN[owner.clause];
  if (where !== undefined) throw aggregatesNotAllowed(where, position);
  if (owner.aggregates === undefined) {
    throw aggregatesNotAllowed(scope === owner ? "VALUES" : "this clause", position);
  }
}

/** GROUPING(a, b): which of the grouping expressions the row's grouping set left out. */
export function bindGrouping(ast: Grouping, scope: Scope): Expression {
  const args = ast.arguments.map((a) => scope.statement.binders.expression(a, scope));
  const owner = innermostOwner(args, scope);
  const where = FORBIDDEN[owner.clause];
  if (where !== undefined) throw groupingNotAllowed(where, ast.position);
  const { aggregates } = owner;
  invariant(aggregates !== undefined, "GROUPING outside a SELECT");
  const known = aggregates.findGrouping(args);
  if (known !== undefined) return columnExpression(known.column, ast.position);
  const physical = { kind: "i32", precision: 0, scale: 0 } as const;
  const fields = { name: "grouping", type: INT4, physical, nullable: false };
  const column = scope.statement.columns.make(fields);
  owner.own(column.id);
  aggregates.groupings.push({ column, args, position: ast.position });
  return columnExpression(column, ast.position);
}
