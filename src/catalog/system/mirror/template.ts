import { invariant } from "../../../errors/index.js";
import { simpleQuery } from "../wire/batch.js";
import { Reply } from "../wire/reply.js";
import type { CatalogLink } from "../link.js";
import type { CatalogRow } from "./catalog-rows.js";

/** The server that engine tables are foreign tables of. */
export const SERVER_NAME = "parquet";

/** Catalogs whose OIDs dependencies speak of. */
const CLASSES = [
  "pg_class",
  "pg_type",
  "pg_namespace",
  "pg_foreign_server",
  "pg_constraint",
  "pg_rewrite",
  "pg_authid",
] as const;

/** Rows that this very PostgreSQL wrote for a foreign table: those of the mirror are made like them. */
export interface Template {
  readonly serverOid: number;
  readonly databaseOid: number;
  readonly classes: Readonly<Record<(typeof CLASSES)[number], number>>;
  readonly schema: CatalogRow;
  readonly relation: CatalogRow;
  readonly column: CatalogRow;
  readonly systemColumns: readonly CatalogRow[];
  readonly rowType: CatalogRow;
  readonly arrayType: CatalogRow;
  readonly foreignTable: CatalogRow;
  /** Null where NOT NULL is no constraint of its own (before PostgreSQL 18). */
  readonly notNullConstraint: CatalogRow | null;
  readonly role: CatalogRow;
}

const READ = `
  SELECT jsonb_build_object(
    'serverOid', (SELECT oid::bigint FROM pg_foreign_server WHERE srvname = '${SERVER_NAME}'),
    'databaseOid', (SELECT oid::bigint FROM pg_database WHERE datname = current_database()),
    'classes', jsonb_build_object(
      ${CLASSES.map((name) => `'${name}', 'pg_catalog.${name}'::regclass::oid::bigint`).join(", ")}),
    'schema', (SELECT to_jsonb(n) FROM pg_namespace n WHERE nspname = 'millrace_template'),
    'relation', to_jsonb(c),
    'column', (SELECT to_jsonb(a) FROM pg_attribute a WHERE attrelid = c.oid AND attnum = 1),
    'systemColumns',
      (SELECT jsonb_agg(to_jsonb(a)) FROM pg_attribute a WHERE attrelid = c.oid AND attnum < 0),
    'rowType', to_jsonb(t),
    'arrayType', (SELECT to_jsonb(y) FROM pg_type y WHERE y.oid = t.typarray),
    'foreignTable', (SELECT to_jsonb(f) FROM pg_foreign_table f WHERE ftrelid = c.oid),
    'notNullConstraint',
      (SELECT to_jsonb(n) FROM pg_constraint n WHERE conrelid = c.oid AND contype = 'n'),
    'role', (SELECT to_jsonb(r) FROM pg_authid r WHERE oid = 10)
      || '{"rolreplication": false, "rolbypassrls": false, "rolpassword": null}')
  FROM pg_class c JOIN pg_type t ON t.oid = c.reltype
  WHERE c.oid = 'millrace_template.t'::regclass`;

/** Has PostgreSQL make a foreign table, reads what it wrote, and takes it back. */
export async function readTemplate(link: CatalogLink): Promise<Template> {
  const server = SERVER_NAME;
  const make = `
    CREATE SCHEMA millrace_template;
    CREATE FOREIGN TABLE millrace_template.t (c integer NOT NULL) SERVER ${server}`;
  const batch = simpleQuery(`BEGIN; ${make}; ${READ}; ROLLBACK`);
  const reply = Reply.read(await link.exchange(batch));
  const text = reply?.rows()[0]?.[0];
  invariant(typeof text === "string", reply?.error?.get("M") ?? "a foreign table to copy");
  return JSON.parse(text) as Template;
}

/** The wrapper and the server of engine tables, unless they are there. */
export const SERVER_DEFINITION = `DO $do$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_foreign_data_wrapper WHERE fdwname = '${SERVER_NAME}')
  THEN CREATE FOREIGN DATA WRAPPER ${SERVER_NAME}; END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_foreign_server WHERE srvname = '${SERVER_NAME}')
  THEN CREATE SERVER ${SERVER_NAME} FOREIGN DATA WRAPPER ${SERVER_NAME}; END IF;
END $do$`;
