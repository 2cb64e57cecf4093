/** Which layout of the store this is; a store of another one is refused. */
export const STORE_VERSION = "1";

/**
 * The metadata store's tables. What DuckLake 1.0 has a place for stands in its tables, unchanged:
 * snapshots, schemas, views, comments. Foreign tables read files that the lake does not own, and
 * another engine that attached the lake would take them for its own tables without a row; they,
 * and all else that DuckLake lacks, stand in side tables. Rows live from begin_snapshot to before
 * end_snapshot; ids come from next_catalog_id and are the OIDs of what they name.
 */
export const STORE_SCHEMA = `
CREATE TABLE ducklake_metadata (key VARCHAR NOT NULL, value VARCHAR NOT NULL, scope VARCHAR,
  scope_id BIGINT);
CREATE TABLE ducklake_snapshot (snapshot_id BIGINT PRIMARY KEY, snapshot_time TEXT,
  schema_version BIGINT, next_catalog_id BIGINT, next_file_id BIGINT);
CREATE TABLE ducklake_snapshot_changes (snapshot_id BIGINT PRIMARY KEY, changes_made VARCHAR,
  author VARCHAR, commit_message VARCHAR, commit_extra_info VARCHAR);
CREATE TABLE ducklake_schema (schema_id BIGINT PRIMARY KEY, schema_uuid TEXT,
  begin_snapshot BIGINT, end_snapshot BIGINT, schema_name VARCHAR, path VARCHAR,
  path_is_relative BOOLEAN);
CREATE TABLE ducklake_view (view_id BIGINT, view_uuid TEXT, begin_snapshot BIGINT,
  end_snapshot BIGINT, schema_id BIGINT, view_name VARCHAR, dialect VARCHAR, sql VARCHAR,
  column_aliases VARCHAR);
CREATE TABLE ducklake_tag (object_id BIGINT, begin_snapshot BIGINT, end_snapshot BIGINT,
  key VARCHAR, value VARCHAR);
CREATE TABLE ducklake_column_tag (table_id BIGINT, column_id BIGINT, begin_snapshot BIGINT,
  end_snapshot BIGINT, key VARCHAR, value VARCHAR);
CREATE TABLE millrace_setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE millrace_foreign_table (table_id BIGINT PRIMARY KEY, table_uuid TEXT,
  begin_snapshot BIGINT, end_snapshot BIGINT, schema_id BIGINT, table_name TEXT, server TEXT,
  path TEXT, location TEXT);
CREATE TABLE millrace_foreign_column (table_id BIGINT, column_order BIGINT, column_name TEXT,
  column_type TEXT, type_modifier BIGINT, nulls_allowed BOOLEAN,
  PRIMARY KEY (table_id, column_order));
CREATE TABLE millrace_view (view_id BIGINT, begin_snapshot BIGINT, search_path TEXT,
  columns TEXT, reads TEXT, PRIMARY KEY (view_id, begin_snapshot));
CREATE TABLE millrace_statistics (table_id BIGINT PRIMARY KEY, row_count BIGINT, columns TEXT);
`;

export const FIRST_OID = 16384;
/** The OID PostgreSQL gives to schema public. */
export const PUBLIC_OID = 2200;
