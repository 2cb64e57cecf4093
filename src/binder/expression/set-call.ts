import {
  ambiguousFunction,
  featureNotSupported,
  indeterminatePolymorphic,
  setsBelowTopOfFrom,
  setsInAggregate,
  setsNotAllowed,
  setsNotAllowedInConstruct,
  undefinedFunction,
} from "../../errors/index.js";
import { resolveFunction, returnedType } from "../../functions/index.js";
import type { FunctionCall } from "../../parser/index.js";
import type { Expression, SetCall } from "../../plan/index.js";
import { physicalTypeOf, resolvePolymorphic } from "../../types/index.js";
import type { Clause, Scope } from "../scope.js";
import { signature } from "./named-call.js";
import { coerceArguments } from "./operator-call.js";

/** Clauses that take no set-returning function, as errors name them. */
const FORBIDDEN: Partial<Record<Clause, string>> = {
  where: "WHERE",
  having: "HAVING",
  limit: "LIMIT",
  offset: "OFFSET",
  "join-on": "JOIN conditions",
  values: "VALUES",
  filter: "FILTER",
};

/** A call of a set-returning function in an expression: an element of its set, row by row. */
export function bindSetCall(ast: FunctionCall, name: string, scope: Scope): Expression {
  const call = setCall(ast, name, scope);
  if (scope.clause === "from-function") throw setsBelowTopOfFrom(ast.position);
  const place = FORBIDDEN[scope.clause];
  if (place !== undefined) throw setsNotAllowed(place, ast.position);
  if (scope.sets === undefined) {
    throw featureNotSupported("set-returning functions are not supported here", ast.position);
  }
  scope.own(call.column.id);
  return scope.sets.add(call, ast.position);
}

/** The call with its overload chosen, wherever it stands. */
export function setCall(ast: FunctionCall, name: string, scope: Scope): SetCall {
  const { statement } = scope;
  const args = ast.arguments.map(({ value }) => statement.binders.expression(value, scope));
  const isNamed = ast.arguments.some((argument) => argument.name !== undefined);
  const overloads = isNamed ? [] : statement.context.functions.tables(name);
  const choice = resolveFunction(
    overloads,
    args.map((a) => a.type.name),
  );
  const shown = signature(ast.name.join("."), args);
  if (choice.kind === "none") throw undefinedFunction(shown, ast.position);
  if (choice.kind === "ambiguous") throw ambiguousFunction(shown, ast.position);
  const { candidate } = choice;
  const coerced = coerceArguments(statement, args, candidate.args);
  const inputs = args.map((a) => a.type.name);
  if (resolvePolymorphic(candidate.args, inputs)?.isOpen === true) {
    throw indeterminatePolymorphic();
  }
  const type = returnedType(candidate, coerced);
  const { nullable } = candidate;
  const column = statement.columns.make({ name, type, physical: physicalTypeOf(type), nullable });
  const lowered = candidate.lower(coerced);
  return { functionName: name, args: lowered, column };
}

/** Runs `bind` for a construct that evaluates its parts on condition; 0A000 for a set in them. */
export function withoutSets<T>(scope: Scope, construct: string, bind: () => T): T {
  const before = scope.sets?.callCount;
  const bound = bind();
  if (scope.sets?.callCount !== before) {
    throw setsNotAllowedInConstruct(construct, scope.sets?.lastPosition);
  }
  return bound;
}

/** 0A000 where an aggregate is over elements of a set. */
export function refuseSets(parts: readonly Expression[], scope: Scope): void {
  for (const part of parts) {
    const set = scope.sets?.find(part);
    if (set !== undefined) throw setsInAggregate(set.position);
  }
}
