import type { TimeZones } from "../../env/index.js";

/** When a setting may be changed, PostgreSQL's pg_settings.context. */
export type SettingContext =
  "internal" | "postmaster" | "sighup" | "backend" | "superuser" | "user";

/** What a value is counted in when written without a unit. */
export type SettingUnit = "B" | "kB" | "8kB" | "MB" | "ms" | "s" | "min";

/** Who may act as whom; the session's question to who knows the roles. */
export interface Authority {
  /** Throws unless `sessionUser` may SET ROLE to it. */
  checkRole(role: string, sessionUser: string): void;
  /** Throws unless who logged in as `loginUser` may become `user` altogether. */
  checkSessionUser(user: string, loginUser: string): void;
  isSuperuser(user: string): boolean;
  /** Whether `user` has the rights of `role` without becoming it. */
  hasRightsOf(user: string, role: string): boolean;
}

/** What the check of a string setting may look at. */
export interface CheckScope {
  readonly timeZones: TimeZones;
  /** The value now and the one RESET would bring, canonical. */
  readonly current: string;
  readonly reset: string;
  /** Who logged in. */
  readonly user: string;
  /** Who the session is now; its login user unless it changed. */
  readonly sessionUser: string;
  /** Undefined where there are no roles to change to. */
  readonly authority: Authority | undefined;
}

export type SettingType =
  | { readonly kind: "boolean" }
  | {
      readonly kind: "integer";
      readonly min: number;
      readonly max: number;
      readonly unit?: SettingUnit;
    }
  | {
      readonly kind: "real";
      readonly min: number;
      readonly max: number;
      readonly unit?: SettingUnit;
    }
  /** `aliases` are accepted and not listed. */
  | {
      readonly kind: "enum";
      readonly values: readonly string[];
      readonly aliases?: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: "string";
      /** SET takes several values; `quoted` ones are identifiers and keep their quotes. */
      readonly list?: "plain" | "quoted";
      /** Answers the canonical text; throws where the value is wrong. */
      readonly check?: (value: string, scope: CheckScope) => string;
    };

/**
 * A parameter that SET, SHOW and the startup packet know. Values are kept as text in the base unit
 * ("60000" of statement_timeout, "on" of a boolean).
 */
export interface SettingDefinition {
  /** As SHOW titles it; found whatever the case. */
  readonly name: string;
  readonly type: SettingType;
  /** The value before anybody sets one. */
  readonly boot: string;
  readonly context: SettingContext;
  readonly description: string;
  /** Reported by ParameterStatus at the start and whenever it changed. */
  readonly reported: boolean;
  /** Holds for the running transaction only; without one, the value of `default_` + its name. */
  readonly perTransaction: boolean;
  /** The one value that works here; another valid one is 0A000. */
  readonly only: string | undefined;
}

/** Spellings of booleans that settings take which are more than booleans. */
export const BOOLEAN_ALIASES = {
  true: "on",
  yes: "on",
  "1": "on",
  false: "off",
  no: "off",
  "0": "off",
} as const;

/** Described so where only PostgreSQL has what a setting is about. */
export const NO_EFFECT = "Accepted for PostgreSQL's clients; has no effect here.";

interface Marks {
  readonly context?: SettingContext;
  readonly reported?: boolean;
  readonly perTransaction?: boolean;
  readonly only?: string;
}

function define(
  name: string,
  type: SettingType,
  boot: string,
  description: string,
  marks: Marks,
): SettingDefinition {
  return {
    name,
    type,
    boot,
    description,
    context: marks.context ?? "user",
    reported: marks.reported ?? false,
    perTransaction: marks.perTransaction ?? false,
    only: marks.only,
  };
}

export function booleanSetting(
  name: string,
  boot: boolean,
  description: string,
  marks: Marks = {},
): SettingDefinition {
  return define(name, { kind: "boolean" }, boot ? "on" : "off", description, marks);
}

export const INT_MAX = 2147483647;

export function integerSetting(
  name: string,
  boot: number,
  range: { readonly min: number; readonly max: number; readonly unit?: SettingUnit },
  description: string,
  marks: Marks = {},
): SettingDefinition {
  return define(name, { kind: "integer", ...range }, String(boot), description, marks);
}

export function realSetting(
  name: string,
  boot: number,
  range: { readonly min: number; readonly max: number; readonly unit?: SettingUnit },
  description: string,
  marks: Marks = {},
): SettingDefinition {
  return define(name, { kind: "real", ...range }, String(boot), description, marks);
}

export function enumSetting(
  name: string,
  boot: string,
  values: readonly string[],
  description: string,
  marks: Marks & { readonly aliases?: Readonly<Record<string, string>> } = {},
): SettingDefinition {
  const { aliases } = marks;
  const type = { kind: "enum", values, ...(aliases === undefined ? {} : { aliases }) } as const;
  return define(name, type, boot, description, marks);
}

type StringType = Extract<SettingType, { kind: "string" }>;

export function stringSetting(
  name: string,
  boot: string,
  description: string,
  marks: Marks & Omit<StringType, "kind"> = {},
): SettingDefinition {
  const { list, check } = marks;
  const type: StringType = {
    kind: "string",
    ...(list === undefined ? {} : { list }),
    ...(check === undefined ? {} : { check }),
  };
  return define(name, type, boot, description, marks);
}
