import {
  featureNotSupported,
  quantifiedOperatorNotBoolean,
  quantifiedWithoutArray,
} from "../../errors/index.js";
import {
  at,
  BOOL,
  boolean,
  callOp,
  castTo,
  comparedWithEach,
  comparisonOp,
  connect,
  eachElement,
  integer,
  literal,
  packed,
  relabel,
  shownElements,
  widerType,
} from "../../functions/index.js";
import {
  expressionStart,
  type ArrayConstructor,
  type Expression as AstExpression,
  type QuantifiedArray,
} from "../../parser/index.js";
import type { Expression, LiteralExpression } from "../../plan/index.js";
import { arrayOf, elementOf, isArray, sqlType, type SqlType } from "../../types/index.js";
import { castExplicitly, coerceType } from "../coerce.js";
import { toCommonType } from "../common-type.js";
import type { Scope } from "../scope.js";
import { bindTypeName } from "../type-names.js";
import { operand } from "./comparisons.js";
import { constantComparisons, negate } from "./in-list.js";
import { callOperator, operatorName, prepareOperator } from "./operator-call.js";
import type { Repeatable } from "./repeatable.js";

/** `left op ANY (array)` and ALL: a list of comparisons where the elements are written out. */
export function bindQuantifiedArray(ast: QuantifiedArray, scope: Scope): Expression {
  const name = operatorName(ast.operator, ast.position);
  const left = operand(ast.left, scope);
  const written = writtenElements(ast.array, scope);
  const found =
    written === undefined
      ? overArray(ast, name, left, scope)
      : overElements(ast, name, left, written, scope);
  return at(found, expressionStart(ast.left) ?? ast.position);
}

/** The elements of ARRAY[…], cast or not; undefined where they are arrays, or it is another array. */
function writtenElements(ast: AstExpression, scope: Scope): readonly Expression[] | undefined {
  const { statement } = scope;
  if (ast.kind === "array") {
    const elements = leavesOf(ast).map((e) => statement.binders.expression(e, scope));
    if (elements.length === 0 || elements.some((e) => isArray(e.type.name))) return undefined;
    return toCommonType(statement, "ARRAY", elements);
  }
  if (ast.kind !== "cast" || ast.operand.kind !== "array" || ast.type.arrayDimensions === 0) {
    return undefined;
  }
  const type = bindTypeName({ ...ast.type, arrayDimensions: 0 });
  const elements = leavesOf(ast.operand).map((e) => statement.binders.expression(e, scope));
  if (elements.some((e) => isArray(e.type.name))) return undefined;
  return elements.map((e) => castExplicitly(statement, e, type, ast.position));
}

function leavesOf(ast: ArrayConstructor): readonly AstExpression[] {
  return ast.elements.flatMap((e) => (e.kind === "array" ? leavesOf(e) : [e]));
}

function overElements(
  ast: QuantifiedArray,
  name: string,
  left: Repeatable,
  elements: readonly Expression[],
  scope: Scope,
): Expression {
  const isAny = ast.quantifier === "any";
  if (elements.length === 0) return boolean(!isAny);
  // x <> ALL (…) is NOT x = ANY (…), which is a list.
  const isNotIn = !isAny && name === "<>";
  const operator = isNotIn ? "=" : name;
  const tests = elements.map((element) =>
    callOperator(scope.statement, operator, [left(), element], ast.position),
  );
  if (tests.some((t) => t.type.name !== "bool")) throw quantifiedOperatorNotBoolean(ast.position);
  if (isNotIn) return negate(connect("or", constantComparisons(tests)));
  return isAny ? connect("or", constantComparisons(tests)) : connect("and", tests);
}

function overArray(ast: QuantifiedArray, name: string, left: Repeatable, scope: Scope): Expression {
  const { statement } = scope;
  const given = statement.binders.expression(ast.array, scope);
  const element = given.type.name === "unknown" ? "unknown" : elementOf(given.type.name);
  if (element === undefined) throw quantifiedWithoutArray(ast.position);
  const model = literal(null, sqlType(element));
  const prepared = prepareOperator(statement, name, [left(), model], ast.position);
  const wanted = arrayOf(prepared.args[1]?.type.name ?? "text");
  const array = wanted && coerceType(statement, given, wanted, "implicit");
  if (array === undefined) throw quantifiedWithoutArray(ast.position);
  const type = sqlType(elementOf(array.type.name) ?? "text");
  if (array.kind === "literal") {
    if (array.text === null) return literal(null, BOOL);
    return overElements(ast, name, left, constantElements(array, type), scope);
  }
  if (array.kind === "parameter") {
    const operands = [left(), eachElement(type)];
    const comparison = callOperator(statement, name, operands, ast.position);
    if (comparison.type.name !== "bool") throw quantifiedOperatorNotBoolean(ast.position);
    return comparedWithEach(comparison, array, ast.quantifier);
  }
  return compareAtRunTime(ast, name, prepared.args[0] ?? left(), array, type);
}

function constantElements(array: LiteralExpression, type: SqlType): readonly Expression[] {
  return shownElements(array.shown ?? "{}").map((text) => literal(text, type));
}

const COMPARISONS = ["eq", "ne", "lt", "le", "gt", "ge"] as const;

/** Comparisons with the elements of an array that only rows know. */
function compareAtRunTime(
  ast: QuantifiedArray,
  name: string,
  left: Expression,
  array: Expression,
  { name: element }: SqlType,
): Expression {
  const op = COMPARISONS.findIndex((known) => known === comparisonOp(name));
  if (op < 0) {
    throw featureNotSupported(
      `operator ${name} with ANY or ALL of an array that is no constant is not supported`,
      ast.position,
    );
  }
  const wider = left.type.name === element ? element : widerType(left.type.name, element);
  const widerArray = castTo(array, arrayOf(wider) ?? "_text");
  const one = packed(relabel(castTo(left, wider), sqlType(wider)));
  return callOp(`array_${ast.quantifier}`, [one, widerArray, integer(op)], {
    type: BOOL,
    fallible: false,
    nullable: true,
  });
}
