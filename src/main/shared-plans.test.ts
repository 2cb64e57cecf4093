/** Statements of equal text share plans: what must differ between them all the same. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { thisMachine } from "./machine.js";
import { openRooms } from "./open-rooms.js";
import { startServer, type RunningServer } from "./server.js";

let folder = "";
let server: RunningServer;
let one: pg.Client;
let other: pg.Client;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-shared-plans-"));
  const options = {
    listen: { host: "127.0.0.1", port: 0 },
    dataDirectory: join(folder, "data"),
    threads: 2,
    hostMemoryBytes: 2 ** 28,
    sample: false,
    serverVersion: "14.20",
  };
  server = await startServer(options, thisMachine(), openRooms);
  [one, other] = [await connected(), await connected()];
});

after(async () => {
  await one.end();
  await other.end();
  await server.stop(1000);
  await rm(folder, { recursive: true, force: true });
});

async function connected(): Promise<pg.Client> {
  const { host, port } = server.address;
  const client = new pg.Client({ host, port, user: "tester", database: "testdb" });
  await client.connect();
  return client;
}

/** The first value as text. */
async function value(client: pg.Client, text: string): Promise<string> {
  const types = { getTypeParser: () => (raw: string) => raw };
  const config = { text, types, rowMode: "array" as const };
  const answer = await client.query<string[]>(config);
  return answer.rows[0]?.[0] ?? "";
}

test("a constant is the same again, simple or prepared", async () => {
  for (let run = 0; run < 3; run += 1) {
    assert.equal(await value(one, "select 40 + 2"), "42");
    assert.equal(await value(other, "select 40 + 2"), "42");
    const named = { name: "forty-two", text: "select 40 + 2 as n", values: [] };
    assert.deepEqual((await one.query(named)).rows, [{ n: 42 }]);
  }
});

test("a constant that fails fails every time, with its position", async () => {
  for (let run = 0; run < 3; run += 1) {
    await assert.rejects(one.query("select 1 / 0"), { code: "22012" });
    await assert.rejects(one.query("select 'x'::int"), { code: "22P02", position: "8" });
  }
});

test("zone and styles of the session decide how a constant is read and shown", async () => {
  const text = "select timestamptz '2020-07-01 12:00' at time zone 'UTC'";
  await one.query("SET TimeZone = 'America/New_York'");
  await other.query("SET TimeZone = 'Asia/Tokyo'");
  for (let run = 0; run < 2; run += 1) {
    assert.equal(await value(one, text), "2020-07-01 16:00:00");
    assert.equal(await value(other, text), "2020-07-01 03:00:00");
  }
  const day = "select date '2020-07-01'";
  assert.equal(await value(one, day), "2020-07-01");
  await one.query("SET DateStyle = 'German'");
  assert.equal(await value(one, day), "01.07.2020");
  assert.equal(await value(other, day), "2020-07-01");
  await one.query("RESET ALL");
  await other.query("RESET ALL");
  assert.equal(await value(one, day), "2020-07-01");
});

test("the clock goes on, however the time is written", async () => {
  const texts = [
    "select now()::text",
    "select 'now'::timestamptz::text",
    "select clock_timestamp()::text",
    "select ('n' || 'ow')::timestamp::text",
  ];
  for (const text of texts) {
    const first = await value(one, text);
    await sleep(2);
    assert.notEqual(await value(one, text), first, text);
  }
});

test("what only a session knows is its own", async () => {
  const pids = [await value(one, "select pg_backend_pid()")];
  pids.push(await value(other, "select pg_backend_pid()"));
  assert.notEqual(pids[0], pids[1]);
  const text = "select current_setting('application_name')";
  await one.query("SET application_name = 'first'");
  assert.equal(await value(one, text), "first");
  assert.equal(await value(other, text), "");
  await one.query("SET application_name = 'second'");
  assert.equal(await value(one, text), "second");
});

test("names mean what the search path and the catalog make of them now", async () => {
  await one.query("CREATE SCHEMA a");
  await one.query("CREATE SCHEMA b");
  await one.query("CREATE VIEW a.v AS SELECT 1 AS n");
  await one.query("CREATE VIEW b.v AS SELECT 2 AS n");
  await one.query("SET search_path = a");
  await other.query("SET search_path = b");
  const text = "select n from v";
  for (let run = 0; run < 2; run += 1) {
    assert.equal(await value(one, text), "1");
    assert.equal(await value(other, text), "2");
  }
  await other.query("CREATE OR REPLACE VIEW b.v AS SELECT 3 AS n");
  assert.equal(await value(other, text), "3");
  await other.query("DROP VIEW b.v");
  await assert.rejects(other.query(text), { code: "42P01" });
  assert.equal(await value(one, text), "1");
  const schema = "select current_schema";
  assert.equal(await value(one, schema), "a");
  assert.equal(await value(other, schema), "b");
});

test("a constant row too long for the spot comes all the same", async () => {
  const text = "select repeat('x', 300000 + 0 * extract(day from now())::int)";
  assert.equal((await value(one, text)).length, 300000);
  assert.equal((await value(one, "select repeat('y', 300000)")).length, 300000);
});

test("declared types are part of what is shared", async () => {
  const text = "select $1::text || 'z' as v";
  assert.deepEqual((await one.query(text, ["a"])).rows, [{ v: "az" }]);
  assert.deepEqual((await one.query(text, ["b"])).rows, [{ v: "bz" }]);
  await assert.rejects(one.query("select $1::text || 'z' as v"), { code: "42P02" });
});
