import { bindTypeName, boundDefault, newBinding, type BindContext } from "../../../binder/index.js";
import {
  columnReferenceInDefault,
  columnTwice,
  columnWithPseudoType,
  constructNotSupported,
  duplicateRelation,
  featureNotSupported,
  relationExistsSkipping,
  subqueryInDefault,
  temporaryInPermanentSchema,
  tooManyColumnNames,
} from "../../../errors/index.js";
import type {
  CreateTable,
  CreateTableAs,
  TableColumn,
  TableName,
  TypeName as AstTypeName,
} from "../../../parser/index.js";
import { sqlType, type SqlType } from "../../../types/index.js";
import type { StatementContext } from "../../planner.js";
import {
  isTemporarySchema,
  type Segment,
  type TemporaryColumn,
  type TemporaryTable,
} from "../../temporary/index.js";
import { checkAccesses } from "../access/check-accesses.js";
import { Rights } from "../access/rights.js";
import { bindContextOf, bindOver } from "../binding.js";
import { PlanUses } from "../plan-uses.js";
import type { PlanningServices } from "../services.js";
import type { StatementSnapshots } from "../statement-snapshots.js";
import { putRows } from "./put-rows.js";
import { bindInsertOf } from "./insert-of-query.js";

/** Throws 42P16 where a temporary relation's name has a schema that is not the session's. */
export function checkTemporaryName({ schema, position }: TableName): void {
  if (schema !== undefined && !isTemporarySchema(schema)) {
    throw temporaryInPermanentSchema(position);
  }
}

/** Whether there is one of the name already; 42P07 unless that is fine. */
function isThere(name: string, ifNotExists: boolean, context: StatementContext): boolean {
  if (context.temporary.state.named(name) === undefined) return false;
  if (!ifNotExists) throw duplicateRelation(name);
  context.notice(relationExistsSkipping(name));
  return true;
}

/** CREATE TEMPORARY TABLE. */
export async function createTable(
  statement: CreateTable,
  context: StatementContext,
  services: PlanningServices,
  snapshots: StatementSnapshots,
): Promise<void> {
  const { table, ifNotExists, onCommit } = statement;
  checkTemporaryName(table);
  if (isThere(table.name, ifNotExists, context)) return;
  if (statement.columns.length === 0) {
    throw featureNotSupported("tables without columns are not supported");
  }
  const columns = statement.columns.map(columnOf);
  checkNamesDiffer(columns);
  const snapshot = await snapshots.current(statement, context, context.temporary.state);
  const rights = Rights.of(context, services.catalog.versionIn(context.transaction));
  const uses = new PlanUses();
  const bound = bindContextOf(snapshot, null, context, services.evaluator, rights, uses);
  for (const column of columns) checkDefault(column, bound);
  addTable(table.name, columns, onCommit, null, context);
}

const SERIAL_TYPES = new Set([
  "serial",
  "serial4",
  "bigserial",
  "serial8",
  "smallserial",
  "serial2",
]);

function columnOf({ definition, defaultValue }: TableColumn): TemporaryColumn {
  const { name, type, notNull, collation, position } = definition;
  if (collation !== undefined && !isDefaultCollation(collation)) {
    throw constructNotSupported("COLLATE", position);
  }
  return {
    name,
    type: columnType(type),
    nullable: !notNull,
    fileColumn: name,
    defaultValue,
  };
}

function columnType(type: AstTypeName): SqlType {
  if (type.schema === undefined && SERIAL_TYPES.has(type.name)) {
    throw featureNotSupported(`type ${type.name} is not supported`, type.position);
  }
  return bindTypeName(type);
}

function isDefaultCollation(parts: readonly string[]): boolean {
  return ["default", "C", "POSIX", "C.UTF-8", "ucs_basic"].includes(parts.at(-1) ?? "");
}

function checkNamesDiffer(columns: readonly { readonly name: string }[]): void {
  const seen = new Set<string>();
  for (const { name } of columns) {
    if (seen.has(name)) throw columnTwice(name);
    seen.add(name);
  }
}

function checkDefault(column: TemporaryColumn, context: BindContext): void {
  if (column.defaultValue === undefined) return;
  checkConstantShape(column.defaultValue);
  boundDefault(newBinding(context), column, context.searchPath);
}

/** A default mentions no column and asks no query. */
function checkConstantShape(node: unknown): void {
  if (typeof node !== "object" || node === null) return;
  const { kind, position } = node as { kind?: string; position?: number };
  if (kind === "columnReference") throw columnReferenceInDefault(position);
  if (kind === "query") throw subqueryInDefault(position);
  Object.values(node).forEach(checkConstantShape);
}

/** CREATE TEMPORARY TABLE AS and SELECT INTO; answers the number of rows, null without data. */
export async function createTableAs(
  statement: CreateTableAs,
  context: StatementContext,
  services: PlanningServices,
  snapshots: StatementSnapshots,
): Promise<number | null> {
  const { table, ifNotExists, query, onCommit } = statement;
  checkTemporaryName(table);
  if (isThere(table.name, ifNotExists, context)) return null;
  const { catalog, evaluator } = services;
  const { state } = context.temporary;
  const rights = Rights.of(context, catalog.versionIn(context.transaction));
  const bind = async (again: boolean) => {
    const snapshot = await (again
      ? snapshots.renewed(query, context, state)
      : snapshots.current(query, context, state));
    const binding = bindOver(snapshot, query, null, context, evaluator, rights);
    checkAccesses(binding.statement.accesses, catalog.versionIn(context.transaction), context);
    return { snapshot, outputs: binding.statement.query.outputs };
  };
  const { outputs, snapshot } = await bind(false);
  if (statement.columns.length > outputs.length) throw tooManyColumnNames();
  const columns = outputs.map(({ name, column }, i): TemporaryColumn => {
    const shown = statement.columns[i] ?? name;
    const type = column.type.name === "unknown" ? sqlType("text") : column.type;
    if (type.name === "record" || type.name === "void")
      throw columnWithPseudoType(shown, type.name);
    return { name: shown, type, nullable: true, fileColumn: shown, defaultValue: undefined };
  });
  if (columns.length === 0) throw featureNotSupported("tables without columns are not supported");
  checkNamesDiffer(columns);
  if (!statement.withData) {
    addTable(table.name, columns, onCommit, null, context);
    return null;
  }
  const form = { name: table.name, columns };
  const rows = async (again: boolean) => {
    const over = again ? (await bind(true)).snapshot : snapshot;
    return bindInsertOf(query, form, over, context, evaluator, rights);
  };
  const segment = await putRows(form, rows, context, services);
  addTable(table.name, columns, onCommit, segment, context);
  return segment?.rowCount ?? 0;
}

function addTable(
  name: string,
  columns: readonly TemporaryColumn[],
  onCommit: CreateTable["onCommit"],
  segment: Segment | null,
  { temporary }: StatementContext,
): void {
  const table: TemporaryTable = {
    kind: "table",
    oid: temporary.newOid(),
    name,
    columns,
    onCommit,
    segments: [],
    statistics: new Map(),
  };
  temporary.change((state) => state.with(table));
  if (segment !== null) temporary.append(table, segment);
}
