import { KNOWN_SETTINGS, type SettingDefinition } from "../settings/index.js";
import { TYPE_FACTS, typeOfOid } from "../../types/index.js";
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
  rows: ({ environment }) =>
    environment.shared.registry.activities.map((each) => [
      null,
      each.identity.database,
      String(each.identity.processId),
      null,
      null,
      each.identity.user,
      each.applicationName,
      each.identity.client?.host ?? null,
      null,
      each.identity.client === undefined ? null : String(each.identity.client.port),
      timeText(each.startMicros),
      timeText(each.transactionMicros),
      timeText(each.queryMicros),
      timeText(each.stateChangeMicros),
      ...(each.state === "active" ? [null, null] : ["Client", "ClientRead"]),
      each.state,
      null,
      null,
      null,
      each.query,
      "client backend",
    ]),
};

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
    hasRange ? String(type.min) : null,
    hasRange ? String(type.max) : null,
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
  rows: ({ environment }) =>
    environment.shared.statistics
      .summaries()
      .map((each) => [
        each.user,
        each.database,
        String(BigInt.asIntN(64, BigInt(`0x${each.fingerprint}`))),
        each.query,
        String(each.calls),
        String(each.totalMs),
        String(each.minMs),
        String(each.maxMs),
        String(each.meanMs),
        String(each.deviationMs),
        String(each.rows),
      ]),
};

/** Live relations by name. */
export const LIVE_RELATIONS: ReadonlyMap<string, LiveRelation> = new Map(
  [ACTIVITY, CURSORS, PREPARED_STATEMENTS, SETTINGS, STATEMENTS].map((each) => [each.name, each]),
);
