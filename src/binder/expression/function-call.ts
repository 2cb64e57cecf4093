import {
  featureNotSupported,
  notAnAggregate,
  notAWindowFunction,
  positionalAfterNamed,
  syntaxError,
  undefinedFunction,
  undefinedSchema,
} from "../../errors/index.js";
import { at, sessionName, timeFunction } from "../../functions/index.js";
import { DIALECT_SCHEMA, type FunctionCall, type ValueFunction } from "../../parser/index.js";
import type { Expression } from "../../plan/index.js";
import type { Scope } from "../scope.js";
import { bindAggregate } from "./aggregate-call.js";
import { bindDialectCall } from "./dialect-call.js";
import { callNamedFunction, callWithNames, refuseVariadic, signature } from "./named-call.js";
import { bindSetCall } from "./set-call.js";

/** A function call in an expression: scalar, aggregate or set-returning. */
export function bindFunctionCall(ast: FunctionCall, scope: Scope): Expression {
  if (ast.name.length === 2 && ast.name[0] === DIALECT_SCHEMA) return bindDialectCall(ast, scope);
  const name = functionName(ast, scope);
  const { functions } = scope.statement.context;
  if (ast.variadic) refuseVariadic(ast.position);
  if (functions.aggregates(name).length > 0) return bindAggregate(ast, name, scope);
  const isKnown = functions.functions(name).length > 0 || functions.tables(name).length > 0;
  if (ast.over !== undefined && !isKnown) {
    throw featureNotSupported("window functions are not supported", ast.position);
  }
  if (functions.tables(name).length > 0) {
    refuseModifiers(ast);
    return bindSetCall(ast, name, scope);
  }
  const args = bindArguments(ast, scope);
  const call = args.some((a) => a.name !== undefined)
    ? callWithNames(scope, name, args, ast.position)
    : callNamedFunction(
        scope,
        name,
        args.map((a) => a.value),
        ast.position,
        ast.name.join("."),
      );
  refuseModifiers(ast);
  return call;
}

/** The bare name; functions stand in pg_catalog only. */
function functionName(ast: FunctionCall, scope: Scope): string {
  const name = ast.name.at(-1) ?? "";
  const schema = ast.name.at(-2);
  if (schema === undefined || schema === "pg_catalog") return name;
  if (!scope.statement.context.catalog.hasSchema(schema)) {
    throw undefinedSchema(schema, ast.position);
  }
  const values = bindArguments(ast, scope).map((a) => a.value);
  throw undefinedFunction(signature(ast.name.join("."), values), ast.position);
}

function bindArguments(ast: FunctionCall, scope: Scope) {
  const bound = ast.arguments.map(({ name, value }) => ({
    name,
    value: scope.statement.binders.expression(value, scope),
  }));
  const firstNamed = bound.findIndex((a) => a.name !== undefined);
  const late = bound.findIndex((a, i) => firstNamed >= 0 && i > firstNamed && a.name === undefined);
  if (late >= 0) throw positionalAfterNamed(ast.arguments[late]?.position);
  return bound;
}

/** What only aggregates take. */
export function refuseModifiers(ast: FunctionCall): void {
  const name = ast.name.at(-1) ?? "";
  const modifiers: readonly (readonly [boolean, string])[] = [
    [ast.star, `${name}(*)`],
    [ast.distinct, "DISTINCT"],
    [ast.withinGroup, "WITHIN GROUP"],
    [ast.orderBy.length > 0, "ORDER BY"],
    [ast.filter !== undefined, "FILTER"],
  ];
  const used = modifiers.find(([present]) => present);
  if (used !== undefined) throw notAnAggregate(used[1], name, ast.position);
  if (ast.over !== undefined) throw notAWindowFunction(name, ast.position);
}

/** CURRENT_DATE, CURRENT_USER and their kin. */
export function bindValueFunction(ast: ValueFunction, scope: Scope): Expression {
  switch (ast.name) {
    case "current_time":
      throw featureNotSupported("type time with time zone is not supported", ast.position);
    case "current_date":
    case "current_timestamp":
    case "localtime":
    case "localtimestamp":
      return at(timeFunction(ast.name, precisionOf(ast)), ast.position);
    default:
      return at(sessionName(ast.name, scope.statement.context.session), ast.position);
  }
}

const MAX_TIME_PRECISION = 6;

function precisionOf(ast: ValueFunction): number | undefined {
  if (ast.precision === undefined) return undefined;
  if (ast.precision < 0) throw syntaxError("precision must not be negative", ast.position);
  return Math.min(ast.precision, MAX_TIME_PRECISION);
}
