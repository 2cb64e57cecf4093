import {
  emptyRows,
  rowComparisonNotBoolean,
  rowComparisonOfSet,
  rowComparisonOperator,
  undefinedOperator,
  unequalRows,
} from "../../errors/index.js";
import { at, boolean, compareValues, connect, not } from "../../functions/index.js";
import type {
  Between,
  BinaryOperator,
  DistinctTest,
  Expression as AstExpression,
  Like,
  Row,
  ScalarSubquery,
  UnaryOperator,
} from "../../parser/index.js";
import type { Expression } from "../../plan/index.js";
import { TYPE_FACTS } from "../../types/index.js";
import type { Scope } from "../scope.js";
import { callNamedFunction } from "./named-call.js";
import { callOperator, operatorName, prepareOperator } from "./operator-call.js";
import { repeatable, type Repeatable } from "./repeatable.js";
import { scalarOutput } from "./scalar-output.js";

export function bindUnary(ast: UnaryOperator, scope: Scope): Expression {
  const operand = scope.statement.binders.expression(ast.operand, scope);
  const name = operatorName(ast.operator, ast.position);
  return callOperator(scope.statement, name, [operand], ast.position);
}

export function bindBinary(ast: BinaryOperator, scope: Scope): Expression {
  const { left, right, position } = ast;
  const name = operatorName(ast.operator, position);
  if (left.kind === "row" && right.kind === "row") {
    const pairs = pairUp(left.items, right.items, position).map(([a, b]): Pair => [
      operand(a, scope),
      operand(b, scope),
    ]);
    return at(compareRows(scope, name, pairs, position), left.position);
  }
  if (left.kind === "row" && right.kind === "scalarSubquery") {
    return compareWithQuery(scope, name, left, right, position);
  }
  const operands = [left, right].map((side) => scope.statement.binders.expression(side, scope));
  return callOperator(scope.statement, name, operands, position);
}

/** Two values to compare, given anew for each use. */
export type Pair = readonly [Repeatable, Repeatable];

/** An operand of a comparison that may be written out several times. */
export function operand(ast: AstExpression, scope: Scope): Repeatable {
  return repeatable(() => scope.statement.binders.expression(ast, scope));
}

function pairUp<T>(
  left: readonly T[],
  right: readonly T[],
  position: number | undefined,
): readonly (readonly [T, T])[] {
  if (left.length !== right.length) throw unequalRows(position);
  return left.map((l, i) => [l, right[i] as T] as const);
}

/** `(a, b) op (c, d)`, pairwise for = and <>, by the first difference for the others. */
export function compareRows(
  scope: Scope,
  name: string,
  pairs: readonly Pair[],
  position: number | undefined,
): Expression {
  const one = (op: string, [a, b]: Pair): Expression => {
    const result = callOperator(scope.statement, op, [a(), b()], position);
    const { name: type } = result.type;
    if (type !== "bool") throw rowComparisonNotBoolean(TYPE_FACTS[type].display, position);
    if (scope.sets?.find(result) !== undefined) throw rowComparisonOfSet(position);
    return result;
  };
  const [first, ...rest] = pairs;
  if (first === undefined) throw emptyRows(position);
  if (rest.length === 0) return one(name, first);
  switch (name) {
    case "=":
      return connect(
        "and",
        pairs.map((p) => one("=", p)),
      );
    case "<>":
      return connect(
        "or",
        pairs.map((p) => one("<>", p)),
      );
    case "<":
    case "<=":
    case ">":
    case ">=": {
      const strict = name.slice(0, 1);
      const later = compareRows(scope, name, rest, position);
      return connect("or", [one(strict, first), connect("and", [one("=", first), later])]);
    }
    default:
      one(name, first);
      throw rowComparisonOperator(name, position);
  }
}

/** `(a, b) op (SELECT x, y …)`: the query is bound once a column. */
function compareWithQuery(
  scope: Scope,
  name: string,
  left: Row,
  right: ScalarSubquery,
  position: number | undefined,
): Expression {
  const width = left.items.length;
  const pairs = left.items.map((item, index): Pair => {
    const column = (): Expression => scalarOutput(right.query, scope, index, width, position);
    return [operand(item, scope), repeatable(column)];
  });
  return at(compareRows(scope, name, pairs, position), left.position);
}

/** IS [NOT] DISTINCT FROM; against a bare NULL it is a test for NULL. */
export function bindDistinctTest(ast: DistinctTest, scope: Scope): Expression {
  const { left, right, negated, position } = ast;
  if (right.kind === "nullLiteral" || left.kind === "nullLiteral") {
    const tested = right.kind === "nullLiteral" ? left : right;
    return scope.statement.binders.expression(
      { kind: "nullTest", operand: tested, negated: !negated, position },
      scope,
    );
  }
  if (left.kind === "row" && right.kind === "row") {
    const pairs = pairUp(left.items, right.items, position);
    if (pairs.length === 0) return boolean(negated);
    const tests = pairs.map(([a, b]) => distinctPair(scope, a, b, false, position));
    const differs = connect("or", tests);
    return at(negated ? not(differs) : differs, left.position);
  }
  refuseRowAgainstQuery(scope, ast);
  return distinctPair(scope, left, right, negated, position);
}

/** PostgreSQL takes the query for one value, which a row cannot be compared with. */
function refuseRowAgainstQuery(scope: Scope, ast: DistinctTest): void {
  const { left, right, position } = ast;
  if (left.kind !== "row" || right.kind !== "scalarSubquery") return;
  const { expression } = scope.statement.binders;
  for (const item of left.items) expression(item, scope);
  const { display } = TYPE_FACTS[expression(right, scope).type.name];
  throw undefinedOperator(`record = ${display}`, 2, position);
}

function distinctPair(
  scope: Scope,
  left: AstExpression,
  right: AstExpression,
  negated: boolean,
  position: number | undefined,
): Expression {
  const operands = [left, right].map((side) => scope.statement.binders.expression(side, scope));
  const { args } = prepareOperator(scope.statement, "=", operands, position);
  const [a, b] = args;
  if (a === undefined || b === undefined) throw undefinedOperator("=", 2, position);
  const op = negated ? "is_not_distinct" : "is_distinct";
  return at(compareValues(op, a, b), operands[0]?.position ?? position);
}

/** BETWEEN is the two comparisons it stands for; the operand is bound for each. */
export function bindBetween(ast: Between, scope: Scope): Expression {
  const { operand: left, low, high, negated, symmetric, position } = ast;
  const compare = (name: string, right: AstExpression): AstExpression => ({
    kind: "binaryOperator",
    operator: { schema: undefined, name },
    left,
    right,
    position,
  });
  const range = (from: AstExpression, to: AstExpression): AstExpression =>
    negated
      ? { kind: "or", operands: [compare("<", from), compare(">", to)], position }
      : { kind: "and", operands: [compare(">=", from), compare("<=", to)], position };
  const { expression } = scope.statement.binders;
  if (!symmetric) return expression(range(low, high), scope);
  const either: AstExpression = {
    kind: negated ? "and" : "or",
    operands: [range(low, high), range(high, low)],
    position,
  };
  return expression(either, scope);
}

/** LIKE, ILIKE and SIMILAR TO are operators; ESCAPE rewrites the pattern first. */
export function bindLike(ast: Like, scope: Scope): Expression {
  const { expression } = scope.statement.binders;
  const base = { like: "~~", ilike: "~~*", similar: "~" }[ast.variant];
  const name = ast.negated ? `!${base}` : base;
  if (ast.operand.kind === "row" && ast.pattern.kind === "row") {
    const operator = { schema: undefined, name };
    const { operand: left, pattern: right, position } = ast;
    return bindBinary({ kind: "binaryOperator", operator, left, right, position }, scope);
  }
  const value = expression(ast.operand, scope);
  const written = expression(ast.pattern, scope);
  const escape = ast.escape === undefined ? [] : [expression(ast.escape, scope)];
  const rewrite = ast.variant === "similar" ? "similar_to_escape" : "like_escape";
  const pattern =
    ast.variant === "similar" || escape.length > 0
      ? callNamedFunction(scope, rewrite, [written, ...escape], ast.position)
      : written;
  return callOperator(scope.statement, name, [value, pattern], ast.position);
}
