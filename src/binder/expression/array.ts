import {
  arraySubscriptType,
  emptyArrayType,
  featureNotSupported,
  notSubscriptable,
  subqueryColumnCount,
} from "../../errors/index.js";
import {
  arrayOfBytes,
  arrayOfValues,
  at,
  callOp,
  coalesce,
  elementAt,
  elementBytes,
  emptyArray,
  integer,
  INT4,
  literal,
  stacked,
} from "../../functions/index.js";
import type {
  ArrayConstructor,
  ArraySubquery,
  Expression as AstExpression,
  Subscript,
  Subscripting,
} from "../../parser/index.js";
import type { AggregateCall, Expression, LogicalOperator, SortKey } from "../../plan/index.js";
import {
  arrayOf,
  elementOf,
  isArray,
  sqlType,
  TYPE_FACTS,
  type TypeName,
} from "../../types/index.js";
import { castExplicitly, coerceType, resolveUnknown } from "../coerce.js";
import { toCommonType } from "../common-type.js";
import type { Scope } from "../scope.js";
import { columnExpression } from "../statement-binding.js";

/** ARRAY[…]; `target` is the element type that a cast around it asks for. */
export function bindArrayConstructor(
  ast: ArrayConstructor,
  scope: Scope,
  target?: TypeName,
): Expression {
  const { statement } = scope;
  const bound = ast.elements.map((element) => bindElement(element, scope, target));
  if (bound.length === 0) {
    if (target === undefined) throw emptyArrayType(ast.position);
    return at(emptyArray(target), ast.position);
  }
  const isNested = bound.some((b) => isArray(b.type.name));
  if (target !== undefined) {
    const wanted = isNested ? (arrayOf(target) ?? target) : target;
    const cast = bound.map((b) => castExplicitly(statement, b, sqlType(wanted), b.position));
    return at(arrayFrom(cast, ast.position), ast.position);
  }
  return at(arrayFrom(toCommonType(statement, "ARRAY", bound), ast.position), ast.position);
}

function bindElement(ast: AstExpression, scope: Scope, target?: TypeName): Expression {
  if (ast.kind === "array") return bindArrayConstructor(ast, scope, target);
  return scope.statement.binders.expression(ast, scope);
}

/** The array of these values of one type; of arrays, one of a dimension more. */
function arrayFrom(values: readonly Expression[], position: number | undefined): Expression {
  const name = values[0]?.type.name ?? "text";
  const element = elementOf(name);
  if (element !== undefined) {
    const bytes = values.map((v) => ({ ...v, type: sqlType("bytea") }));
    return stacked(arrayOfValues(bytes, "bytea"), element, false);
  }
  if (arrayOf(name) === undefined) {
    const { display } = TYPE_FACTS[name];
    throw featureNotSupported(`arrays of type ${display} are not supported`, position);
  }
  return arrayOfValues(values, name);
}

/** `array[i][j]`, or a slice where any subscript is one. */
export function bindSubscripting(ast: Subscripting, scope: Scope): Expression {
  const { statement } = scope;
  const array = resolveUnknown(statement, statement.binders.expression(ast.operand, scope));
  if (!isArray(array.type.name)) {
    throw notSubscriptable(TYPE_FACTS[array.type.name].display, ast.position);
  }
  const isSlice = ast.subscripts.some((s) => s.kind === "slice");
  if (isSlice) return at(bindSlice(array, ast.subscripts, scope), array.position ?? ast.position);
  const subscripts = ast.subscripts.map((s) =>
    s.kind === "index" ? bindSubscript(s.value, scope) : integer(1),
  );
  const offset = callOp("array_offset", [array, arrayOfValues(subscripts, "int4")], {
    type: INT4,
    fallible: false,
    nullable: true,
  });
  return at(elementAt(array, offset), array.position ?? ast.position);
}

/** In a slice a single subscript n means 1:n. */
function bindSlice(array: Expression, subscripts: readonly Subscript[], scope: Scope): Expression {
  const absent = literal(null, INT4);
  let given = 0;
  const lowers: Expression[] = [];
  const uppers: Expression[] = [];
  for (const [i, subscript] of subscripts.entries()) {
    const isIndex = subscript.kind === "index";
    const lower = isIndex ? integer(1) : bound(subscript.lower, scope);
    const upper = isIndex ? bindSubscript(subscript.value, scope) : bound(subscript.upper, scope);
    if (lower !== undefined) given |= 1 << (2 * i);
    if (upper !== undefined) given |= 1 << (2 * i + 1);
    lowers.push(lower ?? absent);
    uppers.push(upper ?? absent);
  }
  const args = [
    array,
    arrayOfValues(lowers, "int4"),
    arrayOfValues(uppers, "int4"),
    integer(given),
  ];
  return callOp("array_slice", args, { type: array.type, fallible: false, nullable: true });
}

function bound(ast: AstExpression | undefined, scope: Scope): Expression | undefined {
  return ast === undefined ? undefined : bindSubscript(ast, scope);
}

function bindSubscript(ast: AstExpression, scope: Scope): Expression {
  const { statement } = scope;
  const value = statement.binders.expression(ast, scope);
  const subscript = coerceType(statement, value, "int4", "assignment");
  if (subscript === undefined) throw arraySubscriptType(value.position);
  return subscript;
}

/** ARRAY(query): its rows in the query's order. */
export function bindArraySubquery(ast: ArraySubquery, scope: Scope): Expression {
  const { statement } = scope;
  const { plan, outputs } = statement.binders.query(ast.query, scope, { resolveUnknowns: true });
  const [output] = outputs;
  if (output === undefined || outputs.length !== 1) {
    throw subqueryColumnCount("must return only one column", ast.position);
  }
  const value = columnExpression(output.column);
  const { name } = value.type;
  const nested = elementOf(name);
  const element = nested === undefined ? name : "bytea";
  const bytes = elementBytes(nested === undefined ? value : { ...value, type: sqlType("bytea") });
  const column = statement.columnFor({ ...bytes, nullable: true }, "array");
  const call: AggregateCall = {
    aggregate: "string_agg",
    args: [bytes, literal("\\x", sqlType("bytea"))],
    distinct: false,
    filter: null,
    orderBy: orderOf(plan),
  };
  const all: Expression = {
    kind: "scalar-subquery",
    plan: { kind: "aggregate", input: plan, keys: [], aggregates: [{ column, call }] },
    output: column,
    type: column.type,
    physical: column.physical,
    nullable: true,
  };
  const list = arrayOfBytes(all, element, false);
  const array = nested === undefined ? list : stacked(list, nested, true);
  return at(coalesce([array, emptyArray(nested ?? name)]), ast.position);
}

/** What the rows of a query are sorted by. */
function orderOf(plan: LogicalOperator): readonly SortKey[] {
  switch (plan.kind) {
    case "sort":
      return plan.keys;
    case "limit":
      return orderOf(plan.input);
    case "with":
      return orderOf(plan.body);
    default:
      return [];
  }
}
