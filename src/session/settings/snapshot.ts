import type { Dialect } from "../../parser/index.js";
import type { Authority, SettingDefinition } from "./definition.js";
import { splitIdentifiers, splitList } from "./list.js";
import { KNOWN_SETTINGS, settingKey } from "./registry.js";
import type { SettingChanges } from "./session-settings.js";
import { shownValue } from "./value.js";

/** Settings that plans depend on, search_path apart. */
const PLANNING_SETTINGS = [
  "TimeZone",
  "DateStyle",
  "IntervalStyle",
  "extra_float_digits",
  "bytea_output",
  "millrace.disabled_rules",
  "millrace.exchange",
  "millrace.threads",
  "millrace.vector_size",
];

/** The values of a session's settings at one moment. Immutable; a change makes another one. */
export class SettingsSnapshot {
  private path: readonly string[] | null = null;
  private key: string | null = null;

  constructor(
    private readonly changes: SettingChanges,
    private readonly start: ReadonlyMap<string, string>,
    private readonly server: ReadonlyMap<string, string>,
    private readonly authority?: Authority,
  ) {}

  /** The value as SHOW and current_setting() print it; null where no such setting is. */
  get(name: string): string | null {
    const key = settingKey(name);
    const definition = KNOWN_SETTINGS.get(key) ?? this.changes.get(key)?.definition;
    return definition === undefined ? null : shownValue(definition, this.raw(definition));
  }

  /** The value in the base unit. */
  raw(definition: SettingDefinition): string {
    if (definition.name === "is_superuser" && this.authority !== undefined) {
      return this.authority.isSuperuser(this.currentUser) ? "on" : "off";
    }
    const changed = this.changes.get(settingKey(definition.name));
    if (changed?.local !== undefined) return changed.local;
    if (changed?.session !== undefined) return changed.session;
    return this.resetValue(definition);
  }

  /** The value that RESET brings. */
  resetValue(definition: SettingDefinition): string {
    if (definition.perTransaction) {
      const standard = KNOWN_SETTINGS.get(`default_${definition.name}`);
      if (standard !== undefined) return this.raw(standard);
    }
    const key = settingKey(definition.name);
    return this.start.get(key) ?? this.server.get(key) ?? definition.boot;
  }

  /** SESSION_USER. */
  get sessionUser(): string {
    return this.text("session_authorization");
  }

  /** CURRENT_USER: whose rights hold. */
  get currentUser(): string {
    const role = this.text("role");
    return role === "none" ? this.sessionUser : role;
  }

  get timeZone(): string {
    return this.text("TimeZone");
  }

  get dateStyle(): string {
    return this.text("DateStyle");
  }

  get intervalStyle(): string {
    return this.text("IntervalStyle");
  }

  get extraFloatDigits(): number {
    return this.number("extra_float_digits");
  }

  get byteaOutput(): string {
    return this.text("bytea_output");
  }

  get clientMinMessages(): string {
    return this.text("client_min_messages");
  }

  get statementTimeoutMs(): number {
    return this.number("statement_timeout");
  }

  get lockTimeoutMs(): number {
    return this.number("lock_timeout");
  }

  get idleInTransactionTimeoutMs(): number {
    return this.number("idle_in_transaction_session_timeout");
  }

  get idleSessionTimeoutMs(): number {
    return this.number("idle_session_timeout");
  }

  get transactionReadOnly(): boolean {
    return this.text("transaction_read_only") === "on";
  }

  /** Schemas in the order they are searched, `"$user"` resolved; schemas need not exist. */
  get searchPath(): readonly string[] {
    this.path ??= (splitIdentifiers(this.text("search_path")) ?? [])
      .map((name) => (name === "$user" ? this.currentUser : name))
      .filter((name) => name !== "");
    return this.path;
  }

  /** Optimizer rules that are switched off. */
  get disabledRules(): ReadonlySet<string> {
    return new Set(splitList(this.text("millrace.disabled_rules")) ?? []);
  }

  /** Whose SQL the session's next text is read as. */
  get dialect(): Dialect {
    return this.text("millrace.dialect") as Dialect;
  }

  get exchange(): "auto" | "always" | "never" {
    return this.text("millrace.exchange") as "auto" | "always" | "never";
  }

  /** Worker threads a query may use; 0 is all. */
  get threads(): number {
    return this.number("millrace.threads");
  }

  get vectorSize(): number {
    return this.number("millrace.vector_size");
  }

  /** Equal where plans are: whoever plans and what every setting says that planning reads. */
  get planKey(): string {
    this.key ??= JSON.stringify([
      this.currentUser,
      this.searchPath,
      ...PLANNING_SETTINGS.map((name) => this.text(name)),
    ]);
    return this.key;
  }

  private text(name: string): string {
    const definition = KNOWN_SETTINGS.get(settingKey(name));
    return definition === undefined ? "" : this.raw(definition);
  }

  private number(name: string): number {
    return Number(this.text(name));
  }
}
