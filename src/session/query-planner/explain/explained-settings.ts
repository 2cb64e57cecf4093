import { invariant } from "../../../errors/index.js";
import { KNOWN_SETTINGS } from "../../settings/index.js";
import type { SettingsSnapshot } from "../../settings/index.js";

/** Settings that a plan or its run depends on. */
const EXPLAINED = [
  "millrace.disabled_rules",
  "millrace.exchange",
  "millrace.threads",
  "millrace.vector_size",
  "search_path",
] as const;

/** Those of them that are not at their defaults, by name. */
export function explainedSettings(
  settings: SettingsSnapshot,
): readonly { readonly name: string; readonly value: string }[] {
  return EXPLAINED.flatMap((name) => {
    const definition = KNOWN_SETTINGS.get(name);
    invariant(definition !== undefined, `a setting called ${name}`);
    if (settings.raw(definition) === definition.boot) return [];
    return [{ name, value: settings.get(name) ?? "" }];
  });
}
