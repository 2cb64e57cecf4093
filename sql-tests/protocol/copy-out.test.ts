/** COPY … TO STDOUT: the bytes are PostgreSQL's, for every type and format; refusals are, too. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import { startMillrace, startPostgres, type Environment } from "../runner/environment.js";

const TABLES = ["integers", "numerics", "floats", "strings", "bytes", "times", "flags"] as const;
const OPTIONS = [
  "",
  "(FORMAT csv)",
  "(FORMAT csv, HEADER, FORCE_QUOTE *, DELIMITER ';', NULL '-')",
  "(FORMAT csv, QUOTE '''', ESCAPE '\\', HEADER)",
  "(DELIMITER '|', NULL 'none', HEADER)",
  "(FORMAT binary)",
  "CSV",
  "DELIMITER AS '~' NULL AS ''",
] as const;
const OTHERS = [
  "COPY nothing TO STDOUT",
  "COPY nothing TO STDOUT (FORMAT csv, HEADER)",
  "COPY nothing TO STDOUT (FORMAT binary)",
  "COPY nulls TO STDOUT (FORMAT csv, FORCE_QUOTE *)",
  "COPY employees (name, id) TO STDOUT (FORMAT csv, FORCE_QUOTE (name))",
  "COPY (SELECT interval '1 mon 2 days 03:04:05', 'ab'::char(4), now() = now()) TO STDOUT",
  "COPY (SELECT interval '1 mon 2 days 03:04:05', 'ab'::char(4)) TO STDOUT (FORMAT binary)",
  "COPY (SELECT E'\\t\\\\\\n\\r\\b\\f\\x01|,\"') TO STDOUT",
  "COPY (SELECT E'\\t\\\\\\n\\r\\b\\f\\x01|,\"', '\\.') TO STDOUT CSV",
  "COPY (SELECT '\\.') TO STDOUT CSV",
  `COPY (SELECT 1 AS "a,b", 2 AS "q""q", 3 AS "t	t") TO STDOUT CSV HEADER`,
  `COPY (SELECT 1 AS "a,b", 2 AS "q\\q", 3 AS "t	t") TO STDOUT (HEADER)`,
  `COPY (SELECT ARRAY[id, NULL], ARRAY[t, 'a"b'], ROW(id, t) FROM strings ORDER BY id) TO STDOUT`,
  `COPY (SELECT ARRAY[id, NULL], ARRAY[t, 'a"b'], ROW(id, t) FROM strings ORDER BY id) TO STDOUT CSV`,
  "COPY (SELECT ARRAY[id, 7], ROW(id, t), ARRAY[ROW(1)] FROM strings) TO STDOUT (FORMAT binary)",
  "COPY (SELECT id, name FROM many ORDER BY id) TO STDOUT",
  "COPY (SELECT id, price, day FROM many ORDER BY id) TO STDOUT (FORMAT binary)",
] as const;
const REFUSED = [
  "COPY missing TO STDOUT",
  "COPY employees (nope) TO STDOUT",
  "COPY employees (id, id) TO STDOUT",
  "COPY employees (id) TO STDOUT (FORMAT csv, FORCE_QUOTE (name))",
  "COPY (SELECT 1) TO STDOUT (FORMAT csv, FORCE_QUOTE (name))",
  "COPY (SELECT $1) TO STDOUT",
  ...[
    "FORMAT foo",
    "FORMAT csv, FORMAT csv",
    "NOSUCH",
    "DELIMITER 'ab'",
    "DELIMITER 'a'",
    "DELIMITER E'\\n'",
    "NULL E'\\n'",
    "NULL E'a\\tb'",
    "FORMAT csv, NULL '\"'",
    "FORMAT csv, DELIMITER '\"'",
    "FORMAT csv, QUOTE 'ab'",
    "FORMAT csv, ESCAPE 'ab'",
    "QUOTE '\"'",
    "ESCAPE '\"'",
    "FORMAT binary, DELIMITER ','",
    "FORMAT binary, NULL ''",
    "FORMAT binary, HEADER",
    "HEADER match",
    "HEADER maybe",
    "FREEZE maybe",
    "FORCE_QUOTE *",
    "FORCE_NULL (a)",
    "FORMAT csv, FORCE_NULL (a)",
    "FORMAT csv, FORCE_NOT_NULL (a)",
    "FORMAT csv, FORCE_QUOTE 'a'",
    "ENCODING 'foo'",
  ].map((options) => `COPY (SELECT 1) TO STDOUT (${options})`),
] as const;

let millrace: Environment;
let postgres: Environment;
let ours: pg.Client;
let theirs: pg.Client;

before(async () => {
  millrace = await startMillrace();
  postgres = await startPostgres();
  [ours, theirs] = await Promise.all([connected(millrace), connected(postgres)]);
});

after(async () => {
  await Promise.all([ours.end(), theirs.end()]);
  await Promise.all([millrace.stop(), postgres.stop()]);
});

async function connected({ url }: Environment): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query("SET search_path = data; SET TimeZone = 'UTC'; SET millrace.threads = 1");
  return client;
}

/** All bytes and the count of rows, or what was refused. */
async function copied(client: pg.Client, sql: string): Promise<string> {
  const stream = client.query(copyTo(sql));
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    return `${String(stream.rowCount)} ${Buffer.concat(chunks).toString("latin1")}`;
  } catch (error) {
    const { code, message, hint } = error as pg.DatabaseError;
    return `${code ?? ""} ${message} ${hint ?? ""}`;
  }
}

async function compare(statements: readonly string[]): Promise<void> {
  for (const sql of statements)
    assert.equal(await copied(ours, sql), await copied(theirs, sql), sql);
}

for (const table of TABLES) {
  test(`every value of ${table} in every format`, () =>
    compare(
      OPTIONS.map((options) => `COPY (SELECT * FROM ${table} ORDER BY id) TO STDOUT ${options}`),
    ));
}

test("columns, names, escapes, no rows, many rows", () => compare(OTHERS));

test("what PostgreSQL refuses, in its words", () => compare(REFUSED));

test("files and programs of the server are nobody's", async () => {
  for (const target of ["'/tmp/x'", "PROGRAM 'cat'"]) {
    const refusal = await copied(ours, `COPY (SELECT 1) TO ${target}`);
    assert.match(refusal, /^42501 must be superuser or have privileges of the pg_.* role to COPY /);
  }
});

test("a COPY that fails or is canceled leaves the session in step", async () => {
  const failing = "COPY (SELECT 1 / (id - 19000) FROM many) TO STDOUT";
  assert.match(await copied(ours, failing), /^22012 division by zero/);
  await ours.query("SET statement_timeout = 200");
  const endless = "COPY (SELECT a.id FROM many a, many b, many c) TO STDOUT";
  assert.match(await copied(ours, endless), /^57014 /);
  await ours.query("RESET statement_timeout");
  const { rows } = await ours.query("SELECT 1 AS one");
  assert.deepEqual(rows, [{ one: 1 }]);
});
