import {
  columnDefinitionNotAllowed,
  constantArgumentNeeded,
  featureNotSupported,
  invariant,
} from "../../errors/index.js";
import { literal } from "../../functions/index.js";
import type { TableFunction } from "../../parser/index.js";
import { setColumns, type Column, type LogicalOperator, type SetCall } from "../../plan/index.js";
import { sqlType } from "../../types/index.js";
import { resolveUnknown } from "../coerce.js";
import { refuseModifiers } from "../expression/function-call.js";
import { refuseVariadic } from "../expression/named-call.js";
import { setCall } from "../expression/set-call.js";
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

/** `f(x)` or ROWS FROM in FROM: files, sets in lockstep, or the one value of a scalar function. */
export function bindTableFunction(written: TableFunction, scope: Scope): FromResult {
  const item = withUnnestsApart(written);
  const defined = item.functions.find((f) => f.columns.length > 0);
  if (defined !== undefined) throw columnDefinitionNotAllowed(defined.columns[0]?.position);
  const names = item.functions.map((f) => functionName(f.call));
  const [name = ""] = names;
  const alias = item.alias?.name ?? name;
  const isFiles = names.some((n) => FILE_FUNCTIONS.has(n));
  const rows = scope.inClause(
    "from-function",
    () => (isFiles ? fileRows(item, scope) : functionRows(item, names, alias, scope)),
    true,
  );
  const columns =
    names.length > 1 || isFiles ? rows.columns : namedAfter(item.alias?.name ?? name, rows.columns);
  return fromEntry(scope, rows.plan, {
    kind: "function",
    alias,
    aliased: item.alias !== undefined,
    relation: undefined,
    columns: renameColumns(item.alias, alias, columns),
  });
}

/** unnest(a, b) is ROWS FROM (unnest(a), unnest(b)). */
function withUnnestsApart(item: TableFunction): TableFunction {
  const functions = item.functions.flatMap((f) => {
    const { call } = f;
    const isUnnest = call.kind === "functionCall" && functionName(call) === "unnest";
    if (!isUnnest || call.arguments.length < 2) return [f];
    return call.arguments.map((argument) => ({ ...f, call: { ...call, arguments: [argument] } }));
  });
  return { ...item, functions };
}

/** The only function's column goes by the item's name. */
function namedAfter(name: string, columns: readonly ScopeColumn[]): readonly ScopeColumn[] {
  return columns.map((column, i) => (i === 0 ? { ...column, name } : column));
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

/** The constant path is read without binding: the snapshot was asked for it before. */
function fileRows(item: TableFunction, scope: Scope): Rows {
  const [only, ...others] = item.functions;
  invariant(only?.call.kind === "functionCall", "files of no function");
  const { call } = only;
  const name = functionName(call);
  if (others.length > 0) {
    throw featureNotSupported(`ROWS FROM with ${name} is not supported`, item.position);
  }
  if (item.ordinality) {
    throw featureNotSupported(`WITH ORDINALITY of ${name} is not supported`, item.position);
  }
  const [argument, ...rest] = call.arguments;
  if (argument?.value.kind !== "stringLiteral" || rest.length > 0) {
    throw constantArgumentNeeded(name, call.position);
  }
  const request = { functionName: name, path: argument.value.text };
  const relation = scope.statement.context.catalog.fileScan(request);
  invariant(relation !== undefined, `the files of ${name} were not asked for`);
  return scanOf(scope.statement, relation, item.alias?.name ?? name);
}

/** Sets side by side; functions of one value alone need no set. */
function functionRows(
  item: TableFunction,
  names: readonly string[],
  alias: string,
  scope: Scope,
): Rows {
  const { statement } = scope;
  const pads = item.functions.length > 1;
  const sets = item.functions.map((f, i) => {
    const set = setOf(f.call, names[i] ?? "", scope);
    const isSet = set.functionName !== "";
    return pads && isSet ? { ...set, column: { ...set.column, nullable: true } } : set;
  });
  const one = literal("1", sqlType("int8"));
  const ordinality = item.ordinality ? statement.columnFor(one, "ordinality") : null;
  const columns = setColumns({ sets, ordinality });
  const values = sets.flatMap((set) => (set.functionName === "" ? set.args : []));
  const isOneRow = values.length === sets.length;
  const row = ordinality === null ? values : [...values, one];
  const plan: LogicalOperator = isOneRow
    ? { kind: "values", columns, rows: [row] }
    : { kind: "project-set", input: UNIT, sets, ordinality, keepsEmpty: false, alias };
  return { plan, columns: columns.map(scopeColumn) };
}

/** One row of no columns. */
const UNIT: LogicalOperator = { kind: "values", columns: [], rows: [[]] };

function setOf(call: Call, name: string, scope: Scope): SetCall {
  const { statement } = scope;
  if (call.kind === "functionCall" && statement.context.functions.tables(name).length > 0) {
    if (call.variadic) refuseVariadic(call.position);
    refuseModifiers(call);
    return setCall(call, name, scope);
  }
  const value = resolveUnknown(statement, statement.binders.expression(call, scope));
  return { functionName: "", args: [value], column: statement.columnFor(value, name) };
}

function scopeColumn(column: Column): ScopeColumn {
  return { name: column.name, expression: columnExpression(column), origin: undefined };
}
