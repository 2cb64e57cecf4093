import { featureNotSupported, noRecordColumn, undefinedColumn } from "../../errors/index.js";
import { at, recordOf } from "../../functions/index.js";
import type {
  Expression as AstExpression,
  FieldSelection,
  FieldStar,
  Row,
  Star,
} from "../../parser/index.js";
import type { Expression } from "../../plan/index.js";
import { fieldOf, wholeRow } from "../column-lookup.js";
import { resolveUnknown } from "../coerce.js";
import { starColumns } from "../query/star.js";
import type { Scope, ScopeColumn } from "../scope.js";

/** ROW(a, b) as a value; `t.*` in it stands for the columns. */
export function bindRow(ast: Row, scope: Scope): Expression {
  return at(recordOf(rowItems(ast, scope)), ast.position);
}

function rowItems(ast: Row, scope: Scope): readonly Expression[] {
  const { statement } = scope;
  return ast.items.flatMap((item) => {
    if (item.kind === "star") return starColumns(item, scope).map(({ expression }) => expression);
    return [resolveUnknown(statement, statement.binders.expression(item, scope))];
  });
}

/** `t.*` where a value is wanted: the whole row. */
export function bindStarValue(ast: Star, scope: Scope): Expression {
  const row = wholeRow(scope, ast.qualifier, ast.position);
  if (row === undefined) {
    throw featureNotSupported("whole-row references are not supported here", ast.position);
  }
  return row;
}

/** `(t).column` of a whole row, or `(ROW(…)).f1`. */
export function bindField(ast: FieldSelection, scope: Scope): Expression {
  const { operand, field, position } = ast;
  if (operand.kind === "row") {
    const found = namedItems(operand, scope).find(({ name }) => name === field);
    if (found === undefined) throw noRecordColumn(field, position);
    return at(found.expression, position);
  }
  const found =
    operand.kind === "columnReference" ? fieldOf(scope, operand.names, field, position) : undefined;
  if (found === "missing") {
    const table = operand.kind === "columnReference" ? operand.names.at(-1) : undefined;
    throw undefinedColumn(field, table, position);
  }
  if (found === undefined) throw refusal(position);
  return at(found, position);
}

/** The columns that `(t).*` and `(ROW(…)).*` stand for. */
export function fieldColumns(ast: FieldStar, scope: Scope): readonly ScopeColumn[] {
  const { operand, position } = ast;
  if (operand.kind === "row") return namedItems(operand, scope);
  const isTable =
    operand.kind === "columnReference" && wholeRow(scope, operand.names, position) !== undefined;
  if (!isTable) throw refusal(position);
  return starColumns({ kind: "star", qualifier: operand.names, position }, scope);
}

/** The values of a row under the names that PostgreSQL gives them. */
function namedItems(row: Row, scope: Scope): readonly ScopeColumn[] {
  return rowItems(row, scope).map((expression, i) => ({
    name: `f${String(i + 1)}`,
    expression,
    origin: undefined,
  }));
}

function refusal(position: number | undefined): Error {
  return featureNotSupported("columns of such a row are not supported", position);
}

/** The values that a test for NULL looks at, where the operand is a row; undefined for others. */
export function testedItems(ast: AstExpression, scope: Scope): readonly Expression[] | undefined {
  if (ast.kind === "row") return rowItems(ast, scope);
  const names =
    ast.kind === "columnReference" ? ast.names : ast.kind === "star" ? ast.qualifier : undefined;
  if (names === undefined || wholeRow(scope, names, ast.position) === undefined) return undefined;
  const star: Star = { kind: "star", qualifier: names, position: ast.position };
  return starColumns(star, scope).map(({ expression }) => expression);
}
