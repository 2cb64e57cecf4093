import { BOOL, boolean, callOp, connect, literal } from "../../functions/index.js";
import type { Column, Expression, LiteralExpression } from "../../plan/index.js";
import { samePhysical, sameType } from "../../types/index.js";

/** The value of a column. */
export function refer(column: Column): Expression {
  const { type, physical, nullable } = column;
  return { kind: "column", column, type, physical, nullable };
}

export function isTrue(expression: Expression): boolean {
  return expression.kind === "literal" && expression.text === "t";
}

/** A constant that no filter lets through: FALSE or NULL. */
export function isNeverTrue(expression: Expression): boolean {
  return expression.kind === "literal" && expression.text !== "t";
}

export function isNullLiteral(expression: Expression): boolean {
  return expression.kind === "literal" && expression.text === null;
}

/** NULL in the form of another expression. */
export function nullLike(model: Pick<Expression, "type" | "physical">): LiteralExpression {
  return literal(null, model.type, model.physical);
}

/** Conjuncts of a condition, nested ANDs flattened; none for TRUE and null. */
export function conjunctsOf(condition: Expression | null): readonly Expression[] {
  if (condition === null || isTrue(condition)) return [];
  return condition.kind === "and" ? condition.args.flatMap(conjunctsOf) : [condition];
}

export function disjunctsOf(condition: Expression): readonly Expression[] {
  return condition.kind === "or" ? condition.args.flatMap(disjunctsOf) : [condition];
}

/** All of the conjuncts; null for none. */
export function conjunction(conjuncts: readonly Expression[]): Expression | null {
  return conjuncts.length === 0 ? null : connect("and", conjuncts);
}

/** All of the conjuncts; TRUE for none. */
export function conjunctionOrTrue(conjuncts: readonly Expression[]): Expression {
  return conjunction(conjuncts) ?? boolean(true);
}

/** Whether two expressions have labels under which one may stand for the other in place. */
export function sameLabels(a: Expression, b: Expression): boolean {
  return sameType(a.type, b.type) && samePhysical(a.physical, b.physical);
}

/** Whether values of both are kept alike: one kind and, for decimals, one scale. */
export function sameForm(
  a: Pick<Expression, "physical">,
  b: Pick<Expression, "physical">,
): boolean {
  return a.physical.kind === b.physical.kind && a.physical.scale === b.physical.scale;
}

/** `left = right`, of one form. */
export function equal(left: Expression, right: Expression): Expression {
  return callOp("eq", [left, right], { type: BOOL, fallible: false });
}

/** `left IS NOT DISTINCT FROM right`, of one form. */
export function notDistinct(left: Expression, right: Expression): Expression {
  return callOp("is_not_distinct", [left, right], { type: BOOL, fallible: false, nullable: false });
}

export interface Equality {
  readonly left: Expression;
  readonly right: Expression;
  /** IS NOT DISTINCT FROM. */
  readonly nullsEqual: boolean;
}

/** The two sides of an equality of one form; undefined for any other expression. */
export function asEquality(expression: Expression): Equality | undefined {
  if (expression.kind !== "call") return undefined;
  const nullsEqual = expression.op === "is_not_distinct";
  if (expression.op !== "eq" && !nullsEqual) return undefined;
  const [left, right] = expression.args;
  if (left === undefined || right === undefined || !sameForm(left, right)) return undefined;
  return { left, right, nullsEqual };
}
