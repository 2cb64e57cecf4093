import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import pg from "pg";
import { startTestServer, type TestServer } from "../testing/test-server.js";

let host: TestServer;
before(async () => {
  host = await startTestServer();
});
after(() => host.close());

async function withPg(work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ host: "127.0.0.1", port: host.port, user: "u", database: "d" });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

test("node-postgres: simple, parameters, named statements, errors, transactions", () =>
  withPg(async (client) => {
    const simple = await client.query("select 1 as one, 'x' as two");
    assert.deepEqual(simple.rows, [{ one: 1, two: "x" }]);
    const bound = await client.query({ text: "select $1::int4 as n, $2 as t", values: [7, "é"] });
    assert.deepEqual(bound.rows, [{ n: 7, t: "é" }]);
    for (let i = 0; i < 3; i++) {
      const named = await client.query({ name: "s", text: "select $1 as v", values: [String(i)] });
      assert.deepEqual(named.rows, [{ v: String(i) }]);
    }
    await assert.rejects(client.query("select * from nosuch(1)"), {
      code: "42883",
      position: "15",
    });
    await client.query("begin");
    await assert.rejects(client.query("select * from failing(1)"), { code: "22012" });
    await assert.rejects(client.query("select 1"), { code: "25P02" });
    assert.equal((await client.query("commit")).command, "ROLLBACK");
    const many = await client.query("select * from numbers(1000)");
    assert.equal(many.rowCount, 1000);
  }));

test("a round trip of select 1 costs far less than a millisecond", () =>
  withPg(async (client) => {
    const times: number[] = [];
    for (let i = 0; i < 400; i++) {
      const start = performance.now();
      await client.query("select 1");
      times.push(performance.now() - start);
    }
    times.sort((a, b) => a - b);
    const median = times[200] ?? Infinity;
    // Client included, on a machine that other tests use as well: the bound is wide.
    assert.ok(median < 2, `median ${median.toFixed(3)} ms`);
  }));

const PSQL = spawnSync("psql", ["--version"]).status === 0;

test("psql: rows, several statements, extended protocol, errors", { skip: !PSQL }, async () => {
  const psql = async (...commands: readonly string[]): Promise<string> => {
    const args = ["-XAt", "-h", "127.0.0.1", "-p", String(host.port), "-U", "u", "-d", "d"];
    const words = commands.flatMap((command) => ["-c", command]);
    const { stdout, stderr } = await promisify(execFile)("psql", [...args, ...words], {
      env: { ...process.env, PGCONNECT_TIMEOUT: "5" },
    });
    return stdout + stderr;
  };
  assert.equal(await psql("select 1, 'a'; select 2"), "1|a\n2\n");
  assert.equal(
    await psql("begin", "set local datestyle to sql", "show datestyle", "commit"),
    "BEGIN\nSET\nSQL, MDY\nCOMMIT\n",
  );
  assert.match(await psql("commit"), /WARNING: {2}there is no transaction in progress/);
  await assert.rejects(
    psql("select 1; selec"),
    /ERROR: {2}syntax error at or near "selec"\nLINE 1/,
  );
});
