/** Temporary tables on disk and between sessions: what is left of them, and who sees them. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import pg from "pg";
import type { Engine } from "../engine/index.js";
import { thisMachine } from "./machine.js";
import { openRooms } from "./open-rooms.js";
import { startServer, type RunningServer } from "./server.js";

/** Less than what the table below takes. */
const HOST_MEMORY_BYTES = 48 * 2 ** 20;
const ROWS = 1_500_000;

let folder = "";
let server: RunningServer;
let engine: Engine;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-temporary-"));
  const options = {
    listen: { host: "127.0.0.1", port: 0 },
    dataDirectory: join(folder, "data"),
    threads: 2,
    hostMemoryBytes: HOST_MEMORY_BYTES,
    sample: false,
    serverVersion: "14.20",
  };
  server = await startServer(options, thisMachine(), async (...given) => {
    const rooms = await openRooms(...given);
    ({ engine } = rooms);
    return rooms;
  });
});

after(async () => {
  await server.stop(1000);
  await rm(folder, { recursive: true, force: true });
});

async function connected(): Promise<pg.Client> {
  const { host, port } = server.address;
  const client = new pg.Client({ host, port, user: "tester", database: "testdb" });
  await client.connect();
  return client;
}

test("a table larger than memory is read back, and leaves no file", async () => {
  const before = await readdir(join(folder, "data"));
  const client = await connected();
  await client.query(
    `CREATE TEMP TABLE big AS SELECT g AS a, g * 2::bigint AS b, 'row number ' || g AS c
     FROM generate_series(1, ${String(ROWS)}) g`,
  );
  const { rows } = await client.query(
    "SELECT count(*), sum(a) AS a, sum(b) AS b, max(c), count(*) FILTER (WHERE c = 'row number ' || a) AS same FROM big",
  );
  const sum = (BigInt(ROWS) * BigInt(ROWS + 1)) / 2n;
  assert.deepEqual(rows, [
    {
      count: String(ROWS),
      a: String(sum),
      b: String(2n * sum),
      max: "row number 999999",
      same: String(ROWS),
    },
  ]);
  const during = await readdir(join(folder, "data"));
  assert.deepEqual(during, before);
  await client.end();
});

test("nobody else sees a table, and its memory comes back with the session's end", async () => {
  const one = await connected();
  const other = await connected();
  await one.query("CREATE TEMP TABLE own AS SELECT g AS a FROM generate_series(1, 1000) g");
  await other.query("CREATE TEMP TABLE own AS SELECT 'x' AS a");
  assert.deepEqual((await other.query("SELECT a FROM own")).rows, [{ a: "x" }]);
  assert.deepEqual((await one.query("SELECT sum(a) FROM own")).rows, [{ sum: "500500" }]);
  await one.end();
  await other.end();
  const last = await connected();
  await assert.rejects(last.query("SELECT * FROM own"), { code: "42P01" });
  await last.end();
  // The sessions' ends are told to nobody: they are waited for.
  for (let tries = 0; tries < 100 && engine.memory().heldBytes > 0; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.equal(engine.memory().heldBytes, 0);
});
