import { Batch, textParameter } from "../wire/batch.js";
import type { CatalogLink } from "../link.js";
import { exchange } from "./exchange.js";
import {
  addComments,
  addOwner,
  arrayTypeOid,
  BOOTSTRAP_ROLE,
  noRows,
  rowTypeOid,
} from "./catalog-rows.js";
import type { MirrorView } from "./mirror-state.js";
import type { Template } from "./template.js";
import { writeRows } from "./write-rows.js";

/**
 * Makes a view in three steps. First one that only has the columns, which is then given its OIDs,
 * then the query itself: so the stored query names the view by the OID it keeps. Where PostgreSQL
 * cannot hold the query, or would type it otherwise, the text alone is kept.
 */
export async function writeView(
  link: CatalogLink,
  view: MirrorView,
  arrayName: string,
  template: Template,
): Promise<void> {
  const { oid, columns, queryText, searchPath } = view;
  const name = `${quoted(view.schema)}.${quoted(view.name)}`;
  const names = columns.map((column) => quoted(column.name)).join(", ");
  const list = columns.length === 0 ? "" : ` (${names})`;
  const nulls = columns.map(({ typeText }) => `NULL::${typeText}`).join(", ");
  const first = new Batch().parse("", `CREATE VIEW ${name}${list} AS SELECT ${nulls}`);
  await exchange(link, first.bind("", []).execute().sync());
  // In a transaction of its own: one that made a relation holds on to its OID.
  const second = new Batch();
  renumber(second, view, arrayName, template);
  writeColumns(second, view);
  const rows = noRows();
  addOwner(rows, template.classes.pg_class, oid, view.ownerOid);
  addComments(rows, view, template);
  writeRows(second, rows, template);
  await exchange(link, second.sync());

  const path = searchPath.map(quoted).join(", ");
  const third = new Batch()
    .parse("", "SELECT pg_catalog.set_config('search_path', $1, true)")
    .bind("", [textParameter(path)])
    .execute()
    .parse("", `CREATE OR REPLACE VIEW ${name}${list} AS ${queryText}`)
    .bind("", [])
    .execute();
  try {
    await exchange(link, third.sync());
  } catch {
    const text = new Batch()
      .parse("", `COMMENT ON RULE "_RETURN" ON ${name} IS ${literal(` ${queryText};`)}`)
      .bind("", [])
      .execute();
    await exchange(link, text.sync());
  }
}

/** Gives the view that was just made its OIDs, wherever the catalogs speak of it. */
function renumber(
  batch: Batch,
  { oid, schemaOid, name, ownerOid, acl }: MirrorView,
  arrayName: string,
  { classes }: Template,
): void {
  const moved = (prefix: string): string => `coalesce((SELECT m.new FROM m
    WHERE m.class = d.${prefix}classid AND m.old = d.${prefix}objid), d.${prefix}objid)`;
  const sql = `
    WITH v AS (
      SELECT c.oid AS rel, c.reltype AS typ, y.typarray AS arr
      FROM pg_class c JOIN pg_type y ON y.oid = c.reltype
      WHERE c.relnamespace = $1::oid AND c.relname = $2),
    m (class, old, new) AS (
      SELECT ${String(classes.pg_class)}::oid, rel, $3::oid FROM v
      UNION ALL SELECT ${String(classes.pg_type)}::oid, typ, $4::oid FROM v
      UNION ALL SELECT ${String(classes.pg_type)}::oid, arr, $5::oid FROM v),
    depends AS (
      UPDATE pg_depend d SET objid = ${moved("")}, refobjid = ${moved("ref")}
      WHERE EXISTS (SELECT FROM m WHERE m.class = d.classid AND m.old = d.objid
        OR m.class = d.refclassid AND m.old = d.refobjid)),
    columns AS (UPDATE pg_attribute a SET attrelid = $3::oid FROM v WHERE a.attrelid = v.rel),
    rules AS (UPDATE pg_rewrite w SET ev_class = $3::oid FROM v WHERE w.ev_class = v.rel),
    types AS (
      UPDATE pg_type y SET oid = $4::oid, typrelid = $3::oid, typarray = $5::oid,
        typowner = $6::oid
      FROM v WHERE y.oid = v.typ),
    arrays AS (
      UPDATE pg_type y SET oid = $5::oid, typelem = $4::oid, typname = $8, typowner = $6::oid
      FROM v WHERE y.oid = v.arr)
    UPDATE pg_class c SET oid = $3::oid, reltype = $4::oid, relowner = $6::oid,
      relacl = $7::aclitem[]
    FROM v WHERE c.oid = v.rel`;
  const values = [
    String(schemaOid),
    name,
    String(oid),
    String(rowTypeOid(oid)),
    String(arrayTypeOid(oid)),
    String(ownerOid ?? BOOTSTRAP_ROLE),
    aclText(acl),
    arrayName,
  ];
  batch.parse("", sql).bind("", values.map(textParameter)).execute();
}

/** What a view's columns have beside what PostgreSQL made of them. */
function writeColumns(batch: Batch, { oid, columns }: MirrorView): void {
  columns.forEach(({ acl }, index) => {
    const sql = `UPDATE pg_attribute SET attacl = $3::aclitem[], attstattarget = -1
      WHERE attrelid = $1::oid AND attnum = $2::int2`;
    const values = [String(oid), String(index + 1), aclText(acl)];
    batch.parse("", sql).bind("", values.map(textParameter)).execute();
  });
}

function aclText(acl: readonly string[] | undefined): string | null {
  return acl === undefined ? null : `{${acl.map(quoted).join(",")}}`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function literal(text: string): string {
  const escaped = text.replaceAll("'", "''");
  return escaped.includes("\\") ? `E'${escaped.replaceAll("\\", "\\\\")}'` : `'${escaped}'`;
}
