import { subqueryColumnCount } from "../../errors/index.js";
import { at, BOOL, not } from "../../functions/index.js";
import {
  expressionStart,
  type Exists,
  type Expression as AstExpression,
  type InSubquery,
  type Query,
  type QuantifiedSubquery,
  type ScalarSubquery,
} from "../../parser/index.js";
import type { AnySubqueryExpression, Expression } from "../../plan/index.js";
import { physicalTypeOf } from "../../types/index.js";
import type { OutputColumn } from "../query/query-result.js";
import type { Scope } from "../scope.js";
import { columnExpression } from "../statement-binding.js";
import { compareRows, operand, type Pair } from "./comparisons.js";
import { operatorName } from "./operator-call.js";
import { constant, type Repeatable } from "./repeatable.js";
import { scalarOutput } from "./scalar-output.js";

export function bindScalarSubquery(ast: ScalarSubquery, scope: Scope): Expression {
  return scalarOutput(ast.query, scope, 0, 1, ast.position);
}

export function bindExists(ast: Exists, scope: Scope): Expression {
  const { plan } = scope.statement.binders.query(ast.query, scope, { resolveUnknowns: true });
  const labels = { type: BOOL, physical: physicalTypeOf(BOOL), nullable: false };
  return at({ kind: "exists", plan, ...labels }, ast.position);
}

export function bindInSubquery(ast: InSubquery, scope: Scope): Expression {
  return quantified(ast.operand, "=", "any", ast.query, ast.position, scope);
}

export function bindQuantifiedSubquery(ast: QuantifiedSubquery, scope: Scope): Expression {
  const name = operatorName(ast.operator, ast.position);
  return quantified(ast.left, name, ast.quantifier, ast.query, ast.position, scope);
}

/** Operators that answer the opposite for every pair of values. */
const NEGATORS: ReadonlyMap<string, string> = new Map([
  ["=", "<>"],
  ["<>", "="],
  ["<", ">="],
  [">=", "<"],
  [">", "<="],
  ["<=", ">"],
]);

/** `left op ANY (query)`; ALL is NOT ANY with the opposite operator. */
function quantified(
  leftAst: AstExpression,
  name: string,
  quantifier: "any" | "all",
  query: Query,
  position: number | undefined,
  scope: Scope,
): Expression {
  const { query: bindQuery } = scope.statement.binders;
  const items = leftAst.kind === "row" ? leftAst.items : [leftAst];
  const left = items.map((item) => operand(item, scope));
  const { plan, outputs } = bindQuery(query, scope, { resolveUnknowns: true });
  if (outputs.length < left.length) throw subqueryColumnCount("has too few columns", position);
  if (outputs.length > left.length) throw subqueryColumnCount("has too many columns", position);
  const compare = (op: string): Expression =>
    compareRows(scope, op, pairsWith(left, outputs), position);
  const opposite = NEGATORS.get(name);
  const [firstItem] = items;
  const start = (firstItem && expressionStart(firstItem)) ?? position;
  if (quantifier === "any") return at(anySubquery(plan, compare(name)), start);
  const condition = opposite === undefined ? not(compare(name)) : compare(opposite);
  return at(not(anySubquery(plan, condition)), start);
}

function pairsWith(left: readonly Repeatable[], outputs: readonly OutputColumn[]): readonly Pair[] {
  return left.map((value, i): Pair => {
    const output = outputs[i];
    return [value, output === undefined ? value : constant(columnExpression(output.column))];
  });
}

function anySubquery(
  plan: AnySubqueryExpression["plan"],
  condition: Expression,
): AnySubqueryExpression {
  const labels = { type: BOOL, physical: physicalTypeOf(BOOL), nullable: true };
  return { kind: "any-subquery", plan, condition, ...labels };
}
