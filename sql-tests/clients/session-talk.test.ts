/**
 * What a session says, statement by statement, beside PostgreSQL 15: answers, notices, reports of
 * settings, errors with all their fields.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ObservedSession } from "./observed.js";
import { ServerPair } from "./server-pair.js";

let pair: ServerPair;

before(async () => {
  pair = await ServerPair.start();
  for (const url of pair.urls) {
    const session = await ObservedSession.open(url);
    for (const role of ["ann LOGIN", "bob LOGIN", "team"]) await session.say(`CREATE ROLE ${role}`);
    await session.say("GRANT team TO ann");
    await session.say("CREATE SCHEMA ann AUTHORIZATION ann");
    await session.close();
  }
});

after(() => pair.stop());

async function same(statements: readonly string[]): Promise<void> {
  const different = await pair.differences(statements);
  assert.equal(different.length, 0, different.join("\n"));
}

test("SET LOCAL, savepoints and rollbacks take settings back, and tell", async () => {
  await same([
    "SET TimeZone = 'Europe/Berlin'",
    "BEGIN",
    "SET TimeZone = 'Asia/Tokyo'",
    "SAVEPOINT a",
    "SET LOCAL TimeZone = 'America/New_York'",
    "SHOW TimeZone",
    "SELECT set_config('DateStyle', 'German', true)",
    "ROLLBACK TO SAVEPOINT a",
    "SHOW TimeZone",
    "RELEASE SAVEPOINT a",
    "RELEASE SAVEPOINT a",
    "SELECT 1",
    "ROLLBACK TO nosuch",
    "ROLLBACK",
    "SHOW TimeZone",
    "BEGIN",
    "SET LOCAL application_name = 'inside'",
    "COMMIT",
    "SHOW application_name",
    "SET LOCAL DateStyle = 'SQL'",
    "SHOW DateStyle",
    "BEGIN; SET IntervalStyle = 'iso_8601'; SELECT interval '1 day'; ROLLBACK",
    "SELECT interval '1 day'",
    "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
    "SHOW default_transaction_read_only",
    "SHOW transaction_read_only",
    "RESET ALL",
    "SHOW TimeZone",
    "SELECT set_config('TimeZone', 'UTC', false), current_setting('TimeZone')",
    "SELECT set_config('nosuch', 'x', false)",
    "SELECT set_config('my.own', 'x', false)",
    "SELECT current_setting('my.own')",
    "SELECT set_config(NULL, 'x', false)",
    "SELECT current_setting('nosuch')",
    "SELECT current_setting('nosuch', true)",
    "SHOW my.own",
    "SHOW nosuch",
    "SHOW my.nosuch",
    "SET my.nosuch TO DEFAULT",
    "RESET nosuch",
    "SET nosuch = 1",
    'SET "my.odd-name" = 1',
    "SET TIME ZONE LOCAL",
    "SET TIME ZONE 'UTC'",
    "SET TIME ZONE -3.5",
    "SHOW TIME ZONE",
    "SET TIME ZONE INTERVAL '-08:00' HOUR TO MINUTE",
    "SHOW TIME ZONE",
    "SET NAMES 'UTF8'",
    "SET NAMES",
    "SET SCHEMA 'ann'",
    "SHOW search_path",
    "SET search_path TO DEFAULT",
    "SET search_path TO ann, \"B c\", 'd'",
    "SHOW search_path",
    "SET statement_timeout TO 1, 2",
    "SET is_superuser = on",
    "SET server_version = '9'",
    "SET port = 1",
    "SET ssl = on",
  ]);
});

test("transactions: what each statement says in each state", async () => {
  await same([
    "COMMIT",
    "ROLLBACK",
    "BEGIN",
    "BEGIN",
    "SAVEPOINT a",
    "SELECT 1/0",
    "SELECT 1",
    "SHOW TimeZone",
    "SAVEPOINT b",
    "ROLLBACK TO a",
    "SELECT 2",
    "END",
    "SAVEPOINT a",
    "RELEASE a",
    "ROLLBACK TO a",
    "START TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ ONLY, DEFERRABLE",
    "SHOW transaction_isolation",
    "SHOW transaction_read_only",
    "SHOW transaction_deferrable",
    "SET TRANSACTION ISOLATION LEVEL READ COMMITTED",
    "SET TRANSACTION READ WRITE",
    "ABORT",
    "BEGIN ISOLATION LEVEL REPEATABLE READ",
    "SELECT 1",
    "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
    "SELECT 1",
    "COMMIT",
    "SET TRANSACTION READ ONLY",
    "BEGIN; SELECT 1; SELECT 1/0; SELECT 2",
    "ROLLBACK",
    "SELECT 1; BEGIN; SELECT 2; COMMIT; SELECT 3",
    "BEGIN",
    "COMMIT AND CHAIN",
    "ROLLBACK AND CHAIN",
    "ROLLBACK",
    "COMMIT AND CHAIN",
    "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY",
    "SELECT 1/0",
    "ROLLBACK AND CHAIN",
    "SHOW transaction_isolation",
    "SELECT 1/0",
    "COMMIT AND CHAIN",
    "SHOW transaction_read_only",
    "COMMIT",
    "",
    ";",
    "-- nothing",
  ]);
});

test("PREPARE, EXECUTE, DEALLOCATE, cursors, DISCARD", async () => {
  await same([
    "PREPARE p (int, text) AS SELECT $1 + 1 AS n, $2 AS t",
    "EXECUTE p (1, 'a')",
    "EXECUTE p ('2', 3)",
    "EXECUTE p (1)",
    "EXECUTE p (1, 'a', 3)",
    "EXECUTE p ('x', 'a')",
    "EXECUTE nosuch",
    "PREPARE p AS SELECT 1",
    "DEALLOCATE PREPARE p",
    "DEALLOCATE p",
    "PREPARE q AS SELECT $1",
    "EXECUTE q ('x')",
    "PREPARE r AS SELECT 1; EXECUTE r; DEALLOCATE ALL",
    "EXECUTE r",
    "DECLARE c CURSOR FOR SELECT 1",
    "BEGIN",
    "DECLARE c SCROLL CURSOR FOR SELECT n FROM generate_series(1, 5) AS s(n)",
    "DECLARE c CURSOR FOR SELECT 1",
    "ROLLBACK",
    "BEGIN",
    "DECLARE c SCROLL CURSOR FOR SELECT n FROM generate_series(1, 5) AS s(n)",
    "FETCH 2 FROM c",
    "FETCH BACKWARD 1 FROM c",
    "FETCH LAST FROM c",
    "FETCH NEXT FROM c",
    "FETCH ABSOLUTE -2 FROM c",
    "FETCH RELATIVE 0 FROM c",
    "MOVE FORWARD ALL IN c",
    "MOVE BACKWARD 2 IN c",
    "FETCH ALL FROM c",
    "SAVEPOINT s",
    "FETCH FROM nosuch",
    "ROLLBACK TO s",
    "DECLARE n NO SCROLL CURSOR FOR SELECT 1",
    "FETCH PRIOR FROM n",
    "ROLLBACK TO s",
    "CLOSE c",
    "CLOSE c",
    "COMMIT",
    "DECLARE h CURSOR WITH HOLD FOR SELECT 7 AS x",
    "FETCH ALL FROM h",
    "CLOSE ALL",
    "FETCH h",
    "SET application_name = 'x'",
    "PREPARE p AS SELECT 1",
    "LISTEN bell",
    "DISCARD ALL",
    "SHOW application_name",
    "EXECUTE p",
    "SELECT pg_listening_channels()",
    "BEGIN",
    "DISCARD ALL",
    "ROLLBACK",
    "DISCARD PLANS",
    "DISCARD SEQUENCES",
    "DISCARD TEMP",
  ]);
});

test("LISTEN and NOTIFY", async () => {
  await same([
    "LISTEN bell",
    "NOTIFY bell",
    "NOTIFY bell, 'once'",
    "BEGIN; NOTIFY bell, 'a'; NOTIFY bell, 'a'; NOTIFY bell, 'b'; COMMIT",
    "BEGIN; NOTIFY bell, 'never'; ROLLBACK",
    "SELECT pg_notify('bell', 'by call')",
    "SELECT pg_notify('', 'x')",
    "SELECT pg_notify(NULL, 'x')",
    `SELECT pg_notify('bell', repeat('x', 8000))`,
    "UNLISTEN bell",
    "NOTIFY bell, 'unheard'",
    "UNLISTEN *",
    `LISTEN "Odd one"`,
    `NOTIFY "Odd one"`,
  ]);
});

test("roles: who one is, may be, and is again", async () => {
  await same([
    "SELECT session_user, current_user",
    "SET ROLE ann",
    "SELECT session_user, current_user",
    "SHOW is_superuser",
    "SET log_statement = 'all'",
    "SET ROLE bob",
    "SET ROLE team",
    "SHOW role",
    "SET ROLE NONE",
    "SHOW role",
    "SET ROLE nosuch",
    "SET SESSION AUTHORIZATION ann",
    "SELECT session_user, current_user",
    "SET ROLE bob",
    "SET ROLE team",
    "SET SESSION AUTHORIZATION bob",
    "SHOW session_authorization",
    "RESET SESSION AUTHORIZATION",
    "SELECT session_user, current_user",
    "BEGIN; SET LOCAL ROLE ann; SELECT current_user; COMMIT",
    "SELECT current_user",
    "BEGIN; SET ROLE ann; ROLLBACK; SELECT current_user",
    "SET SESSION AUTHORIZATION nosuch",
    "SET ROLE ann; SELECT current_schema(), current_schemas(false)",
    "RESET ROLE",
  ]);
});

test("errors with position, hint and detail", async () => {
  await same([
    "SELECT nosuch",
    "SELECT  é, nosuch",
    "SELECT 'ééé', nosuch FROM pg_class",
    "SELECT * FROM nosuch",
    "SELECT nosuch(1)",
    "SELECT 1 +",
    "SELEC 1",
    "SELECT 'unfinished",
    'SELECT "unfinished',
    "SELECT '\\x1'::bytea",
    "SELECT 'x'::int",
    "SELECT 1/0",
    "SELECT 99999999999::int",
    "SELECT date '2024-02-30'",
    "SELECT timestamp 'nonsense'",
    "SELECT '1 x'::interval",
    "SELECT 'x'::bool",
    "SELECT 'x'::uuid",
    "SELECT 1 UNION SELECT 'x'",
    "SELECT 1, 2 UNION SELECT 1",
    "SELECT count(*) FROM generate_series(1, 3) s(n) GROUP BY nosuch",
    "SELECT n, count(*) FROM generate_series(1, 3) s(n)",
    "SELECT CASE WHEN 1 THEN 2 END",
    "SELECT (SELECT n FROM generate_series(1, 3) s(n))",
    "SELECT upper(1, 2)",
    "SELECT $1",
    "SELECT a.b.c.d FROM generate_series(1, 3) a",
    "SELECT x'zz'",
    "SELECT U&'\\zzzz'",
    "SELECT E'\\xff'",
    "SELECT chr(0)",
    "SELECT 1 LIMIT -1",
    "SELECT repeat('x', -1), substr('abc', 2, -1)",
  ]);
});

test("timeouts end statements and sessions in PostgreSQL's words", async () => {
  const heard: string[] = [];
  for (const url of pair.urls) {
    const session = await ObservedSession.open(url);
    session.heardSince();
    const said = [
      await session.say("SET statement_timeout = '100ms'"),
      await session.say("SELECT pg_sleep(20)"),
      await session.say("SET statement_timeout = 0"),
      await session.say("BEGIN"),
      await session.say("SET idle_in_transaction_session_timeout = 200"),
    ];
    await sleep(1500);
    said.push(session.heardSince());
    const idle = await ObservedSession.open(url);
    idle.heardSince();
    said.push(await idle.say("SET idle_session_timeout = '200 ms'"));
    await sleep(1500);
    said.push(idle.heardSince());
    heard.push(said.join("\n"));
  }
  assert.equal(heard[1], heard[0]);
  assert.match(
    heard[0] ?? "",
    /statement timeout.*idle-in-transaction timeout.*idle-session timeout/s,
  );
});
