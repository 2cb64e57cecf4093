import {
  featureNotSupported,
  quantifiedOperatorNotBoolean,
  quantifiedWithoutArray,
  subqueryColumnCount,
} from "../../errors/index.js";
import { at, BOOL, boolean, connect, literal, not } from "../../functions/index.js";
import {
  expressionStart,
  type Exists,
  type Expression as AstExpression,
  type InSubquery,
  type Query,
  type QuantifiedArray,
  type QuantifiedSubquery,
  type ScalarSubquery,
} from "../../parser/index.js";
import type { AnySubqueryExpression, Expression } from "../../plan/index.js";
import { physicalTypeOf, sqlType } from "../../types/index.js";
import { toCommonType } from "../common-type.js";
import { arrayElements } from "../array-literal.js";
import { castExplicitly } from "../coerce.js";
import type { OutputColumn } from "../query/query-result.js";
import type { Scope } from "../scope.js";
import { columnExpression } from "../statement-binding.js";
import { bindTypeName } from "../type-names.js";
import { compareRows, operand, type Pair } from "./comparisons.js";
import { callOperator, operatorName } from "./operator-call.js";
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

/** `left op ANY (array)` for arrays that are written out: a list of comparisons. */
export function bindQuantifiedArray(ast: QuantifiedArray, scope: Scope): Expression {
  const { statement } = scope;
  const name = operatorName(ast.operator, ast.position);
  const left = operand(ast.left, scope);
  const elements = elementsOf(ast.array, scope, ast.position);
  const isText = ast.array.kind === "stringLiteral" || elements.length === 0;
  const common = isText ? elements : toCommonType(statement, "ARRAY", elements);
  const tests = common.map((element) =>
    callOperator(statement, name, [left(), element], ast.position),
  );
  if (tests.some((t) => t.type.name !== "bool")) throw quantifiedOperatorNotBoolean(ast.position);
  const start = expressionStart(ast.left) ?? ast.position;
  if (tests.length === 0) return at(boolean(ast.quantifier === "all"), start);
  return at(connect(ast.quantifier === "any" ? "or" : "and", tests), start);
}

/** The elements of ARRAY[…], '{…}' or a cast of one of them. */
function elementsOf(
  ast: AstExpression,
  scope: Scope,
  position: number | undefined,
): readonly Expression[] {
  const { statement } = scope;
  switch (ast.kind) {
    case "array":
      return ast.elements.map((e) => statement.binders.expression(e, scope));
    case "stringLiteral":
      return arrayElements(ast.text, ast.position).map((text) =>
        at(literal(text, sqlType("unknown")), ast.position),
      );
    case "cast": {
      if (ast.type.arrayDimensions !== 1) throw quantifiedWithoutArray(position);
      const type = bindTypeName({ ...ast.type, arrayDimensions: 0 });
      return elementsOf(ast.operand, scope, position).map((e) =>
        castExplicitly(statement, e, type, ast.position),
      );
    }
    case "parameter":
      throw featureNotSupported("array parameters are not supported", ast.position);
    default:
      throw quantifiedWithoutArray(position);
  }
}
