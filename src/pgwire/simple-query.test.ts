import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startTestServer, type TestServer } from "../testing/test-server.js";
import { brief, reportFields, WireClient } from "../testing/wire-client.js";

let host: TestServer;
before(async () => {
  host = await startTestServer();
});
after(() => host.close());

async function withClient(work: (client: WireClient) => Promise<void>): Promise<void> {
  const client = await WireClient.start(host.port);
  try {
    await work(client);
  } finally {
    client.close();
  }
}

/** Sends each query and compares what comes back. */
async function conversation(...turns: readonly (readonly [string, string])[]): Promise<void> {
  await withClient(async (client) => {
    for (const [query, expected] of turns) {
      assert.equal((await client.query(query)).join(" | "), expected, query);
    }
  });
}

test("a query answers its description, rows, tag and readiness", () =>
  conversation(
    [
      "select 1, 'a' as b, null",
      "T ?column?:23:0,b:25:0,?column?:25:0 | D 1,a,NULL | C SELECT 1 | Z I",
    ],
    ["select * from numbers(0)", "T n:23:0,pad:25:0 | C SELECT 0 | Z I"],
    ["select $1", "E ERROR 42P02 there is no parameter $1 | Z I"],
    ["explain select 1", "T QUERY PLAN:25:0 | D Result | D   fake | C EXPLAIN | Z I"],
  ));

test("a text without a statement is an empty query", () =>
  conversation(["", "I | Z I"], [" ; -- nothing", "I | Z I"]));

test("several statements run in order, each with its own answer", () =>
  conversation([
    "select 1; create schema a; select 2",
    "T ?column?:23:0 | D 1 | C SELECT 1 | C CREATE SCHEMA | T ?column?:23:0 | D 2 | C SELECT 1 | Z I",
  ]));

test("an error ends the whole string and undoes its settings", () =>
  conversation(
    [
      "set application_name = 'x'; select * from failing(0); select 3",
      "C SET | T n:23:0,pad:25:0 | E ERROR 22012 division by zero | Z I",
    ],
    ["show application_name", "T application_name:25:0 | D  | C SHOW | Z I"],
  ));

test("a syntax error anywhere lets nothing run", () =>
  withClient(async (client) => {
    const answer = await client.query("select 1; selec 2");
    assert.equal(answer.join(" | "), 'E ERROR 42601 syntax error at or near "selec" | Z I');
  }));

test("a syntax error tells its position", () =>
  withClient(async (client) => {
    await client.query("select 1");
    client.send(Buffer.from([0x51, 0, 0, 0, 13]), Buffer.from("selec 1;\0"));
    const [error] = await client.untilReady();
    assert.equal(error?.tag, "E");
    assert.equal(reportFields(error?.body ?? Buffer.alloc(0))["P"], "1");
  }));

test("transactions: status, failure and its end", () =>
  conversation(
    ["begin", "C BEGIN | Z T"],
    ["begin", "N WARNING 25001 there is already a transaction in progress | C BEGIN | Z T"],
    ["selec", 'E ERROR 42601 syntax error at or near "selec" | Z E'],
    [
      "select 1",
      "E ERROR 25P02 current transaction is aborted, commands ignored until end of transaction block | Z E",
    ],
    ["commit", "C ROLLBACK | Z I"],
    ["commit", "N WARNING 25P01 there is no transaction in progress | C COMMIT | Z I"],
    ["rollback", "N WARNING 25P01 there is no transaction in progress | C ROLLBACK | Z I"],
    ["start transaction", "C START TRANSACTION | Z T"],
    ["end", "C COMMIT | Z I"],
  ));

test("BEGIN inside a string makes its transaction explicit from there", () =>
  conversation(
    [
      "select 1; begin; select 2",
      "T ?column?:23:0 | D 1 | C SELECT 1 | C BEGIN | T ?column?:23:0 | D 2 | C SELECT 1 | Z T",
    ],
    ["rollback; select 3", "C ROLLBACK | T ?column?:23:0 | D 3 | C SELECT 1 | Z I"],
  ));

test("AND CHAIN starts the next transaction with the same modes", () =>
  conversation(
    [
      "commit and chain",
      "E ERROR 25P01 COMMIT AND CHAIN can only be used in transaction blocks | Z I",
    ],
    ["begin read only", "C BEGIN | Z T"],
    ["commit and chain", "C COMMIT | Z T"],
    ["show transaction_read_only", "T transaction_read_only:25:0 | D on | C SHOW | Z T"],
    ["rollback and chain", "C ROLLBACK | Z T"],
    ["rollback", "C ROLLBACK | Z I"],
    ["show transaction_read_only", "T transaction_read_only:25:0 | D off | C SHOW | Z I"],
  ));

test("settings inside transactions: LOCAL, ROLLBACK, reports", () =>
  conversation(
    [
      "set local timezone to 'Asia/Tokyo'",
      "N WARNING 25P01 SET LOCAL can only be used in transaction blocks | C SET | Z I",
    ],
    ["begin; set timezone to 'europe/berlin'", "C BEGIN | C SET | S TimeZone=Europe/Berlin | Z T"],
    ["set local timezone to 'Asia/Tokyo'", "C SET | S TimeZone=Asia/Tokyo | Z T"],
    ["commit", "C COMMIT | S TimeZone=Europe/Berlin | Z I"],
    ["begin; set timezone to 'UTC'", "C BEGIN | C SET | S TimeZone=UTC | Z T"],
    ["rollback", "C ROLLBACK | S TimeZone=Europe/Berlin | Z I"],
    ["reset timezone", "C RESET | S TimeZone=UTC | Z I"],
  ));

test("savepoints take settings back and end failures", () =>
  conversation(
    ["savepoint a", "E ERROR 25P01 SAVEPOINT can only be used in transaction blocks | Z I"],
    [
      "begin; set work_mem = '1MB'; savepoint a; set work_mem = '2MB'",
      "C BEGIN | C SET | C SAVEPOINT | C SET | Z T",
    ],
    ["rollback to b", 'E ERROR 3B001 savepoint "b" does not exist | Z E'],
    ["rollback to a", "C ROLLBACK | Z T"],
    ["show work_mem", "T work_mem:25:0 | D 1MB | C SHOW | Z T"],
    ["release a", "C RELEASE | Z T"],
    ["release a", 'E ERROR 3B001 savepoint "a" does not exist | Z E'],
    ["rollback", "C ROLLBACK | Z I"],
    ["show work_mem", "T work_mem:25:0 | D 4MB | C SHOW | Z I"],
  ));

test("SET TRANSACTION keeps PostgreSQL's order of things", () =>
  conversation(
    [
      "set transaction read only",
      "N WARNING 25P01 SET TRANSACTION can only be used in transaction blocks | C SET | Z I",
    ],
    [
      "begin; set transaction isolation level serializable; select 1",
      "C BEGIN | C SET | T ?column?:23:0 | D 1 | C SELECT 1 | Z T",
    ],
    [
      "set transaction isolation level read committed",
      "E ERROR 25001 SET TRANSACTION ISOLATION LEVEL must be called before any query | Z E",
    ],
    [
      "rollback; begin read only; select 1",
      "C ROLLBACK | C BEGIN | T ?column?:23:0 | D 1 | C SELECT 1 | Z T",
    ],
    [
      "set transaction read write",
      "E ERROR 25001 transaction read-write mode must be set before any query | Z E",
    ],
    [
      "rollback; set session characteristics as transaction read only",
      "C ROLLBACK | C SET | S default_transaction_read_only=on | Z I",
    ],
    [
      "create schema s",
      "E ERROR 25006 cannot execute CREATE SCHEMA in a read-only transaction | Z I",
    ],
  ));

test("utilities answer their tags, and VACUUM runs only where it is alone", () =>
  conversation(
    ["create view v as select 1", "C CREATE VIEW | Z I"],
    ["drop table a, b", "C DROP TABLE | Z I"],
    ["analyze", "C ANALYZE | Z I"],
    ["begin; analyze", "C BEGIN | C ANALYZE | Z T"],
    ["create schema s", "C CREATE SCHEMA | Z T"],
    ["vacuum", "E ERROR 25001 VACUUM cannot run inside a transaction block | Z E"],
  ));

test("what is not supported says so by name", () =>
  conversation(
    ["insert into t values (1)", "E ERROR 0A000 INSERT is not supported | Z I"],
    ["unlisten *", "C UNLISTEN | Z I"],
  ));

test("PREPARE, EXECUTE and DEALLOCATE", () =>
  conversation(
    ["prepare q (int, text) as select $1, $2", "C PREPARE | Z I"],
    ["execute q(7, 'x')", "T ?column?:23:0,?column?:25:0 | D 7,x | C SELECT 1 | Z I"],
    ["execute q(null, 5)", "T ?column?:23:0,?column?:25:0 | D NULL,5 | C SELECT 1 | Z I"],
    ["execute q(1)", 'E ERROR 42601 wrong number of parameters for prepared statement "q" | Z I'],
    ["prepare q as select 1", 'E ERROR 42P05 prepared statement "q" already exists | Z I'],
    ["prepare r (nosuch) as select 1", 'E ERROR 42704 type "nosuch" does not exist | Z I'],
    ["deallocate q", "C DEALLOCATE | Z I"],
    ["execute q(1, 'x')", 'E ERROR 26000 prepared statement "q" does not exist | Z I'],
    ["deallocate q", 'E ERROR 26000 prepared statement "q" does not exist | Z I'],
    ["deallocate all", "C DEALLOCATE ALL | Z I"],
  ));

test("DISCARD ALL forgets settings and statements", () =>
  conversation(
    [
      "set datestyle to german; prepare q as select 1",
      "C SET | C PREPARE | S DateStyle=German, DMY | Z I",
    ],
    ["discard all", "C DISCARD ALL | S DateStyle=ISO, MDY | Z I"],
    ["execute q", 'E ERROR 26000 prepared statement "q" does not exist | Z I'],
    [
      "begin; discard all",
      "C BEGIN | E ERROR 25001 DISCARD ALL cannot run inside a transaction block | Z E",
    ],
  ));

test("client_min_messages holds notices back", () =>
  conversation(["set client_min_messages = error", "C SET | Z I"], ["commit", "C COMMIT | Z I"]));

test("now() stands still in a transaction, the statement's clock goes on", () =>
  withClient(async (client) => {
    const { contexts } = host.planner;
    await client.query("begin");
    const from = contexts.length;
    await client.query("select 1");
    await new Promise((resolve) => setTimeout(resolve, 2));
    await client.query("select 1");
    const [first, second] = contexts.slice(from).map((context) => context.evaluation);
    assert.equal(first?.transactionTimestamp, second?.transactionTimestamp);
    assert.ok((first?.statementTimestamp ?? 0n) < (second?.statementTimestamp ?? 0n));
    assert.equal(contexts[from]?.transaction, contexts[from + 1]?.transaction);
    const micros = BigInt(Date.now()) * 1000n - 946_684_800_000_000n;
    const age = micros - (second?.statementTimestamp ?? 0n);
    assert.ok(age > -50_000n && age < 5_000_000n, `statement clock is off by ${String(age)} µs`);
  }));

test("text that is no UTF-8 is refused before it is parsed", () =>
  withClient(async (client) => {
    client.send(Buffer.from([0x51, 0, 0, 0, 8, 0x27, 0xff, 0x27, 0]));
    assert.deepEqual((await client.untilReady()).map(brief), [
      'E ERROR 22021 invalid byte sequence for encoding "UTF8": 0xff',
      "Z I",
    ]);
  }));
