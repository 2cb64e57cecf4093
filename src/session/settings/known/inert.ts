import {
  BOOLEAN_ALIASES,
  booleanSetting,
  enumSetting,
  INT_MAX,
  integerSetting,
  NO_EFFECT,
  realSetting,
  stringSetting,
  type SettingDefinition,
  type SettingUnit,
} from "../definition.js";
import { keywordList } from "../list.js";

const SUPERUSER = { context: "superuser" } as const;
const MAX_REAL = Number.MAX_VALUE;
const MAX_BLOCKS = Math.floor(INT_MAX / 3);
/** As an age of transactions may be. */
const MAX_AGE = 2_000_000_000;

const LOG_LEVELS = [
  ...["debug5", "debug4", "debug3", "debug2", "debug1", "info", "notice", "warning", "error"],
  ...["log", "fatal", "panic"],
];

/** Names, whether they are on, and who may change them. */
const SWITCHES = {
  user: {
    off: [
      "debug_print_parse",
      "debug_print_plan",
      "debug_print_rewritten",
      "exit_on_error",
      "trace_notify",
      "trace_sort",
    ],
    on: ["debug_pretty_print", "jit_expressions", "jit_tuple_deforming"],
  },
  superuser: {
    off: [
      "allow_in_place_tablespaces",
      "allow_system_table_mods",
      "ignore_checksum_failure",
      "jit_dump_bitcode",
      "lo_compat_privileges",
      "log_duration",
      "log_executor_stats",
      "log_lock_waits",
      "log_parser_stats",
      "log_planner_stats",
      "log_replication_commands",
      "log_statement_stats",
      "track_io_timing",
      "track_wal_io_timing",
      "zero_damaged_pages",
    ],
    on: [
      "track_activities",
      "track_counts",
      "update_process_title",
      "wal_init_zero",
      "wal_recycle",
    ],
  },
} as const;

/** Name, default, least, most, unit. */
type IntegerRow = readonly [string, number, number, number, SettingUnit?];

const USER_INTEGERS: readonly IntegerRow[] = [
  ["backend_flush_after", 0, 0, 256, "8kB"],
  ["commit_siblings", 5, 0, 1000],
  ["geqo_effort", 5, 1, 10],
  ["geqo_generations", 0, 0, INT_MAX],
  ["geqo_pool_size", 0, 0, INT_MAX],
  ["gin_fuzzy_search_limit", 0, 0, INT_MAX],
  ["gin_pending_list_limit", 4096, 64, INT_MAX, "kB"],
  ["log_parameter_max_length_on_error", 0, -1, 1073741823, "B"],
  ["logical_decoding_work_mem", 65536, 64, INT_MAX, "kB"],
  ["maintenance_io_concurrency", 10, 0, 1000],
  ["min_parallel_index_scan_size", 64, 0, MAX_BLOCKS, "8kB"],
  ["min_parallel_table_scan_size", 1024, 0, MAX_BLOCKS, "8kB"],
  ["vacuum_cost_limit", 200, 1, 10000],
  ["vacuum_cost_page_dirty", 20, 0, 10000],
  ["vacuum_cost_page_hit", 1, 0, 10000],
  ["vacuum_cost_page_miss", 2, 0, 10000],
  ["vacuum_failsafe_age", 1600000000, 0, 2100000000],
  ["vacuum_freeze_min_age", 50000000, 0, 1000000000],
  ["vacuum_freeze_table_age", 150000000, 0, MAX_AGE],
  ["vacuum_multixact_failsafe_age", 1600000000, 0, 2100000000],
  ["vacuum_multixact_freeze_min_age", 5000000, 0, 1000000000],
  ["vacuum_multixact_freeze_table_age", 150000000, 0, MAX_AGE],
  ["wal_sender_timeout", 60000, 0, INT_MAX, "ms"],
  ["wal_skip_threshold", 2048, 0, INT_MAX, "kB"],
];

const SUPERUSER_INTEGERS: readonly IntegerRow[] = [
  ["commit_delay", 0, 0, 100000],
  ["deadlock_timeout", 1000, 1, INT_MAX, "ms"],
  ["debug_discard_caches", 0, 0, 0],
  ["log_min_duration_sample", -1, -1, INT_MAX, "ms"],
  ["log_min_duration_statement", -1, -1, INT_MAX, "ms"],
  ["log_parameter_max_length", -1, -1, 1073741823, "B"],
  ["log_temp_files", -1, -1, INT_MAX, "kB"],
  ["max_stack_depth", 2048, 100, INT_MAX, "kB"],
  ["temp_file_limit", -1, -1, INT_MAX, "kB"],
];

function integers(
  rows: readonly IntegerRow[],
  marks: Parameters<typeof integerSetting>[4],
): readonly SettingDefinition[] {
  return rows.map(([name, boot, min, max, unit]) => {
    const range = unit === undefined ? { min, max } : { min, max, unit };
    return integerSetting(name, boot, range, NO_EFFECT, marks);
  });
}

const REALS: readonly SettingDefinition[] = [
  realSetting("geqo_seed", 0, { min: 0, max: 1 }, NO_EFFECT),
  realSetting("geqo_selection_bias", 2, { min: 1.5, max: 2 }, NO_EFFECT),
  realSetting("jit_above_cost", 100000, { min: -1, max: MAX_REAL }, NO_EFFECT),
  realSetting("jit_inline_above_cost", 500000, { min: -1, max: MAX_REAL }, NO_EFFECT),
  realSetting("jit_optimize_above_cost", 500000, { min: -1, max: MAX_REAL }, NO_EFFECT),
  realSetting("log_statement_sample_rate", 1, { min: 0, max: 1 }, NO_EFFECT, SUPERUSER),
  realSetting("log_transaction_sample_rate", 0, { min: 0, max: 1 }, NO_EFFECT, SUPERUSER),
  realSetting("recursive_worktable_factor", 10, { min: 0.001, max: 1e6 }, NO_EFFECT),
  realSetting("vacuum_cost_delay", 0, { min: 0, max: 100, unit: "ms" }, NO_EFFECT),
];

const ENUMS: readonly SettingDefinition[] = [
  enumSetting("compute_query_id", "auto", ["auto", "regress", "on", "off"], NO_EFFECT, {
    ...SUPERUSER,
    aliases: BOOLEAN_ALIASES,
  }),
  enumSetting(
    "log_error_verbosity",
    "default",
    ["terse", "default", "verbose"],
    NO_EFFECT,
    SUPERUSER,
  ),
  ...(["log_min_error_statement", "log_min_messages"] as const).map((name) => {
    const boot = name === "log_min_messages" ? "warning" : "error";
    return enumSetting(name, boot, LOG_LEVELS, NO_EFFECT, {
      ...SUPERUSER,
      aliases: { debug: "debug2" },
    });
  }),
  enumSetting("log_statement", "none", ["none", "ddl", "mod", "all"], NO_EFFECT, SUPERUSER),
  enumSetting("password_encryption", "scram-sha-256", ["md5", "scram-sha-256"], NO_EFFECT, {
    only: "scram-sha-256",
  }),
  enumSetting(
    "session_replication_role",
    "origin",
    ["origin", "replica", "local"],
    NO_EFFECT,
    SUPERUSER,
  ),
  enumSetting("stats_fetch_consistency", "cache", ["none", "cache", "snapshot"], NO_EFFECT),
  enumSetting("track_functions", "none", ["none", "pl", "all"], NO_EFFECT, SUPERUSER),
  enumSetting("wal_compression", "off", ["pglz", "lz4", "zstd", "on", "off"], NO_EFFECT, {
    ...SUPERUSER,
    aliases: { ...BOOLEAN_ALIASES, on: "pglz", true: "pglz", yes: "pglz", "1": "pglz" },
  }),
];

const STRINGS: readonly SettingDefinition[] = [
  stringSetting("backtrace_functions", "", NO_EFFECT, SUPERUSER),
  stringSetting("dynamic_library_path", "$libdir", NO_EFFECT, SUPERUSER),
  stringSetting("extension_destdir", "", NO_EFFECT, SUPERUSER),
  stringSetting("local_preload_libraries", "", NO_EFFECT, { list: "quoted" }),
  stringSetting("session_preload_libraries", "", NO_EFFECT, { ...SUPERUSER, list: "quoted" }),
  // Dumps say it, so that a view cannot make them read something else.
  stringSetting("restrict_nonsystem_relation_kind", "", NO_EFFECT, {
    list: "plain",
    check: keywordList("restrict_nonsystem_relation_kind", ["view", "foreign-table"]),
  }),
];

/**
 * The rest of what PostgreSQL lets a session set: how it plans, cleans, writes and logs in ways that
 * are not ours. Values are checked as there, and kept.
 */
export const INERT_SETTINGS: readonly SettingDefinition[] = [
  ...SWITCHES.user.off.map((name) => booleanSetting(name, false, NO_EFFECT)),
  ...SWITCHES.user.on.map((name) => booleanSetting(name, true, NO_EFFECT)),
  ...SWITCHES.superuser.off.map((name) => booleanSetting(name, false, NO_EFFECT, SUPERUSER)),
  ...SWITCHES.superuser.on.map((name) => booleanSetting(name, true, NO_EFFECT, SUPERUSER)),
  ...integers(USER_INTEGERS, {}),
  ...integers(SUPERUSER_INTEGERS, SUPERUSER),
  ...REALS,
  ...ENUMS,
  ...STRINGS,
];
