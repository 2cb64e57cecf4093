import type { SqlType, TypeName } from "../../types/index.js";
import type {
  CatalogVersion,
  RelationEntry,
  SchemaEntry,
  TableEntry,
  ViewEntry,
} from "../catalog-version.js";
import {
  insertion,
  statement,
  text,
  type StorePlace,
  type StoreStatement,
  type StoreValue,
} from "./store-place.js";

export async function loadSchemas(place: StorePlace): Promise<readonly SchemaEntry[]> {
  const sql = "SELECT schema_id, schema_name FROM ducklake_schema WHERE end_snapshot IS NULL";
  const rows = await place.rows(`${sql} ORDER BY schema_id`);
  return rows.map((row) => ({ oid: Number(row["schema_id"]), name: text(row["schema_name"]) }));
}

export async function loadRelations(
  place: StorePlace,
  schemas: readonly SchemaEntry[],
): Promise<readonly RelationEntry[]> {
  const names = new Map(schemas.map(({ oid, name }) => [oid, name]));
  return [...(await loadTables(place, names)), ...(await loadViews(place, names))];
}

/** What to write for schemas and relations that differ. `at` is the new version's number. */
export function relationChanges(
  before: CatalogVersion,
  after: CatalogVersion,
  at: number,
  newUuid: () => string,
): readonly StoreStatement[] {
  const ended: StoreStatement[] = [];
  const views: ViewEntry[] = [];
  const tables: TableEntry[] = [];
  const schemas: SchemaEntry[] = [];
  for (const [oid, entry] of before.relations) {
    if (after.relations.get(oid) === entry) continue;
    ended.push(...(entry.kind === "view" ? endOfView(oid, at) : endOfTable(oid, at)));
  }
  for (const [oid, entry] of after.relations) {
    if (before.relations.get(oid) === entry) continue;
    if (entry.kind === "view") views.push(entry);
    else tables.push(entry);
  }
  for (const [name, { oid }] of before.schemas) {
    if (after.schemas.get(name)?.oid === oid) continue;
    const sql = "UPDATE ducklake_schema SET end_snapshot = ? WHERE schema_id = ?";
    ended.push(statement(sql, at, oid));
  }
  for (const [name, schema] of after.schemas) {
    if (before.schemas.get(name)?.oid !== schema.oid) schemas.push(schema);
  }
  const schemaOid = (name: string): number => after.schemas.get(name)?.oid ?? 0;
  return [
    ...ended,
    ...schemaRows(schemas, at, newUuid),
    ...tableRows(tables, at, schemaOid, newUuid),
    ...viewRows(views, at, schemaOid, newUuid),
  ];
}

export function schemaRows(
  schemas: readonly SchemaEntry[],
  at: number,
  newUuid: () => string,
): readonly StoreStatement[] {
  const rows = schemas.map(({ oid, name }): readonly StoreValue[] => {
    return [oid, newUuid(), at, null, name, `${name}/`, 1];
  });
  return insertion("ducklake_schema", rows);
}

function endOfView(oid: number, at: number): readonly StoreStatement[] {
  const sql = "UPDATE ducklake_view SET end_snapshot = ? WHERE view_id = ?";
  return [statement(`${sql} AND end_snapshot IS NULL`, at, oid)];
}

function endOfTable(oid: number, at: number): readonly StoreStatement[] {
  return [
    statement("UPDATE millrace_foreign_table SET end_snapshot = ? WHERE table_id = ?", at, oid),
    statement("DELETE FROM millrace_statistics WHERE table_id = ?", oid),
  ];
}

function tableRows(
  tables: readonly TableEntry[],
  at: number,
  schemaOid: (name: string) => number,
  newUuid: () => string,
): readonly StoreStatement[] {
  const rows = tables.map((entry): readonly StoreValue[] => [
    entry.oid,
    newUuid(),
    at,
    null,
    schemaOid(entry.schema),
    entry.name,
    "parquet",
    entry.path,
    entry.location,
  ]);
  const columns = tables.flatMap(({ oid, columns: each }) =>
    each.map(({ name, type, nullable }, index): readonly StoreValue[] => {
      return [oid, index + 1, name, type.name, type.typmod, Number(nullable)];
    }),
  );
  return [
    ...insertion("millrace_foreign_table", rows),
    ...insertion("millrace_foreign_column", columns),
  ];
}

function viewRows(
  views: readonly ViewEntry[],
  at: number,
  schemaOid: (name: string) => number,
  newUuid: () => string,
): readonly StoreStatement[] {
  const shared = views.map(({ oid, schema, name, queryText }): readonly StoreValue[] => {
    return [oid, newUuid(), at, null, schemaOid(schema), name, "millrace", queryText, null];
  });
  const own = views.map(({ oid, searchPath, columns, reads }): readonly StoreValue[] => {
    return [oid, at, ...[searchPath, columns, reads].map((part) => JSON.stringify(part))];
  });
  return [...insertion("ducklake_view", shared), ...insertion("millrace_view", own)];
}

async function loadTables(
  place: StorePlace,
  schemaNames: ReadonlyMap<number, string>,
): Promise<readonly TableEntry[]> {
  const columns = new Map<number, TableEntry["columns"][number][]>();
  const rows = await place.rows(
    "SELECT c.* FROM millrace_foreign_column c JOIN millrace_foreign_table t " +
      "ON c.table_id = t.table_id WHERE t.end_snapshot IS NULL ORDER BY c.table_id, column_order",
  );
  for (const row of rows) {
    const table = Number(row["table_id"]);
    const type = {
      name: text(row["column_type"]) as TypeName,
      typmod: Number(row["type_modifier"]),
    };
    const nullable = Number(row["nulls_allowed"]) !== 0;
    const column = { name: text(row["column_name"]), type, nullable };
    const known = columns.get(table);
    if (known === undefined) columns.set(table, [column]);
    else known.push(column);
  }
  const tables = await place.rows(
    "SELECT table_id, schema_id, table_name, path, location FROM millrace_foreign_table " +
      "WHERE end_snapshot IS NULL ORDER BY table_id",
  );
  return tables.map((row) => ({
    kind: "table",
    oid: Number(row["table_id"]),
    schema: schemaNames.get(Number(row["schema_id"])) ?? "",
    name: text(row["table_name"]),
    path: text(row["path"]),
    location: text(row["location"]),
    columns: columns.get(Number(row["table_id"])) ?? [],
  }));
}

async function loadViews(
  place: StorePlace,
  schemaNames: ReadonlyMap<number, string>,
): Promise<readonly ViewEntry[]> {
  const rows = await place.rows(
    "SELECT view_id, schema_id, view_name, sql, search_path, columns, reads " +
      "FROM ducklake_view JOIN millrace_view USING (view_id, begin_snapshot) " +
      "WHERE end_snapshot IS NULL ORDER BY view_id",
  );
  return rows.map((row) => ({
    kind: "view",
    oid: Number(row["view_id"]),
    schema: schemaNames.get(Number(row["schema_id"])) ?? "",
    name: text(row["view_name"]),
    queryText: text(row["sql"]),
    searchPath: JSON.parse(text(row["search_path"])) as readonly string[],
    columns: JSON.parse(text(row["columns"])) as readonly { name: string; type: SqlType }[],
    reads: JSON.parse(text(row["reads"])) as readonly number[],
  }));
}
