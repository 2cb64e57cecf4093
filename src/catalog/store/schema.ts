import { forEach, statement, type ColumnTypes, type StoreStatement } from "./store-place.js";

/** Which layout of the store this is; a store of one that no step leads on from is refused. */
export const STORE_VERSION = "3";

/** Role 0 is all roles, the database with the empty name all databases. */
const SCOPED_SETTINGS = `millrace_scoped_setting (role_id BIGINT, database_name TEXT,
  settings TEXT, PRIMARY KEY (role_id, database_name))`;

/**
 * The metadata store's tables. What DuckLake 1.0 has a place for stands in its tables, unchanged:
 * snapshots, schemas, views, comments. Foreign tables read files that the lake does not own, and
 * another engine that attached the lake would take them for its own tables without a row; they,
 * and all else that DuckLake lacks, stand in side tables. Rows live from begin_snapshot to before
 * end_snapshot; ids come from next_catalog_id and are the OIDs of what they name.
 */
export function storeTables({ time, uuid }: ColumnTypes): readonly string[] {
  return [
    `ducklake_metadata (key VARCHAR NOT NULL, value VARCHAR NOT NULL, scope VARCHAR,
      scope_id BIGINT)`,
    `ducklake_snapshot (snapshot_id BIGINT PRIMARY KEY, snapshot_time ${time},
      schema_version BIGINT, next_catalog_id BIGINT, next_file_id BIGINT)`,
    `ducklake_snapshot_changes (snapshot_id BIGINT PRIMARY KEY, changes_made VARCHAR,
      author VARCHAR, commit_message VARCHAR, commit_extra_info VARCHAR)`,
    `ducklake_schema (schema_id BIGINT PRIMARY KEY, schema_uuid ${uuid}, begin_snapshot BIGINT,
      end_snapshot BIGINT, schema_name VARCHAR, path VARCHAR, path_is_relative BOOLEAN)`,
    `ducklake_view (view_id BIGINT, view_uuid ${uuid}, begin_snapshot BIGINT,
      end_snapshot BIGINT, schema_id BIGINT, view_name VARCHAR, dialect VARCHAR, sql VARCHAR,
      column_aliases VARCHAR)`,
    `ducklake_tag (object_id BIGINT, begin_snapshot BIGINT, end_snapshot BIGINT, key VARCHAR,
      value VARCHAR)`,
    `ducklake_column_tag (table_id BIGINT, column_id BIGINT, begin_snapshot BIGINT,
      end_snapshot BIGINT, key VARCHAR, value VARCHAR)`,
    `millrace_setting (name TEXT PRIMARY KEY, value TEXT NOT NULL)`,
    `millrace_foreign_table (table_id BIGINT PRIMARY KEY, table_uuid ${uuid},
      begin_snapshot BIGINT, end_snapshot BIGINT, schema_id BIGINT, table_name TEXT, server TEXT,
      path TEXT, location TEXT)`,
    `millrace_foreign_column (table_id BIGINT, column_order BIGINT, column_name TEXT,
      column_type TEXT, type_modifier BIGINT, nulls_allowed BOOLEAN,
      PRIMARY KEY (table_id, column_order))`,
    `millrace_view (view_id BIGINT, begin_snapshot BIGINT, search_path TEXT, columns TEXT,
      reads TEXT, PRIMARY KEY (view_id, begin_snapshot))`,
    `millrace_statistics (table_id BIGINT PRIMARY KEY, row_count BIGINT, columns TEXT)`,
    `millrace_role (role_id BIGINT PRIMARY KEY, name TEXT UNIQUE NOT NULL,
      attributes TEXT NOT NULL)`,
    `millrace_role_member (role_id BIGINT, member_id BIGINT, grantor_id BIGINT, admin BOOLEAN,
      list_order BIGINT, PRIMARY KEY (role_id, member_id))`,
    `millrace_object_access (object_id BIGINT, column_order BIGINT, owner_id BIGINT, acl TEXT,
      PRIMARY KEY (object_id, column_order))`,
    `millrace_default_access (role_id BIGINT, schema_id BIGINT, kind TEXT, acl TEXT,
      list_order BIGINT)`,
    SCOPED_SETTINGS,
  ];
}

const NEW_VERSION = "UPDATE millrace_setting SET value = ? WHERE name = 'store_version'";

/**
 * Steps from older layouts, by the version they start from; each leads to the next. Version 1 was
 * only ever kept in SQLite, and its first servers knew no roles.
 */
export const STEPS: ReadonlyMap<string, readonly StoreStatement[]> = new Map([
  [
    "1",
    [
      ...[
        "millrace_role (role_id BIGINT PRIMARY KEY, name TEXT UNIQUE NOT NULL, attributes TEXT)",
        `millrace_role_member (role_id BIGINT, member_id BIGINT, grantor_id BIGINT,
          admin BOOLEAN, PRIMARY KEY (role_id, member_id))`,
        `millrace_object_access (object_id BIGINT, column_order BIGINT, owner_id BIGINT,
          acl TEXT, PRIMARY KEY (object_id, column_order))`,
        "millrace_default_access (role_id BIGINT, schema_id BIGINT, kind TEXT, acl TEXT)",
      ].map((table) => statement(`CREATE TABLE IF NOT EXISTS ${table}`)),
      ...["millrace_role_member", "millrace_default_access"].flatMap((table) => [
        statement(`ALTER TABLE ${table} ADD COLUMN list_order BIGINT`),
        statement(`UPDATE ${table} SET list_order = rowid`),
      ]),
      ...forEach(NEW_VERSION, ["2"]),
    ],
  ],
  ["2", [statement(`CREATE TABLE ${SCOPED_SETTINGS}`), ...forEach(NEW_VERSION, ["3"])]],
]);

export const FIRST_OID = 16384;
/** The OID PostgreSQL gives to schema public. */
export const PUBLIC_OID = 2200;
