import { valuesLengthMismatch } from "../../errors/index.js";
import type { Query, Values } from "../../parser/index.js";
import type { Column, Expression, LogicalOperator } from "../../plan/index.js";
import { toCommonType } from "../common-type.js";
import { fromEntry } from "../from/from-result.js";
import type { Scope, ScopeColumn } from "../scope.js";
import { columnExpression } from "../statement-binding.js";
import { bindLimit, limit } from "./limit.js";
import { bindOrderBy, sort, sortKeys } from "./order-by.js";
import { project, resultOf } from "./projection.js";
import type { QueryResult } from "./query-result.js";
import { Targets } from "./targets.js";

/** VALUES: rows of one width, each column of one type; its columns are column1, column2 … */
export function bindValues(values: Values, query: Query, scope: Scope): QueryResult {
  const rows = bindRows(values, scope);
  const [first = []] = rows;
  const columns = first.map((value, i) => columnOf(rows, value, i, scope));
  const plan: LogicalOperator = { kind: "values", columns, rows };
  const visible = columns.map((column): ScopeColumn => ({
    name: column.name,
    expression: columnExpression(column),
    origin: undefined,
  }));
  const from = fromEntry(scope, plan, {
    kind: "values",
    alias: "*VALUES*",
    aliased: true,
    relation: undefined,
    columns: visible,
  });
  scope.namespace = from.items;
  const starts = values.rows[0]?.map((_, i) => first[i]?.position);
  const targets = new Targets(
    visible.map((c, i) => ({ ...c, expression: { ...c.expression, ...positionAt(starts?.[i]) } })),
    scope,
  );
  const order = bindOrderBy(query.orderBy, targets);
  const bounds = bindLimit(query, scope);
  const made = project(plan, targets.list, scope);
  return resultOf(limit(sort(made.plan, sortKeys(order, made.columns)), bounds), made);
}

function positionAt(position: number | undefined) {
  return position === undefined ? {} : { position };
}

function bindRows(values: Values, scope: Scope): readonly (readonly Expression[])[] {
  const width = values.rows[0]?.length ?? 0;
  const { expression } = scope.statement.binders;
  const bound = scope.inClause("values", () =>
    values.rows.map((row) => {
      const cells = row.map((cell) => expression(cell, scope));
      if (row.length !== width) throw valuesLengthMismatch(cells[0]?.position);
      return cells;
    }),
  );
  const columns = Array.from({ length: width }, (_, i) =>
    toCommonType(
      scope.statement,
      "VALUES",
      bound.map((row) => row[i] as Expression),
    ),
  );
  return bound.map((_, r) => columns.map((column) => column[r] as Expression));
}

function columnOf(
  rows: readonly (readonly Expression[])[],
  model: Expression,
  index: number,
  scope: Scope,
): Column {
  const nullable = rows.some((row) => row[index]?.nullable ?? true);
  return scope.statement.columnFor({ ...model, nullable }, `column${String(index + 1)}`);
}
