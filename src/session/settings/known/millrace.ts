import {
  enumSetting,
  integerSetting,
  stringSetting,
  type SettingDefinition,
} from "../definition.js";
import { splitList } from "../list.js";
import { invalidParameterValue } from "../../../errors/index.js";
import { DIALECTS } from "../../../parser/index.js";
import { OPTIONAL_RULES } from "../../../optimizer/index.js";

/** A name that is no rule's would switch nothing off and say nothing. */
function checkRuleNames(value: string): string {
  const names = splitList(value);
  const parameter = "millrace.disabled_rules";
  if (names === null) {
    throw invalidParameterValue(parameter, value, { detail: "List syntax is invalid." });
  }
  const unknown = names.find((name) => !OPTIONAL_RULES.includes(name));
  if (unknown !== undefined) {
    throw invalidParameterValue(parameter, value, {
      detail: `No rule that can be left out is called "${unknown}".`,
      hint: `Available values: ${OPTIONAL_RULES.join(", ")}.`,
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
  enumSetting(
    "millrace.dialect",
    "postgres",
    DIALECTS,
    "Whose SQL queries are written in; all other statements are PostgreSQL's.",
  ),
  stringSetting("millrace.disabled_rules", "", "Optimizer rules that are left out, by name.", {
    list: "plain",
    check: checkRuleNames,
  }),
  enumSetting(
    "millrace.exchange",
    "auto",
    ["auto", "always", "never"],
    "Where plans are cut at exchanges: by estimate, wherever possible, or nowhere.",
  ),
  stringSetting(
    "millrace.rules",
    OPTIONAL_RULES.join(", "),
    "Names of the optimizer rules that may be left out.",
    { context: "internal" },
  ),
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
