import {
  invalidNameSyntax,
  invalidParameterValue,
  undefinedTablespace,
} from "../../../errors/index.js";
import { NO_EFFECT, stringSetting, type SettingDefinition } from "../definition.js";
import { splitIdentifiers } from "../list.js";

const TABLESPACE = "pg_default";

/** Names of the locales there are: the collation is C.UTF-8, and words are English. */
function checkLocale(parameter: string): (value: string) => string {
  return (value) => {
    if (/^(|C|POSIX|C\.UTF-?8)$/i.test(value)) return value;
    throw invalidParameterValue(parameter, value);
  };
}

function checkTablespace(value: string): string {
  if (value === "" || value === TABLESPACE) return value;
  const detail = `Tablespace "${value}" does not exist.`;
  throw invalidParameterValue("default_tablespace", value, { detail });
}

function checkTablespaces(value: string): string {
  const names = splitIdentifiers(value);
  if (names === null) {
    const detail = "List syntax is invalid.";
    throw invalidParameterValue("temp_tablespaces", value, { detail });
  }
  const unknown = names.find((name) => name !== "" && name !== TABLESPACE);
  if (unknown !== undefined) throw undefinedTablespace(unknown);
  return value;
}

function checkAccessMethod(value: string): string {
  const parameter = "default_table_access_method";
  if (value === "") {
    const detail = `${parameter} cannot be empty.`;
    throw invalidParameterValue(parameter, value, { detail });
  }
  if (value === "heap") return value;
  const detail = `Table access method "${value}" does not exist.`;
  throw invalidParameterValue(parameter, value, { detail });
}

const TEXT_SEARCH = new Set(
  (
    "simple arabic armenian basque catalan danish dutch english finnish french german greek hindi " +
    "hungarian indonesian irish italian lithuanian nepali norwegian portuguese romanian russian " +
    "serbian spanish swedish tamil turkish yiddish"
  ).split(" "),
);

function checkTextSearch(value: string): string {
  if (value.trim() === "") throw invalidNameSyntax();
  const name = value.replace(/^pg_catalog\./, "");
  if (TEXT_SEARCH.has(name)) return `pg_catalog.${name}`;
  throw invalidParameterValue("default_text_search_config", value);
}

const ABBREVIATIONS = ["Default", "Australia", "India"];

function checkAbbreviations(value: string): string {
  const found = ABBREVIATIONS.find((each) => each.toLowerCase() === value.toLowerCase());
  if (found === undefined) throw invalidParameterValue("timezone_abbreviations", value);
  return value;
}

const LOCALES = ["lc_monetary", "lc_numeric", "lc_time"] as const;

/** What names something that a PostgreSQL has around it: locales, tablespaces, dictionaries. */
export const ENVIRONMENT_SETTINGS: readonly SettingDefinition[] = [
  ...LOCALES.map((name) => stringSetting(name, "C.UTF-8", NO_EFFECT, { check: checkLocale(name) })),
  stringSetting("lc_messages", "C.UTF-8", NO_EFFECT, {
    context: "superuser",
    check: checkLocale("lc_messages"),
  }),
  stringSetting("default_table_access_method", "heap", NO_EFFECT, { check: checkAccessMethod }),
  stringSetting("default_tablespace", "", NO_EFFECT, { check: checkTablespace }),
  stringSetting("temp_tablespaces", "", NO_EFFECT, { list: "quoted", check: checkTablespaces }),
  stringSetting("default_text_search_config", "pg_catalog.english", NO_EFFECT, {
    check: checkTextSearch,
  }),
  stringSetting("timezone_abbreviations", "Default", NO_EFFECT, { check: checkAbbreviations }),
];
