/** Every setting that a PostgreSQL session may change: values taken, canonical text, errors, reports. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ObservedSession } from "./observed.js";
import { ServerPair } from "./server-pair.js";

let pair: ServerPair;

before(async () => {
  pair = await ServerPair.start();
});

after(() => pair.stop());

interface Setting {
  readonly name: string;
  readonly kind: string;
  readonly min: string;
  readonly max: string;
  readonly values: readonly string[];
}

const BOOLEANS = [
  "on",
  "OFF",
  "true",
  "f",
  "YES",
  "n",
  "1",
  "0",
  "o",
  "of",
  "2",
  "",
  "maybe",
  " on",
];
const NUMBERS = [
  "",
  "x",
  "1.5",
  "-1",
  " 7 ",
  "1e1",
  "0x10",
  "010",
  "1kB",
  "8 MB",
  "2min",
  "1h",
  "3us",
  "1XB",
  "99999999999",
];

/** Values for those whose values are names of something. */
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  application_name: ["app", "ä p\u0001p"],
  client_encoding: [
    "utf8",
    "UTF-8",
    "'utf-8'",
    "unicode",
    "SQL_ASCII",
    "nosuch",
    "",
    "MULE_INTERNAL",
  ],
  DateStyle: [
    ...["ISO", "iso, dmy", "German", "SQL, YMD", "postgres", "dmy", "ISO, SQL", "x", "", "iso,"],
    ...["european", "US", "noneuro", "default", "ISO, DMY, MDY", "German, MDY", "Postgres , ymd"],
  ],
  TimeZone: [
    ...[
      "utc",
      "Europe/Berlin",
      "europe/berlin",
      "EST",
      "EST5EDT",
      "+3",
      "-3.5",
      "7",
      "1e1",
      "Mars/X",
      "",
    ],
    ...[
      "UTC+3",
      "<+02>-02",
      "posix/UTC",
      "PST8PDT",
      "Asia/Kolkata",
      "foo",
      "default",
      "168",
      "-167",
    ],
  ],
  search_path: ["a,b", 'a, B, "C d"', '"$user", public', "", "a,,b", '"a', "a b", "A.b"],
  default_tablespace: ["", "pg_default", "nosuch"],
  temp_tablespaces: ["", "pg_default", "nosuch", "\"pg_default\", ''", "a,"],
  default_table_access_method: ["heap", "nosuch", ""],
  default_text_search_config: ["english", "pg_catalog.simple", "nosuch", ""],
  timezone_abbreviations: ["Default", "India", "nosuch"],
  lc_messages: ["C", "POSIX", "nosuch"],
  lc_monetary: ["C", "POSIX", "C.UTF-8", "nosuch"],
  lc_numeric: ["C", "POSIX", "nosuch"],
  lc_time: ["C", "", "nosuch"],
  restrict_nonsystem_relation_kind: ["view", "view, foreign-table", "x", "", "view,"],
};

/** These name what is not here, or bound what is not here, in their own ways. */
const ASIDE = new Set([
  // Bounded by the system's limit on stacks.
  "max_stack_depth",
  // Only SCRAM verifiers are made: 0A000 for md5.
  "password_encryption",
  // Conversions of the wire; tested by what they convert.
  "client_encoding",
  // Only one value works here: 0A000 for the others.
  "array_nulls",
  "standard_conforming_strings",
  "transform_null_equals",
  // Names of code.
  "backtrace_functions",
  "wal_consistency_checking",
  "local_preload_libraries",
  "session_preload_libraries",
  "dynamic_library_path",
  "extension_destdir",
  // Those of a transaction that has begun.
  "transaction_isolation",
  "transaction_read_only",
  "transaction_deferrable",
  // Needs a library or operating system that has it.
  "jit",
  "effective_io_concurrency",
  "maintenance_io_concurrency",
  "backend_flush_after",
  "debug_discard_caches",
  "client_connection_check_interval",
  "tcp_keepalives_count",
  "tcp_keepalives_idle",
  "tcp_keepalives_interval",
  "tcp_user_timeout",
  // Would hide what this test looks at.
  "client_min_messages",
]);

async function settings(url: string): Promise<readonly Setting[]> {
  const session = await ObservedSession.open(url);
  session.heardSince();
  const said =
    await session.say(`SELECT name, vartype, coalesce(min_val, ''), coalesce(max_val, ''),
    coalesce(array_to_string(enumvals, ','), '') FROM pg_settings
    WHERE context IN ('user', 'superuser') ORDER BY name COLLATE "C"`);
  await session.close();
  return said
    .split("\n")
    .slice(1)
    .map((line) => {
      const [name = "", kind = "", min = "", max = "", values = ""] = JSON.parse(line) as string[];
      return { name, kind, min, max, values: values === "" ? [] : values.split(",") };
    });
}

function valuesFor({ name, kind, min, max, values }: Setting): readonly string[] {
  switch (kind) {
    case "bool":
      return BOOLEANS;
    case "enum":
      return [...values, ...values.map((value) => value.toUpperCase()), "nosuch", "", "1", "true"];
    case "integer":
      return [min, max, String(Number(min) - 1), String(Number(max) + 1), ...NUMBERS];
    case "real":
      return [min, max, ...NUMBERS];
    default:
      return TEXTS[name] ?? ["some text", ""];
  }
}

function statementsFor(setting: Setting): readonly string[] {
  const { name } = setting;
  const sets = valuesFor(setting).flatMap((value) => {
    const literal = `'${value.replaceAll("'", "''")}'`;
    return [`SET ${name} = ${literal}`, `SHOW ${name}`];
  });
  return [
    ...sets,
    ...[`RESET ${name}`, `SHOW ${name}`, `SELECT current_setting('${name}')`],
    ...[`BEGIN`, `SET LOCAL ${name} TO DEFAULT`, `SHOW ${name}`, `ROLLBACK`, `SHOW ${name}`],
  ];
}

test("each setting takes what PostgreSQL takes, shows it so, and reports it", async () => {
  const [first] = pair.urls;
  const all = (await settings(first)).filter(({ name }) => !ASIDE.has(name));
  assert.ok(all.length > 150);
  // Defaults may be others where they say what a server has.
  const different = await pair.differences(all.flatMap(statementsFor));
  assert.equal(different.length, 0, different.join("\n"));
});
