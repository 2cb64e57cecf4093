import {
  SETTINGS_FUNCTION,
  SHOWN_SETTINGS,
  type LiveRow,
  type LiveView,
  type SessionFrame,
} from "../../../catalog/index.js";
import type { SystemMention } from "../../../parser/index.js";
import type { StatementContext } from "../../planner.js";
import { KNOWN_SETTINGS } from "../../settings/registry.js";
import type { SettingDefinition, SettingsSnapshot } from "../../settings/index.js";

/** Settings of a session that change what a catalog query answers. */
const PASSED_ON = [
  "search_path",
  "application_name",
  "DateStyle",
  "IntervalStyle",
  "TimeZone",
  "extra_float_digits",
  "bytea_output",
  "client_min_messages",
] as const;

const SETTINGS_NAMES = new Set(["pg_settings", SETTINGS_FUNCTION]);

/** What of the session goes along with a catalog query. */
export function sessionFrame(
  { session, settings }: StatementContext,
  mention: SystemMention,
  liveViews: readonly LiveView[],
): SessionFrame {
  const names = [...mention.relations, ...mention.functions].map(({ name }) => name);
  const live = new Map<string, string>();
  if (names.some((name) => SETTINGS_NAMES.has(name))) {
    live.set(SETTINGS_FUNCTION, JSON.stringify(settingRows(settings)));
  }
  if (names.includes("current_setting") || names.includes("pg_client_encoding")) {
    const shown = [...KNOWN_SETTINGS.keys()].map((key) => [key, settings.get(key)] as const);
    live.set(SHOWN_SETTINGS, JSON.stringify(Object.fromEntries(shown)));
  }
  for (const view of liveViews) {
    if (names.some((name) => view.mentionedAs.has(name))) {
      live.set(view.functionName, JSON.stringify(view.rows()));
    }
  }
  return {
    user: settings.get("session_authorization") ?? session.user,
    role: settings.get("role") ?? "none",
    database: session.database,
    backendPid: session.processId,
    versionText: session.versionText,
    serverVersion: settings.get("server_version") ?? "",
    serverVersionNumber: settings.get("server_version_num") ?? "",
    settings: new Map(PASSED_ON.map((name) => [name, settings.get(name) ?? ""])),
    live,
  };
}

/** pg_settings of this session. */
function settingRows(settings: SettingsSnapshot): readonly LiveRow[] {
  return [...KNOWN_SETTINGS.values()].map((definition) => {
    const { name, boot, context, description, type } = definition;
    const setting = settings.raw(definition);
    const reset = settings.resetValue(definition);
    return {
      name,
      setting,
      short_desc: description,
      context,
      source: setting !== reset ? "session" : reset !== boot ? "client" : "default",
      boot_val: boot,
      reset_val: reset,
      enumvals: type.kind === "enum" ? type.values : null,
      ...numbersOf(definition),
    };
  });
}

function numbersOf({ type }: SettingDefinition): LiveRow {
  switch (type.kind) {
    case "boolean":
      return { vartype: "bool" };
    case "integer":
    case "real": {
      const { kind, unit, min, max } = type;
      return { vartype: kind, unit: unit ?? null, min_val: String(min), max_val: String(max) };
    }
    case "enum":
    case "string":
      return { vartype: type.kind };
  }
}
