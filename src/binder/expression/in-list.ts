import { unequalRows } from "../../errors/index.js";
import { at, connect, isDecimal, not, rescaleUp } from "../../functions/index.js";
import type { InList, Row } from "../../parser/index.js";
import { sameExpression, type Expression, type LiteralExpression } from "../../plan/index.js";
import { selectCommonType, canCoerce, type TypeName } from "../../types/index.js";
import { coerceType } from "../coerce.js";
import { mentionedColumns } from "../plan-walk.js";
import type { Scope } from "../scope.js";
import { compareRows, operand as bindOperand, type Pair } from "./comparisons.js";
import { callOperator } from "./operator-call.js";
import { constant, repeatable, type Repeatable } from "./repeatable.js";

/**
 * `x [NOT] IN (a, b)`. Items without columns are brought to one type together with the operand, as
 * PostgreSQL does for its array form; the others are compared one by one.
 */
export function bindInList(ast: InList, scope: Scope): Expression {
  const { operand } = ast;
  if (operand.kind === "row") return bindRowInList(ast, operand, scope);
  const { expression } = scope.statement.binders;
  const bind = (): Expression => expression(operand, scope);
  const value = bind();
  const items = ast.items.map((item) => expression(item, scope));
  const shared = comparisons(scope, constant(value), items, ast);
  const tests = shared.length === 1 ? shared : comparisons(scope, repeatable(bind), items, ast);
  const found = connect("or", tests);
  const result = ast.negated ? negate(found) : found;
  return at(result, value.position ?? ast.position);
}

export function negate(found: Expression): Expression {
  if (found.kind === "in-list") return { ...found, negated: true };
  return not(found);
}

function comparisons(
  scope: Scope,
  value: Repeatable,
  items: readonly Expression[],
  ast: InList,
): readonly Expression[] {
  const one = (item: Expression): Expression =>
    callOperator(scope.statement, "=", [value(), item], ast.position);
  const constants = items.filter((item) => !mentionsOwn(scope, item));
  const common = constants.length > 1 ? listType(value(), constants) : undefined;
  if (common === undefined) return items.map(one);
  const typed = constants.map(
    (item) => coerceType(scope.statement, item, common, "implicit") ?? item,
  );
  const others = items.filter((item) => !constants.includes(item));
  return [...constantComparisons(equalScales(typed).map(one)), ...others.map(one)];
}

function mentionsOwn(scope: Scope, item: Expression): boolean {
  return [...mentionedColumns(item).keys()].some((id) => scope.owns(id));
}

function listType(value: Expression, items: readonly Expression[]): TypeName | undefined {
  const types = [value, ...items].map((e) => e.type.name);
  const common = selectCommonType(types);
  if (common.kind === "conflict") return undefined;
  return types.every((t) => canCoerce(t, common.name, "implicit")) ? common.name : undefined;
}

/** Decimal constants with as many digits after the point as the longest of them has. */
function equalScales(items: readonly Expression[]): readonly Expression[] {
  const constants = items.filter((i) => i.kind === "literal");
  if (constants.length !== items.length || !constants.every(isDecimal)) return items;
  const scale = Math.max(...constants.map((c) => c.physical.scale));
  return constants.map((constant) => {
    const { precision, scale: own } = constant.physical;
    return rescaleUp(constant, precision + scale - own, scale);
  });
}

/** One in-list where all comparisons are of one value with constants of its form. */
export function constantComparisons(comparisons: readonly Expression[]): readonly Expression[] {
  const [first] = comparisons;
  if (comparisons.length < 2 || first?.kind !== "call" || first.op !== "eq") return comparisons;
  const operand = first.args[0];
  if (operand === undefined) return comparisons;
  const items: LiteralExpression[] = [];
  for (const comparison of comparisons) {
    const item = constantSide(comparison, operand);
    if (item === undefined) return comparisons;
    items.push(item);
  }
  const { type, physical } = first;
  const nullable = operand.nullable || items.some((i) => i.text === null);
  return [{ kind: "in-list", operand, items, negated: false, type, physical, nullable }];
}

function constantSide(comparison: Expression, operand: Expression): LiteralExpression | undefined {
  if (comparison.kind !== "call" || comparison.op !== "eq") return undefined;
  const [left, right] = comparison.args;
  if (left === undefined || right?.kind !== "literal") return undefined;
  if (left.physical.kind !== right.physical.kind) return undefined;
  return sameExpression(left, operand) ? right : undefined;
}

function bindRowInList(ast: InList, operand: Row, scope: Scope): Expression {
  const tests = ast.items.map((item) => {
    if (item.kind !== "row" || item.items.length !== operand.items.length) {
      throw unequalRows(ast.position);
    }
    const pairs = operand.items.map((left, i): Pair => {
      return [bindOperand(left, scope), bindOperand(item.items[i] ?? left, scope)];
    });
    return compareRows(scope, "=", pairs, ast.position);
  });
  const found = connect("or", tests);
  return at(ast.negated ? not(found) : found, operand.position);
}
