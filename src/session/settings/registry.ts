import type { SettingDefinition } from "./definition.js";
import { CLIENT_SETTINGS } from "./known/client.js";
import { COMPATIBLE_SETTINGS } from "./known/compatible.js";
import { ENVIRONMENT_SETTINGS } from "./known/environment.js";
import { INERT_SETTINGS } from "./known/inert.js";
import { MILLRACE_SETTINGS } from "./known/millrace.js";
import { PRESET_SETTINGS } from "./known/preset.js";
import { TRANSACTION_SETTINGS } from "./known/transaction.js";

/** Names compare as PostgreSQL compares them: ASCII letters without case. */
export function settingKey(name: string): string {
  return name.toLowerCase();
}

const ALL = [
  ...CLIENT_SETTINGS,
  ...COMPATIBLE_SETTINGS,
  ...ENVIRONMENT_SETTINGS,
  ...INERT_SETTINGS,
  ...MILLRACE_SETTINGS,
  ...PRESET_SETTINGS,
  ...TRANSACTION_SETTINGS,
];

/** Every setting the server knows, by key, in the order SHOW ALL lists them. */
export const KNOWN_SETTINGS: ReadonlyMap<string, SettingDefinition> = new Map(
  ALL.map((definition): [string, SettingDefinition] => [
    settingKey(definition.name),
    definition,
  ]).sort(([a], [b]) => (a < b ? -1 : 1)),
);

/** What ParameterStatus tells, in PostgreSQL's order. */
export const REPORTED_SETTINGS: readonly SettingDefinition[] = [...KNOWN_SETTINGS.values()].filter(
  (definition) => definition.reported,
);
