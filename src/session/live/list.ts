import { KNOWN_SETTINGS, shortNumber, type SettingDefinition } from "../settings/index.js";
import { TYPE_FACTS, typeOfOid } from "../../types/index.js";
import type { SessionActivity } from "../activity/session-registry.js";
import type { SessionState } from "../session-state.js";
import { timeText, truth, type LiveRelation, type LiveValue } from "./live-relation.js";

const ACTIVITY: LiveRelation = {
  name: "pg_stat_activity",
  columns: [
    ["datid", "oid"],
    ["datname", "name"],
    ["pid", "int4"],
    ["leader_pid", "int4"],
    ["usesysid", "oid"],
    ["usename", "name"],
    ["application_name", "text"],
    ["client_addr", "text"],
    ["client_hostname", "text"],
    ["client_port", "int4"],
    ["backend_start", "timestamptz"],
    ["xact_start", "timestamptz"],
    ["query_start", "timestamptz"],
    ["state_change", "timestamptz"],
    ["wait_event_type", "text"],
    ["wait_event", "text"],
    ["state", "text"],
    ["backend_xid", "int8"],
    ["backend_xmin", "int8"],
    ["query_id", "int8"],
    ["query", "text"],
    ["backend_type", "text"],
  ],
  rows: (state) =>
    state.environment.shared.registry.activities.map((each) => activityRow(each, state)),
};

const HIDDEN = "<insufficient privilege>";

/** What a session does is for its own user and those who may read statistics. */
function activityRow(each: SessionActivity, state: SessionState): readonly LiveValue[] {
  const { database, processId, user, client } = each.identity;
  const isShown = state.mayActFor(user, "pg_read_all_stats");
  const waits = each.state === "active" ? [null, null] : ["Client", "ClientRead"];
  const shown = [
    client?.host ?? null,
    null,
    client === undefined ? null : String(client.port),
    timeText(each.startMicros),
    timeText(each.transactionMicros),
    timeText(each.queryMicros),
    timeText(each.stateChangeMicros),
    ...waits,
    each.state,
  ];
  return [
    null,
    database,
    String(processId),
    null,
    null,
    user,
    each.applicationName,
    ...(isShown ? shown : shown.map(() => null)),
    null,
    null,
    null,
    isShown ? each.query : HIDDEN,
    isShown ? "client backend" : null,
  ];
}

const CURSORS: LiveRelation = {
  name: "pg_cursors",
  columns: [
    ["name", "text"],
    ["statement", "text"],
    ["is_holdable", "bool"],
    ["is_binary", "bool"],
    ["is_scrollable", "bool"],
    ["creation_time", "timestamptz"],
  ],
  rows: ({ portals }) =>
    portals.all.map(({ name, options }) => [
      name,
      options.statementText,
      truth(options.hold),
      truth(options.binary),
      truth(options.retention !== "none"),
      timeText(options.createdMicros),
    ]),
};

const PREPARED_STATEMENTS: LiveRelation = {
  name: "pg_prepared_statements",
  columns: [
    ["name", "text"],
    ["statement", "text"],
    ["prepare_time", "timestamptz"],
    ["parameter_types", "text"],
    ["from_sql", "bool"],
    ["generic_plans", "int8"],
    ["custom_plans", "int8"],
  ],
  rows: ({ statements }) =>
    statements.named.map(({ name, text, preparedMicros, parameterOids, fromSql }) => [
      name,
      text,
      timeText(preparedMicros),
      `{${parameterOids.map(typeDisplay).join(",")}}`,
      truth(fromSql),
      "0",
      "0",
    ]),
};

function typeDisplay(oid: number): string {
  const name = typeOfOid(oid);
  const display = name === undefined ? String(oid) : TYPE_FACTS[name].display;
  return display.includes(" ") ? `"${display}"` : display;
}

const SETTINGS: LiveRelation = {
  name: "pg_settings",
  columns: [
    ["name", "text"],
    ["setting", "text"],
    ["unit", "text"],
    ["category", "text"],
    ["short_desc", "text"],
    ["extra_desc", "text"],
    ["context", "text"],
    ["vartype", "text"],
    ["source", "text"],
    ["min_val", "text"],
    ["max_val", "text"],
    ["enumvals", "text"],
    ["boot_val", "text"],
    ["reset_val", "text"],
    ["sourcefile", "text"],
    ["sourceline", "int4"],
    ["pending_restart", "bool"],
  ],
  rows: (state) => [...KNOWN_SETTINGS.values()].map((definition) => settingRow(definition, state)),
};

function bound(kind: "integer" | "real", value: number): string {
  return kind === "real" ? shortNumber(value) : String(value);
}

function settingRow(definition: SettingDefinition, state: SessionState): readonly LiveValue[] {
  const { name, type, boot, context, description } = definition;
  const snapshot = state.settings.snapshot();
  const setting = snapshot.raw(definition);
  const reset = snapshot.resetValue(definition);
  const hasRange = type.kind === "integer" || type.kind === "real";
  return [
    name,
    setting,
    hasRange ? (type.unit ?? null) : null,
    null,
    description,
    null,
    context,
    type.kind === "boolean" ? "bool" : type.kind,
    setting !== reset ? "session" : reset === boot ? "default" : "client",
    hasRange ? bound(type.kind, type.min) : null,
    hasRange ? bound(type.kind, type.max) : null,
    type.kind === "enum" ? `{${type.values.join(",")}}` : null,
    boot,
    reset,
    null,
    null,
    "f",
  ];
}

const STATEMENTS: LiveRelation = {
  name: "pg_stat_statements",
  columns: [
    ["usename", "name"],
    ["datname", "name"],
    ["queryid", "int8"],
    ["query", "text"],
    ["calls", "int8"],
    ["total_exec_time", "float8"],
    ["min_exec_time", "float8"],
    ["max_exec_time", "float8"],
    ["mean_exec_time", "float8"],
    ["stddev_exec_time", "float8"],
    ["rows", "int8"],
  ],
  rows: (state) =>
    state.environment.shared.statistics.summaries().map((each) => {
      const isShown = state.mayActFor(each.user, "pg_read_all_stats");
      const print = BigInt.asIntN(64, BigInt(`0x${each.fingerprint}`));
      return [
        each.user,
        each.database,
        isShown ? String(print) : null,
        isShown ? each.query : HIDDEN,
        String(each.calls),
        String(each.totalMs),
        String(each.minMs),
        String(each.maxMs),
        String(each.meanMs),
        String(each.deviationMs),
        String(each.rows),
      ];
    }),
};

/** Live relations by name. */
export const LIVE_RELATIONS: ReadonlyMap<string, LiveRelation> = new Map(
  [ACTIVITY, CURSORS, PREPARED_STATEMENTS, SETTINGS, STATEMENTS].map((each) => [each.name, each]),
);
