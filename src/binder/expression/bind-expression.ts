import { collationNotAllowed, featureNotSupported, unreachable } from "../../errors/index.js";
import { at, relabel } from "../../functions/index.js";
import {
  expressionStart,
  type Cast,
  type Collate,
  type Expression as AstExpression,
} from "../../parser/index.js";
import type { Expression } from "../../plan/index.js";
import { elementOf, TYPE_FACTS, type TypeName } from "../../types/index.js";
import { assignToParameter, castExplicitly } from "../coerce.js";
import { lookUpColumn } from "../column-lookup.js";
import type { Scope } from "../scope.js";
import { bindTypeName } from "../type-names.js";
import { bindGrouping } from "./aggregate-call.js";
import { bindArrayConstructor, bindArraySubquery, bindSubscripting } from "./array.js";
import { bindBooleanTest, bindConnective, bindNot, bindNullTest } from "./booleans.js";
import { bindBetween, bindBinary, bindDistinctTest, bindLike, bindUnary } from "./comparisons.js";
import { bindCase, bindCoalesce, bindMinMax, bindNullIf } from "./conditional.js";
import { bindFunctionCall, bindValueFunction } from "./function-call.js";
import { bindInList } from "./in-list.js";
import { bindLiteral, bindParameter } from "./literals.js";
import { leftmost } from "./operator-call.js";
import { bindQuantifiedArray } from "./quantified-array.js";
import { bindField, bindRow, bindStarValue } from "./row.js";
import {
  bindExists,
  bindInSubquery,
  bindQuantifiedSubquery,
  bindScalarSubquery,
} from "./subqueries.js";

/** A syntax tree's expression with names resolved and types checked. */
export function bindExpression(ast: AstExpression, scope: Scope): Expression {
  switch (ast.kind) {
    case "integerLiteral":
    case "numericLiteral":
    case "stringLiteral":
    case "bitStringLiteral":
    case "booleanLiteral":
    case "nullLiteral":
      return bindLiteral(ast);
    case "columnReference":
      return lookUpColumn(scope, ast.names, ast.position).expression;
    case "parameter":
      return bindParameter(ast, scope);
    case "unaryOperator":
      return bindUnary(ast, scope);
    case "binaryOperator":
      return bindBinary(ast, scope);
    case "and":
    case "or":
      return bindConnective(ast, scope);
    case "not":
      return bindNot(ast, scope);
    case "nullTest":
      return bindNullTest(ast, scope);
    case "booleanTest":
      return bindBooleanTest(ast, scope);
    case "distinctTest":
      return bindDistinctTest(ast, scope);
    case "between":
      return bindBetween(ast, scope);
    case "inList":
      return bindInList(ast, scope);
    case "like":
      return bindLike(ast, scope);
    case "case":
      return bindCase(ast, scope);
    case "coalesce":
      return bindCoalesce(ast, scope);
    case "minMax":
      return bindMinMax(ast, scope);
    case "nullIf":
      return bindNullIf(ast, scope);
    case "cast":
      return bindCast(ast, scope);
    case "collate":
      return bindCollate(ast, scope);
    case "functionCall":
      return bindFunctionCall(ast, scope);
    case "valueFunction":
      return bindValueFunction(ast, scope);
    case "grouping":
      return bindGrouping(ast, scope);
    default:
      return bindSubqueryOrRefuse(ast, scope);
  }
}

type Remaining = Extract<
  AstExpression,
  {
    readonly kind:
      | "quantifiedArray"
      | "quantifiedSubquery"
      | "inSubquery"
      | "scalarSubquery"
      | "exists"
      | "arraySubquery"
      | "row"
      | "array"
      | "subscripting"
      | "fieldSelection"
      | "fieldStar"
      | "star";
  }
>;

function bindSubqueryOrRefuse(ast: Remaining, scope: Scope): Expression {
  switch (ast.kind) {
    case "scalarSubquery":
      return bindScalarSubquery(ast, scope);
    case "exists":
      return bindExists(ast, scope);
    case "inSubquery":
      return bindInSubquery(ast, scope);
    case "quantifiedSubquery":
      return bindQuantifiedSubquery(ast, scope);
    case "quantifiedArray":
      return bindQuantifiedArray(ast, scope);
    case "row":
      return bindRow(ast, scope);
    case "fieldSelection":
      return bindField(ast, scope);
    case "star":
      return bindStarValue(ast, scope);
    case "fieldStar":
      throw featureNotSupported("(row).* is not supported here", ast.position);
    case "array":
      return bindArrayConstructor(ast, scope);
    case "subscripting":
      return bindSubscripting(ast, scope);
    case "arraySubquery":
      return bindArraySubquery(ast, scope);
    default:
      return unreachable(ast);
  }
}

function bindCast(ast: Cast, scope: Scope): Expression {
  const target = bindTypeName(ast.type);
  const operand = bindCastOperand(ast.operand, target.name, scope);
  if (ast.parameter !== undefined) {
    const start = expressionStart(ast.operand);
    return assignToParameter(scope.statement, operand, target, ast.parameter, start);
  }
  const value = castExplicitly(scope.statement, operand, target, ast.position);
  const kept = value === operand || operand.type.name === "unknown";
  return at(value, kept ? operand.position : leftmost(ast.position, [operand]));
}

/** The elements of ARRAY[…] are cast one by one. */
function bindCastOperand(ast: AstExpression, target: TypeName, scope: Scope): Expression {
  const element = elementOf(target);
  if (ast.kind === "array" && element !== undefined) {
    return bindArrayConstructor(ast, scope, element);
  }
  return scope.statement.binders.expression(ast, scope);
}

/** Collations that compare by code point, as all text here does. */
const CODE_POINT_COLLATIONS: ReadonlySet<string> = new Set([
  "C",
  "POSIX",
  "default",
  "ucs_basic",
  "C.UTF-8",
  "C.utf8",
]);

function bindCollate(ast: Collate, scope: Scope): Expression {
  const operand = scope.statement.binders.expression(ast.operand, scope);
  const { name } = operand.type;
  if (TYPE_FACTS[name].category !== "S" && name !== "unknown") {
    const display = TYPE_FACTS[name].display;
    throw collationNotAllowed(display, ast.position);
  }
  const collation = ast.collation.at(-1) ?? "";
  if (!CODE_POINT_COLLATIONS.has(collation)) {
    throw featureNotSupported(`collation "${collation}" is not supported`, ast.position);
  }
  return relabel(operand, operand.type);
}
