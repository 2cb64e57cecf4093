/**
 * SQL that makes a fresh PostgreSQL tell of this server: functions whose answer is the session's or
 * the engine's are replaced in place, so that every view and every client that calls them by OID
 * sees it too. What is replaced stays reachable under another name. Runs as a superuser; may run
 * again over itself.
 */
export const PRELUDE: readonly string[] = [
  "SET allow_system_table_mods = on",
  "SET check_function_bodies = off",
  "SET client_min_messages = error",
  // What the originals do is found by their C names.
  `CREATE OR REPLACE FUNCTION pg_catalog.millrace_current_setting(text) RETURNS text
     LANGUAGE internal STABLE STRICT AS 'show_config_by_name'`,
  `CREATE OR REPLACE FUNCTION pg_catalog.millrace_current_setting(text, bool) RETURNS text
     LANGUAGE internal STABLE STRICT AS 'show_config_by_name_missing_ok'`,
  `CREATE OR REPLACE FUNCTION pg_catalog.millrace_view_text(oid, bool) RETURNS text
     LANGUAGE internal STABLE STRICT AS 'pg_get_viewdef_ext'`,
  `CREATE OR REPLACE FUNCTION pg_catalog.millrace_relation_size(regclass, text) RETURNS bigint
     LANGUAGE internal VOLATILE STRICT AS 'pg_relation_size'`,
  `CREATE OR REPLACE FUNCTION pg_catalog.millrace_table_size(regclass) RETURNS bigint
     LANGUAGE internal VOLATILE STRICT AS 'pg_table_size'`,
  `CREATE OR REPLACE FUNCTION pg_catalog.millrace_total_size(regclass) RETURNS bigint
     LANGUAGE internal VOLATILE STRICT AS 'pg_total_relation_size'`,

  `CREATE OR REPLACE FUNCTION pg_catalog.version() RETURNS text LANGUAGE sql STABLE STRICT
     AS $$ SELECT pg_catalog.millrace_current_setting('millrace.version') $$`,
  `CREATE OR REPLACE FUNCTION pg_catalog.pg_backend_pid() RETURNS integer
     LANGUAGE sql STABLE STRICT
     AS $$ SELECT pg_catalog.millrace_current_setting('millrace.backend_pid')::integer $$`,
  `CREATE OR REPLACE FUNCTION pg_catalog.current_setting(text) RETURNS text
     LANGUAGE sql STABLE STRICT AS $$
     SELECT pg_catalog.millrace_current_setting(CASE pg_catalog.lower($1)
       WHEN 'server_version' THEN 'millrace.server_version'
       WHEN 'server_version_num' THEN 'millrace.server_version_num' ELSE $1 END) $$`,
  `CREATE OR REPLACE FUNCTION pg_catalog.current_setting(text, bool) RETURNS text
     LANGUAGE sql STABLE STRICT AS $$
     SELECT pg_catalog.millrace_current_setting(CASE pg_catalog.lower($1)
       WHEN 'server_version' THEN 'millrace.server_version'
       WHEN 'server_version_num' THEN 'millrace.server_version_num' ELSE $1 END, $2) $$`,
  // The text of a view that PostgreSQL cannot hold as its own stands as a comment on its rule.
  ...[
    ["oid, bool", "$1", "$2"],
    ["oid", "$1", "false"],
    ["oid, integer", "$1", "true"],
    ["text, bool", "$1::regclass", "$2"],
    ["text", "$1::regclass", "false"],
  ].map(
    ([types = "", view = "", pretty = ""]) => `
     CREATE OR REPLACE FUNCTION pg_catalog.pg_get_viewdef(${types}) RETURNS text
     LANGUAGE sql STABLE STRICT AS $$
     SELECT coalesce(
       (SELECT d.description FROM pg_catalog.pg_description d
        JOIN pg_catalog.pg_rewrite w ON w.oid = d.objoid
        WHERE d.classoid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.objsubid = 0
          AND w.ev_class = ${view} AND w.rulename = '_RETURN'),
       pg_catalog.millrace_view_text(${view}, ${pretty})) $$`,
  ),
  // A mirrored table is empty; its size and rows are those of the files it stands for.
  ...[
    ["pg_relation_size(regclass, text)", "millrace_relation_size($1, $2)", "$2 = 'main'"],
    ["pg_table_size(regclass)", "millrace_table_size($1)", "true"],
    ["pg_total_relation_size(regclass)", "millrace_total_size($1)", "true"],
  ].map(
    ([signature = "", original = "", counted = ""]) => `
     CREATE OR REPLACE FUNCTION pg_catalog.${signature} RETURNS bigint
     LANGUAGE sql VOLATILE STRICT AS $$
     SELECT CASE WHEN c.relkind <> 'f' THEN pg_catalog.${original}
       WHEN ${counted} THEN c.relpages::bigint * 8192 ELSE 0 END
     FROM pg_catalog.pg_class c WHERE c.oid = $1 $$`,
  ),
];

/** Settings whose rows are the session's own, with what PostgreSQL knows about each beside. */
export const SETTINGS_FUNCTION = "pg_show_all_settings";

/**
 * Replaces a set-returning function without a body of its own by the rows of a live view; its columns
 * are read from the PostgreSQL at hand, as they differ from release to release.
 */
export function liveFunction(name: string): string {
  return `DO $do$
  DECLARE
    f record; inputs text; outputs text; columns text; definition text;
  BEGIN
    SELECT p.oid, p.proname, p.proargnames, p.proargmodes,
      coalesce(p.proallargtypes, p.proargtypes::oid[]) AS types
      INTO f FROM pg_catalog.pg_proc p WHERE p.proname = '${name}'
        AND p.pronamespace = 'pg_catalog'::regnamespace;
    IF NOT FOUND THEN RETURN; END IF;
    SELECT string_agg(CASE f.proargmodes[i] WHEN 'o' THEN 'OUT ' ELSE 'IN ' END
        || quote_ident(f.proargnames[i]) || ' ' || format_type(f.types[i], NULL), ', ' ORDER BY i),
      string_agg('r.' || quote_ident(f.proargnames[i]), ', ' ORDER BY i)
        FILTER (WHERE f.proargmodes[i] = 'o'),
      string_agg(quote_ident(f.proargnames[i]) || ' ' || format_type(f.types[i], NULL), ', '
        ORDER BY i) FILTER (WHERE f.proargmodes[i] = 'o')
      INTO inputs, outputs, columns FROM generate_series(1, array_length(f.types, 1)) i;
    EXECUTE format($f$CREATE OR REPLACE FUNCTION pg_catalog.%I(%s) RETURNS SETOF record
      LANGUAGE sql STABLE AS $body$ SELECT %s FROM pg_catalog.jsonb_to_recordset(coalesce(
        nullif(pg_catalog.millrace_current_setting('millrace.live_${name}', true), ''),
        '[]')::pg_catalog.jsonb) AS r(%s) $body$ $f$, f.proname, inputs, outputs, columns);
  END $do$`;
}

/**
 * The same for settings: the session's names and values, with category and further description as
 * this PostgreSQL has them.
 */
export function settingsFunction(): string {
  return `DO $do$
  DECLARE
    signature text; columns text; original text;
  BEGIN
    SELECT string_agg('OUT ' || quote_ident(p.proargnames[i]) || ' '
        || format_type(p.proallargtypes[i], NULL), ', ' ORDER BY i),
      string_agg(quote_ident(p.proargnames[i]) || ' ' || format_type(p.proallargtypes[i], NULL),
        ', ' ORDER BY i)
      INTO signature, columns
      FROM pg_catalog.pg_proc p, generate_series(1, array_length(p.proallargtypes, 1)) i
      WHERE p.proname = '${SETTINGS_FUNCTION}' AND p.pronamespace = 'pg_catalog'::regnamespace;
    EXECUTE format($f$CREATE OR REPLACE FUNCTION pg_catalog.millrace_settings(%s)
      RETURNS SETOF record LANGUAGE internal STABLE AS 'show_all_settings' $f$, signature);
    EXECUTE format($f$CREATE OR REPLACE FUNCTION pg_catalog.${SETTINGS_FUNCTION}(%s)
      RETURNS SETOF record LANGUAGE sql STABLE AS $body$
      SELECT r.name, r.setting, r.unit, coalesce(o.category, 'Customized Options'),
        coalesce(r.short_desc, o.short_desc), o.extra_desc, r.context, r.vartype, r.source,
        r.min_val, r.max_val, r.enumvals, r.boot_val, r.reset_val, NULL::text, NULL::integer, false
      FROM pg_catalog.jsonb_to_recordset(coalesce(nullif(pg_catalog.millrace_current_setting(
        'millrace.live_${SETTINGS_FUNCTION}', true), ''), '[]')::pg_catalog.jsonb) AS r(%s)
      LEFT JOIN pg_catalog.millrace_settings() o ON o.name = r.name
      ORDER BY r.name COLLATE "C" $body$ $f$, signature, columns);
  END $do$`;
}
