import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { NodeTimeZones } from "../../env/node/index.js";
import { SqlError } from "../../errors/index.js";
import { OPTIONAL_RULES } from "../../optimizer/index.js";
import { KNOWN_SETTINGS } from "./registry.js";
import { SessionSettings } from "./session-settings.js";
import { canonicalValue, shownValue } from "./value.js";

const timeZones = new NodeTimeZones();

function settings(server: ReadonlyMap<string, string> = new Map()): SessionSettings {
  return new SessionSettings({ server, timeZones, user: "ann" });
}

/** Sets and shows; an error as its message, detail and hint. */
function said(target: SessionSettings, name: string, ...values: readonly string[]): string {
  try {
    target.set(name, values, false);
    return target.show(name).value;
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    const { detail, hint } = error.fields;
    return [error.sqlstate, error.message, detail, hint].filter(Boolean).join(" | ");
  }
}

/** Each line sets one value after the other in one session; results are PostgreSQL 15's. */
function sequence(name: string, steps: readonly (readonly [string, string])[]): void {
  test(name, () => {
    const target = settings();
    for (const [value, expected] of steps) assert.equal(said(target, name, value), expected, value);
  });
}

const TIME_HINT = 'Valid units for this parameter are "us", "ms", "s", "min", "h", and "d".';
const MEMORY_HINT = 'Valid units for this parameter are "B", "kB", "MB", "GB", and "TB".';

describe("values as PostgreSQL 15 reads, shows and refuses them", () => {
  sequence("DateStyle", [
    ["dmy", "ISO, DMY"],
    ["german", "German, DMY"],
    ["iso, ymd", "ISO, YMD"],
    ["", "ISO, YMD"],
    ["postgres, euro", "Postgres, DMY"],
    ["german, ymd", "German, YMD"],
    ["ymd, german", "German, YMD"],
    ["sql", "SQL, YMD"],
    ["us", "SQL, MDY"],
    ["default", "ISO, MDY"],
    ["noneuro", "ISO, MDY"],
    [
      "foo",
      '22023 | invalid value for parameter "DateStyle": "foo" | Unrecognized key word: "foo".',
    ],
    [
      "iso, sql",
      '22023 | invalid value for parameter "DateStyle": "iso, sql" | Conflicting "datestyle" specifications.',
    ],
    [
      "dmy, mdy",
      '22023 | invalid value for parameter "DateStyle": "dmy, mdy" | Conflicting "datestyle" specifications.',
    ],
    [
      "iso,,mdy",
      '22023 | invalid value for parameter "DateStyle": "iso,,mdy" | List syntax is invalid.',
    ],
  ]);

  sequence("TimeZone", [
    ["+02:00", "+02:00"],
    ["utc+3", "UTC+3"],
    ["est5edt", "EST5EDT"],
    ["europe/berlin", "Europe/Berlin"],
    ["US/eastern", "US/Eastern"],
    ["foo5", "FOO5"],
    ["foo5bar,m3.2.0,m11.1.0", "FOO5BAR,M3.2.0,M11.1.0"],
    ["<abc>3", "<ABC>3"],
    ["-5", "<-05>+05"],
    ["5.5", "<+05:30>-05:30"],
    ["167.99", "<+167:59:24>-167:59:24"],
    ["INTERVAL '-08:00'", "<-08>+08"],
    ["INTERVAL '2'", "<+02>-02"],
    ["xyz", '22023 | invalid value for parameter "TimeZone": "xyz"'],
    ["", '22023 | invalid value for parameter "TimeZone": ""'],
    ["..", '22023 | invalid value for parameter "TimeZone": ".."'],
    ["EST5EDT4,M1 ", '22023 | invalid value for parameter "TimeZone": "EST5EDT4,M1 "'],
    ["abc200", '22023 | invalid value for parameter "TimeZone": "abc200"'],
    [
      "200",
      '22023 | invalid value for parameter "TimeZone": "200" | UTC timezone offset is out of range.',
    ],
    [
      "INTERVAL '1 month'",
      '22023 | invalid value for parameter "TimeZone": "INTERVAL \'1 month\'" | Cannot specify months in time zone interval.',
    ],
  ]);

  sequence("statement_timeout", [
    ["60s", "1min"],
    ["90s", "90s"],
    ["1.5s", "1500ms"],
    ["1.5", "2ms"],
    ["2.5", "2ms"],
    ["0.6", "1ms"],
    ["1 d", "1d"],
    ["1000us", "1ms"],
    ["1e3", "1s"],
    [" 10 ", "10ms"],
    ["0x1F", "31ms"],
    ["010", "8ms"],
    ["0", "0"],
    ["", '22023 | invalid value for parameter "statement_timeout": ""'],
    ["-", '22023 | invalid value for parameter "statement_timeout": "-"'],
    ["abc", '22023 | invalid value for parameter "statement_timeout": "abc"'],
    [
      "-1",
      '22023 | -1 ms is outside the valid range for parameter "statement_timeout" (0 .. 2147483647)',
    ],
    [
      "1 parsec",
      `22023 | invalid value for parameter "statement_timeout": "1 parsec" | ${TIME_HINT}`,
    ],
    [
      "99999999999999",
      '22023 | invalid value for parameter "statement_timeout": "99999999999999" | Value exceeds integer range.',
    ],
  ]);

  sequence("work_mem", [
    ["64MB", "64MB"],
    ["65", "65kB"],
    ["1.5MB", "1536kB"],
    ["1GB", "1GB"],
    ["100000B", "98kB"],
    ["1 mb", `22023 | invalid value for parameter "work_mem": "1 mb" | ${MEMORY_HINT}`],
    ["1", '22023 | 1 kB is outside the valid range for parameter "work_mem" (64 .. 2147483647)'],
  ]);

  sequence("effective_cache_size", [
    ["1GB", "1GB"],
    ["3", "24kB"],
    ["8kB", "8kB"],
  ]);

  sequence("cpu_tuple_cost", [
    ["1.5", "1.5"],
    ["1e10", "1e+10"],
    ["0.000001", "1e-06"],
    ["123456789", "1.23457e+08"],
    ["a", '22023 | invalid value for parameter "cpu_tuple_cost": "a"'],
    [
      "-1",
      '22023 | -1 is outside the valid range for parameter "cpu_tuple_cost" (0 .. 1.79769e+308)',
    ],
  ]);

  sequence("enable_sort", [
    ["tr", "on"],
    ["of", "off"],
    ["oN", "on"],
    ["0", "off"],
    ["1", "on"],
    ["NO", "off"],
    ["yes", "on"],
    ["o", '22023 | parameter "enable_sort" requires a Boolean value'],
    ["2", '22023 | parameter "enable_sort" requires a Boolean value'],
    ["", '22023 | parameter "enable_sort" requires a Boolean value'],
  ]);

  sequence("client_encoding", [
    ["utf-8", "UTF8"],
    ["unicode", "UTF8"],
    ["'utf-8'", "UTF8"],
    ["sql_ascii", "SQL_ASCII"],
    ["foo", '22023 | invalid value for parameter "client_encoding": "foo"'],
    [
      "sjis",
      '0A000 | invalid value for parameter "client_encoding": "sjis" | Conversion between SJIS and UTF8 is not supported.',
    ],
  ]);

  sequence("default_transaction_isolation", [
    ["Serializable", "serializable"],
    [
      "x",
      '22023 | invalid value for parameter "default_transaction_isolation": "x" | Available values: serializable, repeatable read, read committed, read uncommitted.',
    ],
  ]);

  sequence("extra_float_digits", [
    ["3", "3"],
    ["-15", "-15"],
    ["9", '22023 | 9 is outside the valid range for parameter "extra_float_digits" (-15 .. 3)'],
  ]);

  sequence("application_name", [["äö\tü", "???????"]]);
  sequence("role", [
    ["none", "none"],
    ["ann", "ann"],
    ["bob", '22023 | role "bob" does not exist'],
  ]);
  sequence("standard_conforming_strings", [
    ["t", "on"],
    ["off", '0A000 | value "off" of parameter "standard_conforming_strings" is not supported'],
  ]);
});

test("Millrace's own settings are checked, and their prefix is reserved", () => {
  const target = settings();
  assert.equal(said(target, "millrace.vector_size", "1"), "1");
  assert.equal(
    said(target, "millrace.vector_size", "4096"),
    '22023 | 4096 is outside the valid range for parameter "millrace.vector_size" (1 .. 2048)',
  );
  const [rule = "", ...rules] = OPTIONAL_RULES;
  const all = [rule, ...rules].join(", ");
  assert.equal(said(target, "millrace.disabled_rules", rule, ...rules, rule), all);
  assert.deepEqual([...target.snapshot().disabledRules], [rule, ...rules]);
  assert.equal(
    said(target, "millrace.disabled_rules", `${rule}, nosuch`),
    `22023 | invalid value for parameter "millrace.disabled_rules": "${rule}, nosuch" | ` +
      'No rule that can be left out is called "nosuch". | ' +
      `Available values: ${all}.`,
  );
  assert.match(said(target, "millrace.disabled_rules", `${rule},,`), /List syntax is invalid/);
  assert.equal(said(target, "millrace.exchange", "Always"), "always");
  assert.equal(target.snapshot().exchange, "always");
  assert.equal(
    said(target, "millrace.nosuch", "1"),
    '42602 | invalid configuration parameter name "millrace.nosuch" | "millrace" is a reserved prefix.',
  );
});

test("lists, several values, names", () => {
  const target = settings();
  assert.equal(said(target, "search_path", "public", "A b", 'x"y'), 'public, "A b", "x""y"');
  assert.deepEqual(target.snapshot().searchPath, ["public", "A b", 'x"y']);
  assert.equal(said(target, "search_path", "pg_catalog, public"), '"pg_catalog, public"');
  assert.equal(said(target, "search_path", ""), '""');
  assert.deepEqual(target.snapshot().searchPath, []);
  target.set("search_path", undefined, false);
  assert.deepEqual(target.snapshot().searchPath, ["ann", "public"]);
  assert.equal(
    said(target, "statement_timeout", "10", "20"),
    "22023 | SET statement_timeout takes only one argument",
  );
  target.set("TIMEZONE", ["utc"], false);
  assert.equal(target.show("timezone").name, "TimeZone");
  assert.equal(
    said(target, "nosuch", "1"),
    '42704 | unrecognized configuration parameter "nosuch"',
  );
});

test("custom settings: made by SET, empty after RESET, unknown before", () => {
  const target = settings();
  assert.throws(() => target.show("foo.bar"), /unrecognized configuration parameter "foo.bar"/);
  assert.equal(said(target, "Foo.Bar", "1"), "1");
  assert.equal(target.show("foo.bar").name, "Foo.Bar");
  assert.equal(target.snapshot().get("FOO.BAR"), "1");
  target.resetAll();
  assert.equal(target.show("foo.bar").value, "");
  assert.equal(
    said(target, "foo.b-z", "1"),
    '42602 | invalid configuration parameter name "foo.b-z" | Custom parameter names must be two or more simple identifiers separated by dots.',
  );
});

test("what cannot be changed says when it could", () => {
  const target = settings();
  assert.equal(
    said(target, "server_version", "1"),
    '55P02 | parameter "server_version" cannot be changed',
  );
  assert.equal(
    said(target, "max_connections", "3"),
    '55P02 | parameter "max_connections" cannot be changed without restarting the server',
  );
  assert.equal(said(target, "ssl", "on"), '55P02 | parameter "ssl" cannot be changed now');
});

test("server, startup, session and local values lie over each other", () => {
  const target = settings(new Map([["work_mem", "8192"]]));
  const shown = (): string => target.show("work_mem").value;
  assert.equal(shown(), "8MB");
  target.setAtStart("work_mem", "16MB");
  assert.equal(shown(), "16MB");
  const mark = target.mark();
  target.set("work_mem", ["32MB"], false);
  target.set("work_mem", ["64MB"], true);
  assert.equal(shown(), "64MB");
  target.set("work_mem", ["48MB"], false);
  assert.equal(shown(), "48MB", "SET after SET LOCAL wins");
  target.set("work_mem", undefined, true);
  assert.equal(shown(), "16MB", "SET LOCAL TO DEFAULT");
  target.endTransaction();
  assert.equal(shown(), "48MB");
  target.rollbackTo(mark);
  assert.equal(shown(), "16MB");
});

test("a snapshot keeps its values, and is the same object until one changes", () => {
  const target = settings();
  const before = target.snapshot();
  assert.equal(target.snapshot(), before);
  target.set("timezone", ["Asia/Tokyo"], false);
  assert.equal(before.timeZone, "UTC");
  assert.equal(target.snapshot().timeZone, "Asia/Tokyo");
});

test("reports come once for each change of what a client was told", () => {
  const target = settings();
  const names = target.takeReports().map(({ name }) => name);
  assert.equal(names.length, 13);
  assert.deepEqual(target.takeReports(), []);
  target.set("work_mem", ["1GB"], false);
  target.set("timezone", ["UTC"], false);
  assert.deepEqual(target.takeReports(), [], "not reported, or the same value");
  target.set("timezone", ["Asia/Tokyo"], false);
  assert.deepEqual(
    target.takeReports().map(({ value }) => value),
    ["Asia/Tokyo"],
  );
});

test("every known setting starts with a value that its own check accepts", () => {
  for (const definition of KNOWN_SETTINGS.values()) {
    const { name, boot } = definition;
    if (name === "session_authorization") continue; // filled in by each session
    const user = "ann";
    const identity = { user, sessionUser: user, authority: undefined };
    const scope = { timeZones, current: boot, reset: boot, ...identity };
    assert.equal(canonicalValue(definition, name, boot, scope), boot, name);
    assert.equal(typeof shownValue(definition, boot), "string");
    assert.match(definition.description, /^[A-Z`].*\.$/, name);
  }
  assert.equal(settings().showAll().length, KNOWN_SETTINGS.size);
});
