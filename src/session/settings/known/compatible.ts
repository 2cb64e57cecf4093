import {
  BOOLEAN_ALIASES,
  booleanSetting,
  enumSetting,
  INT_MAX,
  integerSetting,
  NO_EFFECT,
  realSetting,
  type SettingDefinition,
  type SettingUnit,
} from "../definition.js";

const MAX_REAL = Number.MAX_VALUE;

function accepted(name: string, boot: boolean): SettingDefinition {
  return booleanSetting(name, boot, NO_EFFECT);
}

function acceptedCost(name: string, boot: number): SettingDefinition {
  return realSetting(name, boot, { min: 0, max: MAX_REAL }, NO_EFFECT);
}

function acceptedInteger(
  name: string,
  boot: number,
  min: number,
  max: number,
  unit?: SettingUnit,
): SettingDefinition {
  const range = unit === undefined ? { min, max } : { min, max, unit };
  return integerSetting(name, boot, range, NO_EFFECT);
}

/** Switches of a planner this is not. */
const PLANNER_SWITCHES = [
  "enable_async_append",
  "enable_bitmapscan",
  "enable_gathermerge",
  "enable_hashagg",
  "enable_hashjoin",
  "enable_incremental_sort",
  "enable_indexonlyscan",
  "enable_indexscan",
  "enable_material",
  "enable_memoize",
  "enable_mergejoin",
  "enable_nestloop",
  "enable_parallel_append",
  "enable_parallel_hash",
  "enable_partition_pruning",
  "enable_seqscan",
  "enable_sort",
  "enable_tidscan",
] as const;

/**
 * Parameters that dumps, drivers and tools set or show and that mean nothing to this engine. Values
 * are checked as PostgreSQL checks them, and kept.
 */
export const COMPATIBLE_SETTINGS: readonly SettingDefinition[] = [
  ...PLANNER_SWITCHES.map((name) => accepted(name, true)),
  accepted("check_function_bodies", true),
  accepted("enable_partitionwise_aggregate", false),
  accepted("enable_partitionwise_join", false),
  accepted("escape_string_warning", true),
  accepted("geqo", true),
  accepted("jit", false),
  accepted("parallel_leader_participation", true),
  accepted("quote_all_identifiers", false),
  accepted("row_security", true),
  accepted("synchronize_seqscans", true),
  booleanSetting("array_nulls", true, "NULL in array text is the null value.", { only: "on" }),
  booleanSetting("transform_null_equals", false, "Reads `x = NULL` as `x IS NULL`.", {
    only: "off",
  }),
  acceptedCost("cpu_index_tuple_cost", 0.005),
  acceptedCost("cpu_operator_cost", 0.0025),
  acceptedCost("cpu_tuple_cost", 0.01),
  realSetting("cursor_tuple_fraction", 0.1, { min: 0, max: 1 }, NO_EFFECT),
  acceptedCost("parallel_setup_cost", 1000),
  acceptedCost("parallel_tuple_cost", 0.1),
  acceptedCost("random_page_cost", 4),
  acceptedCost("seq_page_cost", 1),
  realSetting("hash_mem_multiplier", 2, { min: 1, max: 1000 }, NO_EFFECT),
  acceptedInteger("client_connection_check_interval", 0, 0, INT_MAX, "ms"),
  acceptedInteger("default_statistics_target", 100, 1, 10000),
  acceptedInteger("effective_cache_size", 524288, 1, INT_MAX, "8kB"),
  acceptedInteger("effective_io_concurrency", 1, 0, 1000),
  acceptedInteger("from_collapse_limit", 8, 1, INT_MAX),
  acceptedInteger("geqo_threshold", 12, 2, INT_MAX),
  acceptedInteger("join_collapse_limit", 8, 1, INT_MAX),
  acceptedInteger("lock_timeout", 0, 0, INT_MAX, "ms"),
  acceptedInteger("maintenance_work_mem", 65536, 1024, INT_MAX, "kB"),
  acceptedInteger("max_parallel_maintenance_workers", 2, 0, 1024),
  acceptedInteger("max_parallel_workers", 8, 0, 1024),
  acceptedInteger("max_parallel_workers_per_gather", 2, 0, 1024),
  acceptedInteger("tcp_keepalives_count", 0, 0, INT_MAX),
  acceptedInteger("tcp_keepalives_idle", 0, 0, INT_MAX, "s"),
  acceptedInteger("tcp_keepalives_interval", 0, 0, INT_MAX, "s"),
  acceptedInteger("tcp_user_timeout", 0, 0, INT_MAX, "ms"),
  acceptedInteger("temp_buffers", 1024, 100, 1073741823, "8kB"),
  acceptedInteger("work_mem", 4096, 64, INT_MAX, "kB"),
  enumSetting("backslash_quote", "safe_encoding", ["safe_encoding", "on", "off"], NO_EFFECT, {
    aliases: BOOLEAN_ALIASES,
  }),
  enumSetting("constraint_exclusion", "partition", ["partition", "on", "off"], NO_EFFECT, {
    aliases: BOOLEAN_ALIASES,
  }),
  enumSetting("force_parallel_mode", "off", ["off", "on", "regress"], NO_EFFECT, {
    aliases: BOOLEAN_ALIASES,
  }),
  enumSetting(
    "plan_cache_mode",
    "auto",
    ["auto", "force_generic_plan", "force_custom_plan"],
    NO_EFFECT,
  ),
  enumSetting(
    "synchronous_commit",
    "on",
    ["local", "remote_write", "remote_apply", "on", "off"],
    NO_EFFECT,
    { aliases: BOOLEAN_ALIASES },
  ),
  enumSetting("xmlbinary", "base64", ["base64", "hex"], NO_EFFECT),
  enumSetting("xmloption", "content", ["content", "document"], NO_EFFECT),
  enumSetting("default_toast_compression", "pglz", ["pglz", "lz4"], NO_EFFECT),
];
