import { integerSetting, stringSetting, type SettingDefinition } from "../definition.js";
import { splitList } from "../list.js";
import { invalidParameterValue } from "../../../errors/index.js";

const RULE_NAME = /^[a-z][a-z0-9_-]*$/;

function checkRuleNames(value: string): string {
  const names = splitList(value);
  if (names === null || !names.every((name) => RULE_NAME.test(name))) {
    throw invalidParameterValue("millrace.disabled_rules", value, {
      detail: "List syntax is invalid.",
    });
  }
  return [...new Set(names)].join(", ");
}

/** Names under this prefix are ours: one that is not listed is an error, not a custom parameter. */
export const MILLRACE_PREFIX = "millrace";

/** Most worker threads one query may ask for. */
const MAX_THREADS = 1024;
/** Rows of a full vector; the engine's buffers are made for no more. */
const MAX_VECTOR_SIZE = 2048;

/** Millrace's own settings. */
export const MILLRACE_SETTINGS: readonly SettingDefinition[] = [
  stringSetting("millrace.disabled_rules", "", "Optimizer rules that are left out, by name.", {
    list: "plain",
    check: checkRuleNames,
  }),
  integerSetting(
    "millrace.threads",
    0,
    { min: 0, max: MAX_THREADS },
    "Worker threads a query uses; 0 is all that the server has.",
  ),
  integerSetting(
    "millrace.vector_size",
    MAX_VECTOR_SIZE,
    { min: 1, max: MAX_VECTOR_SIZE },
    "Rows that an operator takes at a time.",
  ),
];
