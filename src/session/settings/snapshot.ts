import type { Dialect } from "../../parser/index.js";
import type { Authority, SettingDefinition } from "./definition.js";
import { splitIdentifiers, splitList } from "./list.js";
import { KNOWN_SETTINGS, settingKey } from "./registry.js";
import { charsetOf, type Charset } from "../encoding/charset.js";
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

interface OftenAsked {
  readonly timeZone: string;
  readonly dateStyle: string;
  readonly intervalStyle: string;
  readonly extraFloatDigits: number;
  readonly byteaOutput: string;
  readonly statementTimeoutMs: number;
  readonly idleInTransactionTimeoutMs: number;
  readonly idleSessionTimeoutMs: number;
  readonly dialect: Dialect;
}

/** The values of a session's settings at one moment. Immutable; a change makes another one. */
export class SettingsSnapshot {
  private path: readonly string[] | null = null;
  private key: string | null = null;
  private asked: OftenAsked | null = null;
  private converts: Charset | null | undefined;

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
    return this.often.timeZone;
  }

  get dateStyle(): string {
    return this.often.dateStyle;
  }

  get intervalStyle(): string {
    return this.often.intervalStyle;
  }

  get extraFloatDigits(): number {
    return this.often.extraFloatDigits;
  }

  get byteaOutput(): string {
    return this.often.byteaOutput;
  }

  /** What the client's text is converted by; null: it is UTF-8. */
  get charset(): Charset | null {
    if (this.converts === undefined) this.converts = charsetOf(this.text("client_encoding"));
    return this.converts;
  }

  get clientMinMessages(): string {
    return this.text("client_min_messages");
  }

  get statementTimeoutMs(): number {
    return this.often.statementTimeoutMs;
  }

  get lockTimeoutMs(): number {
    return this.number("lock_timeout");
  }

  get idleInTransactionTimeoutMs(): number {
    return this.often.idleInTransactionTimeoutMs;
  }

  get idleSessionTimeoutMs(): number {
    return this.often.idleSessionTimeoutMs;
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
    return this.often.dialect;
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

  /** What every statement asks for, looked up once. */
  private get often(): OftenAsked {
    this.asked ??= {
      timeZone: this.text("TimeZone"),
      dateStyle: this.text("DateStyle"),
      intervalStyle: this.text("IntervalStyle"),
      extraFloatDigits: this.number("extra_float_digits"),
      byteaOutput: this.text("bytea_output"),
      statementTimeoutMs: this.number("statement_timeout"),
      idleInTransactionTimeoutMs: this.number("idle_in_transaction_session_timeout"),
      idleSessionTimeoutMs: this.number("idle_session_timeout"),
      dialect: this.text("millrace.dialect") as Dialect,
    };
    return this.asked;
  }

  private text(name: string): string {
    const definition = KNOWN_SETTINGS.get(settingKey(name));
    return definition === undefined ? "" : this.raw(definition);
  }

  private number(name: string): number {
    return Number(this.text(name));
  }
}
