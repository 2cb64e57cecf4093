import {
  ambiguousFunction,
  columnDefinitionNotAllowed,
  constantArgumentNeeded,
  featureNotSupported,
  invariant,
  undefinedFunction,
} from "../../errors/index.js";
import { literal, resolveFunction } from "../../functions/index.js";
import type { FunctionCall, TableFunction } from "../../parser/index.js";
import type { Column, Expression, LogicalOperator } from "../../plan/index.js";
import { physicalTypeOf, sqlType } from "../../types/index.js";
import { resolveUnknown } from "../coerce.js";
import { coerceArguments } from "../expression/operator-call.js";
import { signature } from "../expression/named-call.js";
import type { Scope, ScopeColumn } from "../scope.js";
import { columnExpression } from "../statement-binding.js";
import { renameColumns } from "./column-aliases.js";
import { fromEntry, type FromResult } from "./from-result.js";
import { scanOf } from "./table-reference.js";

/** Functions whose rows are those of files; the snapshot has found the files. */
export const FILE_FUNCTIONS: ReadonlySet<string> = new Set(["read_parquet"]);

interface Rows {
  readonly plan: LogicalOperator;
  readonly columns: readonly ScopeColumn[];
}

/** `f(x)` in FROM: files, a set, or the one value of a scalar function. */
export function bindTableFunction(item: TableFunction, scope: Scope): FromResult {
  const [only, ...others] = item.functions;
  invariant(only !== undefined, "ROWS FROM without a function");
  if (others.length > 0) {
    throw featureNotSupported("ROWS FROM with several functions is not supported", item.position);
  }
  if (only.columns.length > 0) throw columnDefinitionNotAllowed(only.columns[0]?.position);
  const { call } = only;
  const name = functionName(call);
  const alias = item.alias?.name ?? name;
  const rows = scope.inClause("from-function", () => rowsOf(call, name, scope, item), true);
  const single = rows.columns.length === 1 && !FILE_FUNCTIONS.has(name);
  const columns = single
    ? rows.columns.map((c) => ({ ...c, name: item.alias?.name ?? name }))
    : rows.columns;
  const numbered = item.ordinality
    ? withOrdinality(scope, { ...rows, columns })
    : { ...rows, columns };
  return fromEntry(scope, numbered.plan, {
    kind: "function",
    alias,
    aliased: item.alias !== undefined,
    relation: undefined,
    columns: renameColumns(item.alias, alias, numbered.columns),
  });
}

type Call = TableFunction["functions"][number]["call"];

function functionName(call: Call): string {
  switch (call.kind) {
    case "functionCall":
      return call.name.at(-1) ?? "";
    case "valueFunction":
      return call.name;
    case "minMax":
      return call.variant;
    case "nullIf":
      return "nullif";
    case "cast":
      return call.type.name;
    default:
      return call.kind;
  }
}

function rowsOf(call: Call, name: string, scope: Scope, item: TableFunction): Rows {
  const { functions } = scope.statement.context;
  if (call.kind === "functionCall") {
    if (FILE_FUNCTIONS.has(name)) return fileRows(call, name, scope, item);
    if (functions.tables(name).length > 0) return seriesRows(call, name, scope);
  }
  return singleRow(call, name, scope);
}

/** The constant path is read without binding: the snapshot was asked for it before. */
function fileRows(call: FunctionCall, name: string, scope: Scope, item: TableFunction): Rows {
  const [argument, ...others] = call.arguments;
  if (argument?.value.kind !== "stringLiteral" || others.length > 0) {
    throw constantArgumentNeeded(name, call.position);
  }
  const request = { functionName: name, path: argument.value.text };
  const relation = scope.statement.context.catalog.fileScan(request);
  invariant(relation !== undefined, `the files of ${name} were not asked for`);
  return scanOf(scope.statement, relation, item.alias?.name ?? name);
}

function seriesRows(call: FunctionCall, name: string, scope: Scope): Rows {
  const { statement } = scope;
  const args = call.arguments.map(({ value }) => statement.binders.expression(value, scope));
  const overloads = statement.context.functions.tables(name);
  const choice = resolveFunction(
    overloads,
    args.map((a) => a.type.name),
  );
  if (choice.kind === "none") throw undefinedFunction(signature(name, args), call.position);
  if (choice.kind === "ambiguous") throw ambiguousFunction(signature(name, args), call.position);
  const { candidate } = choice;
  const type = sqlType(candidate.returns);
  const column = statement.columns.make({
    name,
    type,
    physical: physicalTypeOf(type),
    nullable: false,
  });
  const lowered = candidate.lower(coerceArguments(statement, args, candidate.args));
  return {
    plan: { kind: "table-function", functionName: name, args: lowered, columns: [column] },
    columns: [scopeColumn(column)],
  };
}

function scopeColumn(column: Column): ScopeColumn {
  return { name: column.name, expression: columnExpression(column), origin: undefined };
}

function singleRow(call: Call, name: string, scope: Scope): Rows {
  const { statement } = scope;
  const value = resolveUnknown(statement, statement.binders.expression(call, scope));
  const column = statement.columnFor(value, name);
  return {
    plan: { kind: "values", columns: [column], rows: [[value]] },
    columns: [scopeColumn(column)],
  };
}

/** WITH ORDINALITY numbers the rows; only a function of one row has a number known beforehand. */
function withOrdinality(scope: Scope, rows: Rows): Rows {
  if (rows.plan.kind !== "values") {
    throw featureNotSupported("WITH ORDINALITY of a set is not supported");
  }
  const one: Expression = literal("1", sqlType("int8"));
  const column = scope.statement.columnFor(one, "ordinality");
  const { plan } = rows;
  return {
    plan: {
      ...plan,
      columns: [...plan.columns, column],
      rows: plan.rows.map((row) => [...row, one]),
    },
    columns: [...rows.columns, scopeColumn(column)],
  };
}
