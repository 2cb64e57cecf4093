/**
 * session/settings: what SET, SHOW and RESET work on.
 *
 * May import what stands left of session. Invariant: a stored value is canonical and was checked; values are never
 * changed in place, so going back to an earlier moment is taking its map again.
 * A new setting is a line in one of the files under `known/`. Start reading at session-settings.ts.
 */
export { checkCopyEncoding } from "./client-encoding.js";
export type { Authority, SettingContext, SettingDefinition, SettingType } from "./definition.js";
export { quoteIdentifier } from "./list.js";
export { KNOWN_SETTINGS, settingKey } from "./registry.js";
export {
  SessionSettings,
  type SettingChanges,
  type SettingsOrigin,
  type ShownSetting,
} from "./session-settings.js";
export { SettingsSnapshot } from "./snapshot.js";
export { parseBoolean, shortNumber } from "./value.js";
