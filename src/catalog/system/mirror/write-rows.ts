import type { Batch } from "../wire/batch.js";
import { textParameter } from "../wire/batch.js";
import type { CatalogRow, CatalogRows } from "./catalog-rows.js";
import type { Template } from "./template.js";

/** Adds rows to the catalogs themselves, each made from the template and what differs. */
export function writeRows(batch: Batch, rows: CatalogRows, template: Template): void {
  const insert = (catalog: string, base: CatalogRow, added: readonly CatalogRow[]): void => {
    insertRows(batch, `SELECT $1 || e ${FROM_ROWS}`, catalog, base, added);
  };
  insert("pg_namespace", template.schema, rows.pg_namespace);
  insert("pg_class", template.relation, rows.pg_class);
  insert("pg_type", {}, rows.pg_type);
  // Length, alignment and collation of a column are its type's.
  const attributes = `SELECT CASE WHEN (e->>'attnum')::int < 0 THEN e ELSE $1 || e ||
    jsonb_build_object('attlen', t.typlen, 'attbyval', t.typbyval, 'attalign', t.typalign,
      'attstorage', t.typstorage, 'attcollation', t.typcollation) END ${FROM_ROWS}
    JOIN pg_catalog.pg_type t ON t.oid = (e->>'atttypid')::oid`;
  insertRows(batch, attributes, "pg_attribute", template.column, rows.pg_attribute);
  insert("pg_foreign_table", template.foreignTable, rows.pg_foreign_table);
  writeConstraints(batch, rows.pg_constraint, template);
  insert("pg_depend", {}, rows.pg_depend);
  const { databaseOid: dbid, classes } = template;
  const owner = { dbid, objsubid: 0, refclassid: classes.pg_authid, deptype: "o" };
  insert("pg_shdepend", owner, rows.pg_shdepend);
  insert("pg_description", {}, rows.pg_description);
}

const FROM_ROWS = "FROM pg_catalog.jsonb_array_elements($2) e";

function insertRows(
  batch: Batch,
  source: string,
  catalog: string,
  base: CatalogRow,
  added: readonly CatalogRow[],
): void {
  if (added.length === 0) return;
  const sql = `INSERT INTO pg_catalog.${catalog} SELECT r.* FROM (${source}) s(e),
    LATERAL pg_catalog.jsonb_populate_record(NULL::pg_catalog.${catalog}, s.e) r`;
  batch.parse("", sql, [JSONB, JSONB]);
  batch.bind("", [base, added].map(json));
  batch.execute();
}

/** NOT NULL where it is a constraint, with its dependency on the column. */
function writeConstraints(batch: Batch, added: readonly CatalogRow[], template: Template): void {
  const { notNullConstraint, classes } = template;
  if (added.length === 0 || notNullConstraint === null) return;
  const { pg_constraint: constraints, pg_class: relations } = classes;
  const numbered = `SELECT $1 || e || jsonb_build_object('oid',
    pg_catalog.pg_nextoid('pg_catalog.pg_constraint', 'oid', 'pg_catalog.pg_constraint_oid_index'))
    ${FROM_ROWS}`;
  const insert = (columns: string, source: string): string => `
    WITH made AS (INSERT INTO pg_catalog.pg_constraint SELECT r.* FROM (${source}) s(e),
      LATERAL pg_catalog.jsonb_populate_record(NULL::pg_catalog.pg_constraint, s.e) r
      RETURNING oid, conrelid, conkey)
    INSERT INTO pg_catalog.pg_depend SELECT ${columns} FROM made`;
  const columns = `${String(constraints)}::oid, oid, 0, ${String(relations)}::oid, conrelid, conkey[1], 'a'`;
  batch.parse("", insert(columns, numbered), [JSONB, JSONB]);
  batch.bind("", [notNullConstraint, added].map(json));
  batch.execute();
}

const JSONB = 3802;

function json(value: unknown): ReturnType<typeof textParameter> {
  return textParameter(JSON.stringify(value));
}

/** Takes every trace of relations, views among them, out of the catalogs. */
export function eraseRelations(batch: Batch, oids: readonly number[], template: Template): void {
  if (oids.length === 0) return;
  const c = Object.fromEntries(
    Object.entries(template.classes).map(([name, oid]) => [name, String(oid)]),
  ) as Record<keyof Template["classes"], string>;
  const types = "SELECT oid FROM pg_type WHERE typrelid = ANY($1)";
  const arrays = `SELECT typarray FROM pg_type WHERE typrelid = ANY($1)`;
  const rules = "SELECT oid FROM pg_rewrite WHERE ev_class = ANY($1)";
  const constraints = "SELECT oid FROM pg_constraint WHERE conrelid = ANY($1)";
  const within = (prefix: string): string => `
    (${prefix}classid = ${c.pg_class} AND ${prefix}objid = ANY($1)
      OR ${prefix}classid = ${c.pg_type} AND ${prefix}objid IN (${types} UNION ALL ${arrays})
      OR ${prefix}classid = ${c.pg_rewrite} AND ${prefix}objid IN (${rules})
      OR ${prefix}classid = ${c.pg_constraint} AND ${prefix}objid IN (${constraints}))`;
  const statements = [
    // A view that stays reads the table that is written in its place.
    `DELETE FROM pg_depend WHERE ${within("")} OR ${within("ref")} AND classid <> ${c.pg_rewrite}`,
    `DELETE FROM pg_shdepend WHERE dbid = ${String(template.databaseOid)} AND ${within("")}`,
    `DELETE FROM pg_description WHERE classoid = ${c.pg_class} AND objoid = ANY($1)`,
    `DELETE FROM pg_description WHERE classoid = ${c.pg_rewrite} AND objoid IN (${rules})`,
    "DELETE FROM pg_constraint WHERE conrelid = ANY($1)",
    "DELETE FROM pg_rewrite WHERE ev_class = ANY($1)",
    "DELETE FROM pg_foreign_table WHERE ftrelid = ANY($1)",
    "DELETE FROM pg_attribute WHERE attrelid = ANY($1)",
    `DELETE FROM pg_type WHERE oid IN (${arrays})`,
    "DELETE FROM pg_type WHERE typrelid = ANY($1)",
    "DELETE FROM pg_class WHERE oid = ANY($1)",
  ];
  runOver(batch, statements, oids);
}

/** Takes schemas out of the catalogs; nothing may be left in them. */
export function eraseSchemas(batch: Batch, oids: readonly number[], template: Template): void {
  if (oids.length === 0) return;
  const { classes, databaseOid } = template;
  const schemas = String(classes.pg_namespace);
  runOver(
    batch,
    [
      `DELETE FROM pg_description WHERE classoid = ${schemas} AND objoid = ANY($1)`,
      `DELETE FROM pg_shdepend WHERE dbid = ${String(databaseOid)} AND classid = ${schemas}
         AND objid = ANY($1)`,
      "DELETE FROM pg_namespace WHERE oid = ANY($1)",
    ],
    oids,
  );
}

const OID_ARRAY = 1028;

function runOver(batch: Batch, statements: readonly string[], oids: readonly number[]): void {
  for (const sql of statements) {
    batch
      .parse("", sql, [OID_ARRAY])
      .bind("", [textParameter(`{${oids.join(",")}}`)])
      .execute();
  }
}
