import { undefinedRole } from "../../../errors/index.js";
import {
  booleanSetting,
  INT_MAX,
  integerSetting,
  stringSetting,
  type CheckScope,
  type SettingDefinition,
} from "../definition.js";

function checkRole(value: string, { authority, user, sessionUser }: CheckScope): string {
  if (value === "none" || (authority === undefined && value === user)) return value;
  if (authority === undefined) throw undefinedRole(value);
  authority.checkRole(value, sessionUser);
  return value;
}

function checkSessionUser(value: string, { authority, user }: CheckScope): string {
  if (value === user) return value;
  if (authority === undefined) throw undefinedRole(value);
  authority.checkSessionUser(value, user);
  return value;
}

const FIXED = { context: "internal" } as const;
const FIXED_REPORTED = { context: "internal", reported: true } as const;
const RESTART = { context: "postmaster" } as const;

/** Facts about the server that clients may ask for and not change. Session start fills some in. */
export const PRESET_SETTINGS: readonly SettingDefinition[] = [
  integerSetting("block_size", 8192, { min: 8192, max: 8192 }, "Size of a disk block.", FIXED),
  booleanSetting("data_checksums", true, "Whether stored pages carry checksums.", FIXED),
  booleanSetting("in_hot_standby", false, "Whether this server is a standby.", FIXED_REPORTED),
  booleanSetting(
    "integer_datetimes",
    true,
    "Whether times are integers of microseconds.",
    FIXED_REPORTED,
  ),
  booleanSetting("is_superuser", true, "Whether the current user is a superuser.", FIXED_REPORTED),
  stringSetting("lc_collate", "C.UTF-8", "Collation of the database.", FIXED),
  stringSetting("lc_ctype", "C.UTF-8", "Character classes of the database.", FIXED),
  stringSetting("listen_addresses", "127.0.0.1", "Addresses the server listens on.", RESTART),
  integerSetting(
    "max_connections",
    1000,
    { min: 1, max: 262143 },
    "Most client connections at a time.",
    RESTART,
  ),
  integerSetting(
    "max_function_args",
    100,
    { min: 100, max: 100 },
    "Most arguments a function takes.",
    FIXED,
  ),
  integerSetting(
    "max_identifier_length",
    63,
    { min: 63, max: 63 },
    "Longest identifier in bytes.",
    FIXED,
  ),
  integerSetting("max_index_keys", 32, { min: 32, max: 32 }, "Most columns of a key.", FIXED),
  integerSetting("port", 5433, { min: 0, max: 65535 }, "TCP port the server listens on.", RESTART),
  stringSetting("server_encoding", "UTF8", "Encoding of the database.", FIXED_REPORTED),
  stringSetting("server_version", "", "PostgreSQL version the server keeps to.", FIXED_REPORTED),
  integerSetting("server_version_num", 0, { min: 0, max: INT_MAX }, "The same as a number.", FIXED),
  stringSetting("role", "none", "The role whose rights hold.", { check: checkRole }),
  stringSetting("session_authorization", "", "The session's user.", {
    reported: true,
    check: checkSessionUser,
  }),
  booleanSetting("ssl", false, "Whether connections may be encrypted.", { context: "sighup" }),
];
