import {
  argumentReturnsSet,
  argumentTypeMismatch,
  featureNotSupported,
} from "../../errors/index.js";
import { at, boolean, callOp, BOOL, connect, isNull, not } from "../../functions/index.js";
import type {
  And,
  BooleanTest,
  Expression as AstExpression,
  Not,
  NullTest,
  Or,
} from "../../parser/index.js";
import type { Expression } from "../../plan/index.js";
import { TYPE_FACTS, type TypeName } from "../../types/index.js";
import { coerceType, resolveConstant } from "../coerce.js";
import type { Scope } from "../scope.js";
import { testedItems } from "./row.js";

/** `ast` as a boolean; `construct` names the place in the error ("WHERE", "AND"). */
export function bindCondition(ast: AstExpression, scope: Scope, construct: string): Expression {
  const value = scope.statement.binders.expression(ast, scope);
  return coerceSpecific(scope, value, "bool", construct);
}

/** A value as just this type, by assignment casts (PostgreSQL's coerce_to_specific_type). */
export function coerceSpecific(
  scope: Scope,
  value: Expression,
  target: TypeName,
  construct: string,
): Expression {
  const coerced = coerceType(scope.statement, value, target, "assignment");
  if (coerced !== undefined) {
    refuseSet(scope, value, construct);
    return coerced;
  }
  const actual = TYPE_FACTS[value.type.name].display;
  throw argumentTypeMismatch(construct, TYPE_FACTS[target].display, actual, value.position);
}

/** 42804 where a value of a construct that takes no set is one, or is made of one. */
export function refuseSet(scope: Scope, value: Expression, construct: string): void {
  if (scope.sets?.find(value) !== undefined) throw argumentReturnsSet(construct, value.position);
}

export function bindConnective(ast: And | Or, scope: Scope): Expression {
  const construct = ast.kind === "and" ? "AND" : "OR";
  const operands = ast.operands.map((o) => bindCondition(o, scope, construct));
  return at(connect(ast.kind, operands), operands[0]?.position ?? ast.position);
}

export function bindNot(ast: Not, scope: Scope): Expression {
  return at(not(bindCondition(ast.operand, scope, "NOT")), ast.position);
}

/** IS [NOT] NULL; of a row: all its values are (not) NULL. */
export function bindNullTest(ast: NullTest, scope: Scope): Expression {
  const { operand, negated } = ast;
  const { binders } = scope.statement;
  const items = testedItems(operand, scope);
  if (items !== undefined) {
    if (items.length === 0) return at(boolean(true), ast.position);
    const tests = items.map((item) => isNull(item, negated));
    return at(connect("and", tests), ast.position);
  }
  const value = resolveConstant(scope.statement, binders.expression(operand, scope));
  if (value.type.name === "record") {
    throw featureNotSupported("tests of such rows for NULL are not supported", ast.position);
  }
  return at(isNull(value, negated), value.position ?? ast.position);
}

/** IS [NOT] TRUE, FALSE, UNKNOWN. */
export function bindBooleanTest(ast: BooleanTest, scope: Scope): Expression {
  const { test, negated } = ast;
  const construct = `IS ${negated ? "NOT " : ""}${test.toUpperCase()}`;
  const operand = bindCondition(ast.operand, scope, construct);
  const position = operand.position ?? ast.position;
  if (test === "unknown") return at(isNull(operand, negated), position);
  const op = `is_${negated ? "not_" : ""}${test}`;
  return at(callOp(op, [operand], { type: BOOL, fallible: false, nullable: false }), position);
}
