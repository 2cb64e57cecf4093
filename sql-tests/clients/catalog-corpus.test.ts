/** Statements of real clients over the catalogs are answered, all but those listed with a reason. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import pg from "pg";
import { MillraceServer } from "../runner/millrace-server.js";
import { ROOT } from "../runner/repository.js";

const CORPUS = join(ROOT, "sql-tests/corpora/client-queries");

/** Names of the fixture that the statements were captured over, as far as the engine has such things. */
const FIXTURE = [
  "CREATE SCHEMA sales",
  ...["customers", "ct", "parted", "parted_2024", "sales.orders", "sales.daily"].map(
    (name) =>
      `CREATE VIEW ${name} AS SELECT 1 AS id, 'x'::text AS name, 'e'::text AS email, 1.5::numeric(8,2) AS price`,
  ),
];

/** Statements that fail, with the SQLSTATE and why they must. */
const REFUSED: Readonly<Record<string, readonly [sqlstate: string, reason: string]>> = {
  "asyncpg--introspect-types--02.sql": ["42704", "the engine has no enums: mood"],
  "psycopg3--typeinfo--01.sql": ["42704", "the engine has no enums: mood"],
  "psycopg3--typeinfo--02.sql": ["42704", "the engine has no enums: mood"],
  "psycopg3--typeinfo--03.sql": ["42704", "the engine has no composite types: pair"],
  "dbd-pg--meta--20.sql": ["0A000", "the engine has no sequences"],
  "pgcli--completer--13.sql": ["42883", "the engine has no functions of users: add1"],
  "psql15--backslash-sf--01.sql": ["42883", "the engine has no functions of users: add1"],
  "psql15--backslash-dO--01.sql": ["42703", "as psql 15 asks a 15: PostgreSQL 18 renamed it"],
  "psql15--backslash-l--01.sql": ["42703", "as psql 15 asks a 15: PostgreSQL 18 renamed it"],
  "psql15--backslash-l-plus--01.sql": ["42703", "as psql 15 asks a 15: PostgreSQL 18 renamed it"],
  "psql15--on-error-rollback--05.sql": ["22012", "it divides by zero on purpose"],
  "src-airbyte--ctid-check.sql": ["42703", "a relation of the engine has no ctid"],
  "php-pdo--meta--01.sql": ["42703", "the engine has no arrays: tags"],
  "src-pgx--load-type.sql": ["42704", "the engine has no enums: mood"],
  "src-pgx--load-enum.sql": ["42704", "the engine has no enums: mood"],
  "src-pgadmin--connect.sql": ["42883", "set_config over rows of a catalog function is not taken"],
};

let server: MillraceServer;
let client: pg.Client;

before(async () => {
  server = await MillraceServer.start({ arguments: ["--server-version", "14.20"] });
  client = new pg.Client(server.url.replace(/\w+$/, "shop"));
  await client.connect();
  for (const sql of FIXTURE) await client.query(sql);
});

after(async () => {
  await client.end();
  await server.stop();
});

/** A statement with NULL for each parameter whose captured value is no text. */
function statementOf(file: string): { readonly text: string; readonly values: (string | null)[] } {
  const lines = readFileSync(join(CORPUS, file), "utf8").split("\n");
  const text = lines
    .filter((line) => !line.startsWith("-- "))
    .join("\n")
    .trim();
  const header = lines.filter((line) => line.startsWith("-- ")).join("\n");
  const count = Math.max(0, ...[...text.matchAll(/\$(\d+)/g)].map(([, digits]) => Number(digits)));
  const values = Array.from({ length: count }, (_, index) => {
    const found = new RegExp(`\\$${String(index + 1)} ?= ?'((?:[^']|'')*)'`).exec(header);
    return found?.[1] ?? null;
  });
  return { text, values };
}

async function outcome(file: string): Promise<string> {
  try {
    await client.query(statementOf(file));
    return "answered";
  } catch (error) {
    const { code = "?", message } = error as { readonly code?: string; readonly message: string };
    return REFUSED[file]?.[0] === code ? "refused" : `${code} ${message}`;
  }
}

test("every query of the corpus is answered or refused for a reason", async () => {
  const files = readdirSync(CORPUS).filter((file) => file.endsWith(".sql"));
  const queries = files.filter((file) =>
    /^(select|with|values|show|table)\b/i.test(statementOf(file).text),
  );
  assert.ok(queries.length > 300, String(queries.length));
  const outcomes = new Map<string, string>();
  for (const file of queries) outcomes.set(file, await outcome(file));
  const wrong = [...outcomes].filter(([file, found]) => {
    return found !== (Object.hasOwn(REFUSED, file) ? "refused" : "answered");
  });
  assert.deepEqual(wrong, []);
});
