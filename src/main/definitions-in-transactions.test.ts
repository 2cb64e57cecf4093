/** Transactions that change definitions beside each other, on a whole server. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";
import pg from "pg";
import { nativeProduct } from "../engine/index.js";
import { thisMachine } from "./machine.js";
import { openRooms } from "./open-rooms.js";
import { startServer, type RunningServer } from "./server.js";

let folder = "";
let server: RunningServer;
let one: pg.Client;
let other: pg.Client;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-drafts-"));
  const args = ["--scale", "0.001", "--out", join(folder, "files")];
  const made = spawnSync(nativeProduct("millrace-tpch"), args, { encoding: "utf8" });
  assert.equal(made.status, 0, made.stderr);
  const options = {
    listen: { host: "127.0.0.1", port: 0 },
    dataDirectory: join(folder, "data"),
    threads: 2,
    hostMemoryBytes: 2 ** 30,
    sample: false,
  };
  server = await startServer(options, thisMachine(), openRooms);
});

after(async () => {
  await server.stop(1000);
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  [one, other] = [await connected(), await connected()];
  await one.query("CREATE SCHEMA s; CREATE VIEW s.v AS SELECT 1 AS a");
});

afterEach(async () => {
  await one.query("ROLLBACK");
  await other.query("ROLLBACK");
  await one.query(
    "DROP SCHEMA IF EXISTS s CASCADE; DROP ROLE IF EXISTS ann; DROP ROLE IF EXISTS bo, crew",
  );
  await Promise.all([one.end(), other.end()]);
});

async function connected(): Promise<pg.Client> {
  const client = new pg.Client({ ...server.address, user: "tester", database: "millrace" });
  await client.connect();
  return client;
}

async function all(client: pg.Client, text: string): Promise<readonly unknown[]> {
  return (await client.query({ text, rowMode: "array" })).rows.flat();
}

function foreignTable(name: string): string {
  const path = join(folder, "files", "nation");
  return `CREATE FOREIGN TABLE ${name} () SERVER parquet OPTIONS (path '${path}')`;
}

test("others see nothing of it before it is committed", async () => {
  await one.query("BEGIN");
  await one.query("CREATE VIEW s.mine AS SELECT 2 AS a");
  await one.query("CREATE OR REPLACE VIEW s.v AS SELECT 10 AS a");
  await one.query("GRANT USAGE ON SCHEMA s TO PUBLIC");
  assert.deepEqual(await all(one, "SELECT v.a, mine.a FROM s.v, s.mine"), [10, 2]);
  assert.deepEqual(await all(other, "SELECT a FROM s.v"), [1]);
  await assert.rejects(other.query("SELECT * FROM s.mine"), { code: "42P01" });
  const shown = "SELECT count(*)::int FROM pg_class WHERE relnamespace = 's'::regnamespace";
  assert.deepEqual(await all(other, shown), [1]);
  assert.deepEqual(await all(one, shown), [2]);
  assert.deepEqual(await all(other, shown), [1]);
  await one.query("COMMIT");
  assert.deepEqual(await all(other, "SELECT v.a, mine.a FROM s.v, s.mine"), [10, 2]);
  assert.deepEqual(await all(other, shown), [2]);
});

test("tables over files are read where they were made, and gone with the transaction", async () => {
  await one.query("BEGIN");
  await one.query(foreignTable("s.nation"));
  await one.query("CREATE VIEW s.named AS SELECT count(*)::int FROM s.nation");
  assert.deepEqual(await all(one, "SELECT * FROM s.named"), [25]);
  await one.query("ROLLBACK");
  await assert.rejects(one.query("SELECT * FROM s.nation"), { code: "42P01" });
  await one.query(foreignTable("s.nation"));
  await one.query("BEGIN");
  await one.query("DROP FOREIGN TABLE s.nation");
  await assert.rejects(one.query("SELECT * FROM s.nation"), { code: "42P01" });
  assert.deepEqual(await all(other, "SELECT count(*)::int FROM s.nation"), [25]);
  await one.query("ROLLBACK");
  assert.deepEqual(await all(one, "SELECT count(*)::int FROM s.nation"), [25]);
});

test("what a prepared statement reads follows the transaction, and comes back with it", async () => {
  const read = { name: "p", text: "SELECT a FROM s.v WHERE a > $1", values: [0] };
  const answer = async (): Promise<unknown> => (await one.query(read)).rows;
  assert.deepEqual(await answer(), [{ a: 1 }]);
  await one.query("BEGIN");
  assert.deepEqual(await answer(), [{ a: 1 }]);
  await one.query("SAVEPOINT a");
  await one.query("CREATE OR REPLACE VIEW s.v AS SELECT 5 AS a");
  assert.deepEqual(await answer(), [{ a: 5 }]);
  await one.query("ROLLBACK TO a");
  assert.deepEqual(await answer(), [{ a: 1 }]);
  await one.query("CREATE OR REPLACE VIEW s.v AS SELECT 6 AS a");
  assert.deepEqual(await answer(), [{ a: 6 }]);
  await one.query("ROLLBACK");
  assert.deepEqual(await answer(), [{ a: 1 }]);
});

test("two transactions that change different things both commit", async () => {
  await one.query("CREATE ROLE crew");
  await one.query("BEGIN");
  await one.query("CREATE VIEW s.first AS SELECT 1 AS a");
  await one.query("CREATE ROLE ann; GRANT SELECT ON s.first TO ann");
  await other.query("BEGIN");
  await other.query("CREATE VIEW s.second AS SELECT 2 AS a");
  await other.query("CREATE ROLE bo; GRANT crew TO bo; COMMENT ON VIEW s.v IS 'seen'");
  await other.query("COMMIT");
  // What others committed is there for the next change.
  await one.query("CREATE VIEW s.third AS SELECT a FROM s.second; GRANT crew TO ann");
  await one.query("COMMIT");
  assert.deepEqual(await all(other, "SELECT f.a, t.a FROM s.first f, s.third t"), [1, 2]);
  const members =
    "SELECT member::regrole::text FROM pg_auth_members WHERE roleid = 'crew'::regrole ORDER BY 1";
  assert.deepEqual(await all(other, members), ["ann", "bo"]);
});

test("of two that change one thing the first wins", async () => {
  const cases = [
    ["CREATE VIEW s.x AS SELECT 1 AS a", "CREATE VIEW s.x AS SELECT 2 AS a", "42P07"],
    ["CREATE OR REPLACE VIEW s.v AS SELECT 2 AS a", "DROP VIEW s.v", "40001"],
    ["CREATE VIEW s.y AS SELECT a FROM s.v", "DROP VIEW s.v", "40001"],
    ["CREATE VIEW s.z AS SELECT 1 AS a", "DROP SCHEMA s CASCADE", "40001"],
    ["GRANT SELECT ON s.v TO PUBLIC", "DROP VIEW s.v", "40001"],
    ["COMMENT ON VIEW s.v IS 'a'", "COMMENT ON VIEW s.v IS 'b'", "40001"],
    ["COMMENT ON VIEW s.v IS 'a'", "DROP VIEW s.v", "40001"],
    ["CREATE SCHEMA t", "CREATE SCHEMA t", "42P06"],
    ["CREATE ROLE ann", "CREATE ROLE ann", "42710"],
    ["ALTER ROLE bo CREATEDB", "DROP ROLE bo", "40001"],
    ["GRANT SELECT ON s.v TO bo", "DROP ROLE bo", "40001"],
    ["GRANT pg_monitor TO bo", "DROP ROLE bo", "40001"],
  ] as const;
  for (const [late, early, code] of cases) {
    await one.query("CREATE ROLE bo");
    await one.query("BEGIN");
    await one.query(late);
    await other.query(early);
    await assert.rejects(one.query("COMMIT"), { code }, `${late} after ${early}`);
    assert.deepEqual(await all(one, "SELECT 1"), [1]);
    await assert.rejects(one.query("SAVEPOINT a"), { code: "25P01" });
    await one.query("DROP SCHEMA IF EXISTS s CASCADE; DROP SCHEMA IF EXISTS t CASCADE");
    await one.query("DROP ROLE IF EXISTS bo; DROP ROLE IF EXISTS ann");
    await one.query("CREATE SCHEMA s; CREATE VIEW s.v AS SELECT 1 AS a");
  }
});

test("statements sent together stand and fall together", async () => {
  const text = "CREATE VIEW s.x AS SELECT 1 AS a; CREATE VIEW s.y AS SELECT 1 AS a; SELECT 1 / 0";
  await assert.rejects(one.query(text), { code: "22012" });
  await assert.rejects(one.query("SELECT * FROM s.x"), { code: "42P01" });
  await one.query("CREATE VIEW s.x AS SELECT 1 AS a; SELECT * FROM s.x");
  assert.deepEqual(await all(other, "SELECT * FROM s.x"), [1]);
});

test("a connection that is lost takes its changes along", async () => {
  const lost = await connected();
  await lost.query("BEGIN; CREATE VIEW s.x AS SELECT 1 AS a");
  await lost.end();
  await one.query("CREATE VIEW s.x AS SELECT 2 AS a");
  assert.deepEqual(await all(other, "SELECT * FROM s.x"), [2]);
});
