import { invalidParameterValue } from "../../../errors/index.js";
import { checkClientEncoding } from "../client-encoding.js";
import { checkDateStyle } from "../date-style.js";
import {
  booleanSetting,
  enumSetting,
  INT_MAX,
  integerSetting,
  stringSetting,
  type SettingDefinition,
} from "../definition.js";
import { splitIdentifiers } from "../list.js";
import { checkTimeZone } from "../time-zone.js";

const TIMEOUT = { min: 0, max: INT_MAX, unit: "ms" } as const;

const MESSAGE_LEVELS = [
  "debug5",
  "debug4",
  "debug3",
  "debug2",
  "debug1",
  "log",
  "notice",
  "warning",
  "error",
] as const;

/** PostgreSQL keeps printable ASCII of a name that other clients may see. */
function checkApplicationName(value: string): string {
  const bytes = Buffer.from(value, "utf8").subarray(0, 63);
  return Array.from(bytes, (byte) =>
    byte < 32 || byte > 126 ? "?" : String.fromCharCode(byte),
  ).join("");
}

function checkSearchPath(value: string): string {
  if (splitIdentifiers(value) !== null) return value;
  throw invalidParameterValue("search_path", value, { detail: "List syntax is invalid." });
}

/** How values read and print, and how the client wants to be talked to. */
export const CLIENT_SETTINGS: readonly SettingDefinition[] = [
  stringSetting("application_name", "", "Names the client program in views and logs.", {
    reported: true,
    check: checkApplicationName,
  }),
  enumSetting("bytea_output", "hex", ["escape", "hex"], "Text form of bytea values."),
  stringSetting("client_encoding", "UTF8", "Character encoding of the client.", {
    reported: true,
    check: checkClientEncoding,
  }),
  enumSetting(
    "client_min_messages",
    "notice",
    MESSAGE_LEVELS,
    "Least severe messages that are sent to the client.",
    { aliases: { debug: "debug2", info: "notice" } },
  ),
  stringSetting("DateStyle", "ISO, MDY", "Text form and field order of dates.", {
    reported: true,
    list: "plain",
    check: checkDateStyle,
  }),
  integerSetting(
    "extra_float_digits",
    1,
    { min: -15, max: 3 },
    "Digits of floating-point text; above 0 is the shortest exact form.",
  ),
  enumSetting(
    "IntervalStyle",
    "postgres",
    ["postgres", "postgres_verbose", "sql_standard", "iso_8601"],
    "Text form of intervals.",
    { reported: true },
  ),
  integerSetting(
    "idle_in_transaction_session_timeout",
    0,
    TIMEOUT,
    "Ends sessions that idle this long inside a transaction; 0 is never.",
  ),
  integerSetting(
    "idle_session_timeout",
    0,
    TIMEOUT,
    "Ends sessions that idle this long outside transactions; 0 is never.",
  ),
  stringSetting("search_path", '"$user", public', "Schemas searched for unqualified names.", {
    list: "quoted",
    check: checkSearchPath,
  }),
  booleanSetting(
    "standard_conforming_strings",
    true,
    "Backslashes in ordinary string constants are literal.",
    { reported: true, only: "on" },
  ),
  integerSetting(
    "statement_timeout",
    0,
    TIMEOUT,
    "Cancels statements that run longer; 0 is never.",
  ),
  stringSetting("TimeZone", "UTC", "Zone of time stamps that are read and printed.", {
    reported: true,
    check: checkTimeZone,
  }),
];
