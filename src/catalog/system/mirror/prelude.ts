/** Settings whose rows are the session's own, with what PostgreSQL knows about each beside. */
export const SETTINGS_FUNCTION = "pg_show_all_settings";
/** Under which a frame's `live` has all settings' shown values. */
export const SHOWN_SETTINGS = "shown_settings";

/**
 * A function of PostgreSQL's own, replaced by an expression. PostgreSQL calls what it was built with
 * by OID without a look at the catalog, unless the planner has put the body in place of the call; so
 * the body is one expression that uses each argument once, and says nothing of NULL.
 */
function inlined(
  signature: string,
  returns: string,
  body: string,
  volatility: "STABLE" | "VOLATILE" = "VOLATILE",
): string {
  return `CREATE OR REPLACE FUNCTION pg_catalog.${signature} RETURNS ${returns}
    LANGUAGE sql ${volatility} CALLED ON NULL INPUT AS $$ SELECT ${body} $$`;
}

/** What a replaced function did, by its name in C. */
function original(signature: string, returns: string, symbol: string): string {
  return `CREATE OR REPLACE FUNCTION pg_catalog.${signature} RETURNS ${returns}
    LANGUAGE internal VOLATILE STRICT AS '${symbol}'`;
}

function computed(signature: string, returns: string, body: string): string {
  return `CREATE OR REPLACE FUNCTION pg_catalog.${signature} RETURNS ${returns}
    LANGUAGE sql STABLE STRICT AS $$ ${body} $$`;
}

/** Settings as SHOW prints them, one JSON object by name in lower case: the session's own. */
const SHOWN = `nullif(pg_catalog.millrace_guc('millrace.live_${SHOWN_SETTINGS}', true), '')
  ::pg_catalog.jsonb ->> pg_catalog.lower($1)`;
const SETTING_NAME = `CASE pg_catalog.lower($1)
  WHEN 'server_version' THEN 'millrace.server_version'
  WHEN 'server_version_num' THEN 'millrace.server_version_num' ELSE $1 END`;

const SETTINGS = [
  original("millrace_guc(text)", "text", "show_config_by_name"),
  original("millrace_guc(text, bool)", "text", "show_config_by_name_missing_ok"),
  computed(
    "millrace_setting(text)",
    "text",
    `SELECT coalesce(${SHOWN}, pg_catalog.millrace_guc(${SETTING_NAME}))`,
  ),
  computed(
    "millrace_setting(text, bool)",
    "text",
    `SELECT coalesce(${SHOWN}, pg_catalog.millrace_guc(${SETTING_NAME}, $2))`,
  ),
  inlined("current_setting(text)", "text", "pg_catalog.millrace_setting($1)"),
  inlined("current_setting(text, bool)", "text", "pg_catalog.millrace_setting($1, $2)"),
  inlined(
    "pg_client_encoding()",
    "name",
    "pg_catalog.millrace_setting('client_encoding')::pg_catalog.name",
    "STABLE",
  ),
  inlined("version()", "text", "pg_catalog.millrace_guc('millrace.version')"),
  inlined("pg_backend_pid()", "integer", "pg_catalog.millrace_guc('millrace.backend_pid')::int"),
];

// The text of a view that PostgreSQL cannot hold as its own stands as a comment on its rule.
const VIEW_TEXTS = [
  original("millrace_stored_view(oid, bool)", "text", "pg_get_viewdef_ext"),
  computed(
    "millrace_view(oid, bool)",
    "text",
    `SELECT coalesce(
       (SELECT d.description FROM pg_catalog.pg_description d
        JOIN pg_catalog.pg_rewrite w ON w.oid = d.objoid
        WHERE d.classoid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.objsubid = 0
          AND w.ev_class = $1 AND w.rulename = '_RETURN'),
       pg_catalog.millrace_stored_view($1, $2))`,
  ),
  inlined("pg_get_viewdef(oid, bool)", "text", "pg_catalog.millrace_view($1, $2)"),
  inlined("pg_get_viewdef(oid)", "text", "pg_catalog.millrace_view($1, false)"),
  inlined("pg_get_viewdef(text, bool)", "text", "pg_catalog.millrace_view($1::regclass, $2)"),
  inlined("pg_get_viewdef(text)", "text", "pg_catalog.millrace_view($1::regclass, false)"),
];

function sizeFunction(name: string, symbol: string): readonly string[] {
  return [
    original(`millrace_stored_${name}(regclass)`, "bigint", symbol),
    computed(
      `millrace_${name}(regclass)`,
      "bigint",
      `SELECT CASE WHEN c.relkind = 'f' THEN c.relpages::bigint * 8192
         ELSE pg_catalog.millrace_stored_${name}($1) END
       FROM pg_catalog.pg_class c WHERE c.oid = $1`,
    ),
    inlined(`${name}(regclass)`, "bigint", `pg_catalog.millrace_${name}($1)`),
  ];
}

// A mirrored table is empty; its size is that of the files it stands for.
const SIZES = [
  ...sizeFunction("pg_table_size", "pg_table_size"),
  ...sizeFunction("pg_total_relation_size", "pg_total_relation_size"),
  original("millrace_fork_size(regclass, text)", "bigint", "pg_relation_size"),
  computed(
    "millrace_relation_size(regclass, text)",
    "bigint",
    `SELECT CASE WHEN c.relkind <> 'f' THEN pg_catalog.millrace_fork_size($1, $2)
       WHEN $2 = 'main' THEN c.relpages::bigint * 8192 ELSE 0 END
     FROM pg_catalog.pg_class c WHERE c.oid = $1`,
  ),
  inlined(
    "pg_relation_size(regclass, text)",
    "bigint",
    "pg_catalog.millrace_relation_size($1, $2)",
  ),
];

const FIRST_USER_OID = "16384";

// PostgreSQL would ask the foreign-data wrapper, which has no code here; nothing can be updated.
const UPDATES = [
  original("millrace_updatable(regclass, bool)", "integer", "pg_relation_is_updatable"),
  original(
    "millrace_column_updatable(regclass, smallint, bool)",
    "boolean",
    "pg_column_is_updatable",
  ),
  computed(
    "millrace_relation_events(regclass, bool)",
    "integer",
    `SELECT CASE WHEN $1::oid >= ${FIRST_USER_OID} THEN 0
       ELSE pg_catalog.millrace_updatable($1, $2) END`,
  ),
  computed(
    "millrace_column_writable(regclass, smallint, bool)",
    "boolean",
    `SELECT CASE WHEN $1::oid >= ${FIRST_USER_OID} THEN false
       ELSE pg_catalog.millrace_column_updatable($1, $2, $3) END`,
  ),
  inlined(
    "pg_relation_is_updatable(regclass, bool)",
    "integer",
    "pg_catalog.millrace_relation_events($1, $2)",
  ),
  inlined(
    "pg_column_is_updatable(regclass, smallint, bool)",
    "boolean",
    "pg_catalog.millrace_column_writable($1, $2, $3)",
  ),
];

// The right MAINTAIN came with 17; to clients that take this for an older server it is no right at
// all, and a dump would take it for one that somebody took away.
const RIGHTS = [
  original('millrace_rights("char", oid)', "aclitem[]", "acldefault_sql"),
  computed(
    'millrace_older_rights("char", oid)',
    "aclitem[]",
    `SELECT coalesce(array_agg(regexp_replace(r.item::text, '^(.*=[a-zA-Z*]*)m/', '\\1/')::aclitem
       ORDER BY r.n), '{}')
     FROM unnest(pg_catalog.millrace_rights($1, $2)) WITH ORDINALITY AS r (item, n)`,
  ),
  inlined(
    'acldefault("char", oid)',
    "aclitem[]",
    "pg_catalog.millrace_older_rights($1, $2)",
    "STABLE",
  ),
];

// Who holds what another waits for, or waits for it in front; as the lock view's rows say.
const LOCKS = [
  computed(
    "millrace_blockers(integer)",
    "integer[]",
    `SELECT coalesce(array_agg(DISTINCT h.pid ORDER BY h.pid), '{}')
     FROM pg_catalog.pg_lock_status() w JOIN pg_catalog.pg_lock_status() h
       ON h.locktype = w.locktype AND h.database = w.database AND h.classid = w.classid
       AND h.objid = w.objid AND h.objsubid = w.objsubid AND h.pid <> w.pid
       AND 'ExclusiveLock' IN (h.mode, w.mode) AND (h.granted OR h.waitstart < w.waitstart)
     WHERE w.pid = $1 AND NOT w.granted`,
  ),
  inlined("pg_blocking_pids(integer)", "integer[]", "pg_catalog.millrace_blockers($1)"),
];

function counter(signature: string, returns: string, name: string): string {
  return inlined(signature, returns, `pg_catalog.millrace_counter($1, '${name}')::${returns}`);
}

// Of the one database: what the catalog itself does is nobody's concern.
const COUNTERS = [
  computed(
    "millrace_counter(oid, text)",
    "bigint",
    `SELECT coalesce((SELECT (nullif(pg_catalog.millrace_guc(
         'millrace.live_database_counters', true), '')::pg_catalog.jsonb -> 0 ->> $2)::bigint
       FROM pg_catalog.pg_database d
       WHERE d.oid = $1 AND d.datname = pg_catalog.current_database()), 0)`,
  ),
  counter("pg_stat_get_db_numbackends(oid)", "integer", "backends"),
  counter("pg_stat_get_db_xact_commit(oid)", "bigint", "commits"),
  counter("pg_stat_get_db_xact_rollback(oid)", "bigint", "rollbacks"),
];

/**
 * SQL that makes a fresh PostgreSQL tell of this server: functions whose answer is the session's or
 * the engine's are replaced in place, so that every view over them sees it too. Runs as a superuser;
 * may run again over itself.
 */
export const PRELUDE: readonly string[] = [
  "SET allow_system_table_mods = on",
  "SET check_function_bodies = off",
  "SET client_min_messages = error",
  ...SETTINGS,
  ...VIEW_TEXTS,
  ...SIZES,
  ...UPDATES,
  ...RIGHTS,
  ...LOCKS,
  ...COUNTERS,
];

/** The server has one database, whatever OID it has in the PostgreSQL at hand. */
const THIS_DATABASE = `CASE WHEN r.datid IS NOT NULL THEN (SELECT d.oid
  FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()) END`;

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
      string_agg(CASE f.proargnames[i] WHEN 'datid' THEN $d$${THIS_DATABASE}$d$
          ELSE 'r.' || quote_ident(f.proargnames[i]) END, ', ' ORDER BY i)
        FILTER (WHERE f.proargmodes[i] = 'o'),
      string_agg(quote_ident(f.proargnames[i]) || ' ' || format_type(f.types[i], NULL), ', '
        ORDER BY i) FILTER (WHERE f.proargmodes[i] = 'o')
      INTO inputs, outputs, columns FROM generate_series(1, array_length(f.types, 1)) i;
    EXECUTE format($f$CREATE OR REPLACE FUNCTION pg_catalog.%I(%s) RETURNS SETOF record
      LANGUAGE sql STABLE AS $body$ SELECT %s FROM pg_catalog.jsonb_to_recordset(coalesce(
        nullif(pg_catalog.millrace_guc('millrace.live_${name}', true), ''),
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
      FROM pg_catalog.jsonb_to_recordset(coalesce(nullif(pg_catalog.millrace_guc(
        'millrace.live_${SETTINGS_FUNCTION}', true), ''), '[]')::pg_catalog.jsonb) AS r(%s)
      LEFT JOIN pg_catalog.millrace_settings() o ON o.name = r.name
      ORDER BY r.name COLLATE "C" $body$ $f$, signature, columns);
  END $do$`;
}
