import type { TimeZones } from "../../env/index.js";
import {
  cannotChangeParameter,
  invalidParameterName,
  parameterDenied,
  reservedParameterPrefix,
  settingNotSupported,
  takesOneArgument,
  unrecognizedParameter,
} from "../../errors/index.js";
import { stringSetting, type Authority, type SettingDefinition } from "./definition.js";
import { MILLRACE_PREFIX } from "./known/millrace.js";
import { quoteIdentifier } from "./list.js";
import { KNOWN_SETTINGS, REPORTED_SETTINGS, settingKey } from "./registry.js";
import { SettingsSnapshot } from "./snapshot.js";
import { canonicalValue, shownValue } from "./value.js";

/** What a session or its transaction changed about one setting. */
export interface ChangedValue {
  readonly definition: SettingDefinition;
  /** Undefined: the value RESET brings. */
  readonly session: string | undefined;
  /** SET LOCAL, until the transaction ends. */
  readonly local: string | undefined;
}

/** All changes at one moment. Immutable, so that going back is taking an earlier one. */
export type SettingChanges = ReadonlyMap<string, ChangedValue>;

/** What holds before a session changes anything. */
export interface SettingsOrigin {
  /** Canonical values by key that the server was started with. */
  readonly server: ReadonlyMap<string, string>;
  readonly timeZones: TimeZones;
  readonly user: string;
  readonly authority?: Authority | undefined;
}

/** One line of SHOW ALL. */
export interface ShownSetting {
  readonly name: string;
  readonly value: string;
  readonly description: string;
}

/** Settings that RESET ALL leaves alone. */
const IDENTITY_KEYS: ReadonlySet<string> = new Set(["role", "session_authorization"]);

const CUSTOM_NAME = /^[A-Za-z_][A-Za-z0-9_$]*(\.[A-Za-z_][A-Za-z0-9_$]*)+$/;

/** The settings of one session. */
export class SessionSettings {
  private changes: SettingChanges = new Map();
  /** Values that the startup packet gave: what RESET goes back to. */
  private readonly start = new Map<string, string>();
  private readonly reportedValues = new Map<string, string>();
  private reportedChanges: SettingChanges | null = null;
  private cachedSnapshot: SettingsSnapshot | null = null;

  constructor(private readonly origin: SettingsOrigin) {
    this.start.set("session_authorization", origin.user);
  }

  /** A value of the startup packet; may also be one that SET cannot change. */
  setAtStart(name: string, text: string): void {
    const definition = this.definitionToSet(name);
    if (definition.context !== "backend") this.checkMayChange(definition, name);
    const value = this.canonical(definition, name, text);
    const key = settingKey(name);
    this.start.set(key, value);
    if (!KNOWN_SETTINGS.has(key)) {
      this.change(key, { definition, session: undefined, local: undefined });
    }
    this.cachedSnapshot = null;
  }

  /** SET: `values` undefined is DEFAULT; several belong to a list. */
  set(name: string, values: readonly string[] | undefined, local: boolean): void {
    const definition = this.definitionToSet(name);
    this.checkMayChange(definition, name);
    const text = values === undefined ? undefined : joinValues(definition, name, values);
    this.store(definition, name, text, local);
  }

  /** set_config(): a list's text is taken as it is. Undefined is DEFAULT. */
  setWhole(name: string, text: string | undefined, local: boolean): void {
    const definition = this.definitionToSet(name);
    this.checkMayChange(definition, name);
    this.store(definition, name, text, local);
  }

  private checkMayChange({ name, context }: SettingDefinition, typed: string): void {
    if (context === "user") return;
    if (context !== "superuser") throw cannotChangeParameter(name, context);
    const { authority } = this.origin;
    if (authority?.isSuperuser(this.snapshot().currentUser) === false) {
      throw parameterDenied(typed);
    }
  }

  private store(
    definition: SettingDefinition,
    name: string,
    text: string | undefined,
    local: boolean,
  ): void {
    const value = text === undefined ? undefined : this.canonical(definition, name, text);
    const key = settingKey(name);
    const before = this.changes.get(key);
    if (local || definition.perTransaction) {
      const session = before?.session;
      this.change(key, { definition, session, local: value ?? this.resetValue(definition) });
    } else {
      this.change(key, { definition, session: value, local: undefined });
    }
  }

  /** RESET ALL: who the session is stays. */
  resetAll(): void {
    const changes = new Map<string, ChangedValue>();
    for (const [key, value] of this.changes) {
      if (value.definition.perTransaction || IDENTITY_KEYS.has(key)) changes.set(key, value);
      else if (!KNOWN_SETTINGS.has(key)) {
        changes.set(key, { ...value, session: undefined, local: undefined });
      }
    }
    this.replace(changes);
  }

  /** SHOW: the setting's own spelling of its name, and its value. */
  show(name: string): ShownSetting {
    return shown(this.definition(name), this.snapshot());
  }

  /** SHOW ALL. */
  showAll(): readonly ShownSetting[] {
    const snapshot = this.snapshot();
    return [...KNOWN_SETTINGS.values()].map((definition) => shown(definition, snapshot));
  }

  /** The values of this moment; the same object until a value changes. */
  snapshot(): SettingsSnapshot {
    this.cachedSnapshot ??= new SettingsSnapshot(
      this.changes,
      this.start,
      this.origin.server,
      this.origin.authority,
    );
    return this.cachedSnapshot;
  }

  /** Where a rollback would go back to. */
  mark(): SettingChanges {
    return this.changes;
  }

  rollbackTo(mark: SettingChanges): void {
    this.replace(mark);
  }

  /** Ends SET LOCAL. */
  endTransaction(): void {
    if (![...this.changes.values()].some((value) => value.local !== undefined)) return;
    const kept = new Map<string, ChangedValue>();
    for (const [key, value] of this.changes) kept.set(key, { ...value, local: undefined });
    this.replace(kept);
  }

  /** Reported settings whose value is another than the client was told last. */
  takeReports(): readonly ShownSetting[] {
    if (this.reportedChanges === this.changes) return [];
    this.reportedChanges = this.changes;
    const snapshot = this.snapshot();
    const reports = REPORTED_SETTINGS.map((definition) => shown(definition, snapshot)).filter(
      ({ name, value }) => this.reportedValues.get(name) !== value,
    );
    for (const { name, value } of reports) this.reportedValues.set(name, value);
    return reports;
  }

  private canonical(definition: SettingDefinition, typed: string, text: string): string {
    const value = canonicalValue(definition, typed, text, {
      timeZones: this.origin.timeZones,
      current: this.snapshot().raw(definition),
      reset: this.resetValue(definition),
      user: this.origin.user,
      sessionUser: this.snapshot().sessionUser,
      authority: this.origin.authority,
    });
    if (definition.only !== undefined && value !== definition.only) {
      throw settingNotSupported(definition.name, value);
    }
    return value;
  }

  private resetValue(definition: SettingDefinition): string {
    return this.snapshot().resetValue(definition);
  }

  /** The setting of that name; a custom one must have been set before. */
  private definition(name: string): SettingDefinition {
    const key = settingKey(name);
    const found = KNOWN_SETTINGS.get(key) ?? this.changes.get(key)?.definition;
    if (found === undefined) throw unrecognizedParameter(name);
    return found;
  }

  /** The same, or a new custom setting where the name may be one: `prefix.name`. */
  private definitionToSet(name: string): SettingDefinition {
    const key = settingKey(name);
    const found = KNOWN_SETTINGS.get(key) ?? this.changes.get(key)?.definition;
    if (found !== undefined) return found;
    if (!name.includes(".")) throw unrecognizedParameter(name);
    if (key.startsWith(`${MILLRACE_PREFIX}.`)) {
      throw reservedParameterPrefix(name, MILLRACE_PREFIX);
    }
    if (!CUSTOM_NAME.test(name)) throw invalidParameterName(name);
    return stringSetting(name, "", "");
  }

  private change(key: string, value: ChangedValue): void {
    this.replace(new Map(this.changes).set(key, value));
  }

  private replace(changes: SettingChanges): void {
    if (changes === this.changes) return;
    this.changes = changes;
    this.cachedSnapshot = null;
  }
}

function joinValues(
  definition: SettingDefinition,
  typed: string,
  values: readonly string[],
): string {
  const list = definition.type.kind === "string" ? definition.type.list : undefined;
  if (values.length > 1 && list === undefined) throw takesOneArgument(typed);
  return list === "quoted" ? values.map(quoteIdentifier).join(", ") : values.join(", ");
}

function shown(definition: SettingDefinition, snapshot: SettingsSnapshot): ShownSetting {
  const value = shownValue(definition, snapshot.raw(definition));
  return { name: definition.name, value, description: definition.description };
}
