import { booleanSetting, enumSetting, type SettingDefinition } from "../definition.js";

const LEVELS = ["serializable", "repeatable read", "read committed", "read uncommitted"] as const;

/** The characteristics of transactions: defaults, and of the one that runs. */
export const TRANSACTION_SETTINGS: readonly SettingDefinition[] = [
  booleanSetting("default_transaction_deferrable", false, "Deferrable status of new transactions."),
  enumSetting(
    "default_transaction_isolation",
    "read committed",
    LEVELS,
    "Isolation level of new transactions.",
  ),
  booleanSetting("default_transaction_read_only", false, "Read-only status of new transactions.", {
    reported: true,
  }),
  booleanSetting(
    "transaction_deferrable",
    false,
    "Whether a read-only serializable transaction may wait for a safe snapshot.",
    { perTransaction: true },
  ),
  enumSetting(
    "transaction_isolation",
    "read committed",
    LEVELS,
    "Isolation level of the current transaction.",
    { perTransaction: true },
  ),
  booleanSetting("transaction_read_only", false, "Read-only status of the current transaction.", {
    perTransaction: true,
  }),
];
