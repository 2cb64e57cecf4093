/** A session's dialect: when it holds, for what, and that nothing is shared across dialects. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import pg from "pg";
import { startMillrace, type Environment } from "../runner/environment.js";

let server: Environment;
let client: pg.Client;

before(async () => {
  server = await startMillrace();
  client = await connected();
});

after(async () => {
  await client.end();
  await server.stop();
});

async function connected(user?: string, options?: string): Promise<pg.Client> {
  const url = new URL(server.url);
  if (user !== undefined) url.username = user;
  const made = new pg.Client({
    connectionString: url.href,
    ...(options === undefined ? {} : { options }),
  });
  await made.connect();
  return made;
}

async function valueOf(on: pg.Client, sql: string, values: unknown[] = []): Promise<unknown> {
  const { rows } = await on.query<{ v: unknown }>(sql, values);
  return rows[0]?.v;
}

const HALF = "SELECT 7 / 2 AS v";
const MYSQL_HALF = "3.5000000000000000";

test("one text means what the session's dialect says", async () => {
  for (let round = 0; round < 2; round += 1) {
    await client.query("SET millrace.dialect = 'MySQL'");
    assert.equal(await valueOf(client, HALF), MYSQL_HALF);
    await client.query("SET millrace.dialect TO bigquery");
    assert.equal(await valueOf(client, HALF), 3.5);
    await client.query("RESET millrace.dialect");
    assert.equal(await valueOf(client, HALF), 3);
  }
});

test("a change inside a text holds for the statements behind it", async () => {
  const text = `SET millrace.dialect = mysql; ${HALF}; RESET millrace.dialect; ${HALF}`;
  const results = (await client.query(text)) as unknown as readonly pg.QueryResult<{
    v: unknown;
  }>[];
  assert.deepEqual(
    results.map(({ rows }) => rows[0]?.v),
    [undefined, MYSQL_HALF, undefined, 3],
  );
});

test("a change is rolled back with its transaction", async () => {
  await client.query("BEGIN");
  await client.query("SET LOCAL millrace.dialect = mysql");
  assert.equal(await valueOf(client, HALF), MYSQL_HALF);
  await client.query("ROLLBACK");
  assert.equal(await valueOf(client, HALF), 3);
});

test("what was prepared keeps the meaning it had", async () => {
  await client.query("SET millrace.dialect = mysql");
  const named = { name: "half", text: "SELECT IFNULL($1, 7) / 2 AS v", values: [null] };
  const first = await client.query<{ v: unknown }>(named);
  await client.query("PREPARE sql_half AS SELECT IFNULL($1, 7) / 2 AS v");
  await client.query("RESET millrace.dialect");
  assert.deepEqual(first.rows, [{ v: MYSQL_HALF }]);
  assert.deepEqual((await client.query(named)).rows, [{ v: MYSQL_HALF }]);
  assert.equal(await valueOf(client, "EXECUTE sql_half(NULL)"), MYSQL_HALF);
});

test("cursors and EXPLAIN are read in it", async () => {
  await client.query("SET millrace.dialect = tsql");
  await client.query("BEGIN");
  await client.query(
    "DECLARE c CURSOR FOR SELECT TOP 2 [i] + 'x' AS v FROM (SELECT 'a' AS i) AS t",
  );
  assert.equal(await valueOf(client, "FETCH ALL FROM c"), "ax");
  await client.query("COMMIT");
  const plan = await client.query("EXPLAIN (COSTS off) SELECT TOP 1 [a] FROM (SELECT 1 AS a) AS t");
  assert.ok(plan.rows.length > 0);
  await client.query("RESET millrace.dialect");
});

test("a role and a connection may bring theirs", async () => {
  await client.query("CREATE ROLE analyst LOGIN");
  await client.query("ALTER ROLE analyst SET millrace.dialect = 'mysql'");
  const byRole = await connected("analyst");
  const byOption = await connected(undefined, "-c millrace.dialect=mysql");
  for (const each of [byRole, byOption]) {
    assert.equal(await valueOf(each, HALF), MYSQL_HALF);
    await each.end();
  }
});

test("other names are no dialects", async () => {
  await assert.rejects(client.query("SET millrace.dialect = 'oracle'"), {
    code: "22023",
    hint: "Available values: postgres, mysql, bigquery, snowflake, tsql, redshift.",
  });
});

test("columns are called as the dialect wrote their aliases", async () => {
  const from = "FROM (SELECT 1 AS `Id`) AS `T`";
  const names = async (sql: string): Promise<readonly string[]> =>
    (await client.query(sql)).fields.map(({ name }) => name);
  await client.query("SET millrace.dialect = mysql");
  assert.deepEqual(await names(`SELECT t.ID AS Total, iD, 2 AS \`Two\` ${from} ORDER BY TOTAL`), [
    "Total",
    "id",
    "Two",
  ]);
  assert.deepEqual(await names(`SELECT 1 AS \`A\` UNION SELECT 2 AS \`B\``), ["A"]);
  assert.deepEqual(await names(`SELECT *, 2 AS \`Two\` ${from}`), ["id", "two"]);
  await client.query("BEGIN");
  await client.query(`DECLARE c CURSOR FOR SELECT ID AS Total ${from}`);
  assert.deepEqual(await names("FETCH ALL FROM c"), ["Total"]);
  await client.query("COMMIT");
  await client.query("SET millrace.dialect = snowflake");
  assert.deepEqual(await names("SELECT 1 AS Total"), ["total"]);
  await client.query("RESET millrace.dialect");
});

test("errors point into the text as it was written", async () => {
  await client.query("SET millrace.dialect = mysql");
  await assert.rejects(client.query("SELECT 'é', `nope` FROM (SELECT 1 AS `a`) AS t"), {
    code: "42703",
    position: "13",
  });
  await client.query("RESET millrace.dialect");
});
