/** Files that are replaced under a running server: what statements and transactions see of them. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { copyFileSync, renameSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import pg from "pg";
import { nativeProduct, type Engine } from "../engine/index.js";
import { thisMachine } from "./machine.js";
import { openRooms } from "./open-rooms.js";
import { startServer, type RunningServer } from "./server.js";

const FILE = "part-00000.parquet";

let folder = "";
let tables = "";
let server: RunningServer;
let engine: Engine;
let client: pg.Client;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-changed-"));
  for (const scale of ["0.01", "0.02"]) {
    const args = ["--scale", scale, "--out", join(folder, scale)];
    const made = spawnSync(nativeProduct("millrace-tpch"), args, { encoding: "utf8" });
    assert.equal(made.status, 0, made.stderr);
  }
  tables = join(folder, "tables");
  await mkdir(join(tables, "supplier"), { recursive: true });
  const options = {
    listen: { host: "127.0.0.1", port: 0 },
    dataDirectory: join(folder, "data"),
    threads: 2,
    hostMemoryBytes: 2 ** 30,
    sample: false,
    serverVersion: "14.20",
  };
  server = await startServer(options, thisMachine(), async (...given) => {
    const rooms = await openRooms(...given);
    ({ engine } = rooms);
    return rooms;
  });
  const { host, port } = server.address;
  client = new pg.Client({ host, port, user: "tester", database: "testdb" });
  await client.connect();
  put("0.01");
  await client.query(
    `IMPORT FOREIGN SCHEMA "x" FROM SERVER parquet INTO public OPTIONS (path '${tables}')`,
  );
});

after(async () => {
  await client.end();
  await server.stop(1000);
  await rm(folder, { recursive: true, force: true });
});

beforeEach(() => put("0.01"));

/** Puts the suppliers of a scale there, 100 or 200 of them: a new file, as writers should. */
function put(scale: "0.01" | "0.02"): void {
  const made = join(folder, "made");
  copyFileSync(join(folder, scale, "supplier", FILE), made);
  renameSync(made, join(tables, "supplier", FILE));
}

/** Runs `change` when the next query has been planned and is about to run, `times` times. */
function betweenPlanAndRun(times: number, change: () => void): void {
  const openQuery = engine.openQuery.bind(engine);
  let left = times;
  engine.openQuery = (plan) => {
    change();
    left -= 1;
    if (left === 0) engine.openQuery = openQuery;
    return openQuery(plan);
  };
}

async function counted(text = "SELECT count(*), max(s_name) FROM supplier"): Promise<string> {
  const { rows } = await client.query<string[]>({ text, rowMode: "array" });
  return rows.map((row) => row.join(" ")).join("; ");
}

const FEW = "100 Supplier#000000100";
const MANY = "200 Supplier#000000200";

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    const { code, message } = error as { readonly code: string; readonly message: string };
    return `${code} ${message.replace(folder, "FOLDER")}`;
  }
  return assert.fail("it did not fail");
}

const CHANGED = `40001 file "FOLDER/tables/supplier/${FILE}" was changed after the query was planned`;

test("a file replaced between planning and execution: the statement sees the new one", async () => {
  assert.equal(await counted(), FEW);
  betweenPlanAndRun(1, () => put("0.02"));
  assert.equal(await counted(), MANY);
});

test("a file overwritten in place is noticed too", async () => {
  assert.equal(await counted(), FEW);
  const there = join(tables, "supplier", FILE);
  betweenPlanAndRun(1, () => copyFileSync(join(folder, "0.02", "supplier", FILE), there));
  assert.equal(await counted("SELECT count(*) FROM supplier WHERE s_comment IS NOT NULL"), "200");
});

test("a statement starts again once, not as long as files change", async () => {
  let isSmall = true;
  betweenPlanAndRun(2, () => {
    isSmall = !isSmall;
    put(isSmall ? "0.01" : "0.02");
  });
  assert.equal(await codeOf(counted()), CHANGED);
  assert.equal(await counted(), FEW);
});

test("a file removed meanwhile", async () => {
  const there = join(tables, "supplier", FILE);
  betweenPlanAndRun(1, () => renameSync(there, join(folder, "gone")));
  assert.match(await codeOf(counted()), /^58P01 /);
  await rename(join(folder, "gone"), there);
  assert.equal(await counted(), FEW);
  // A part that goes away while others stay is no error, but fewer rows.
  await copyFile(
    join(folder, "0.02", "supplier", FILE),
    join(tables, "supplier", "second.parquet"),
  );
  betweenPlanAndRun(1, () => renameSync(join(tables, "supplier", "second.parquet"), there));
  assert.equal(await counted(), MANY);
});

test("a prepared statement run again reads the new file", async () => {
  const query = {
    name: "suppliers",
    text: "SELECT count(*) FROM supplier WHERE s_suppkey > $1",
    values: [50],
    rowMode: "array",
  };
  assert.deepEqual((await client.query(query)).rows, [["50"]]);
  put("0.02");
  assert.deepEqual((await client.query(query)).rows, [["150"]]);
  betweenPlanAndRun(1, () => put("0.01"));
  assert.deepEqual((await client.query(query)).rows, [["50"]]);
});

test("a transaction that has read a file ends with 40001 when it is replaced", async () => {
  await client.query("BEGIN");
  assert.equal(await counted(), FEW);
  put("0.02");
  assert.equal(await codeOf(counted()), CHANGED);
  assert.match(await codeOf(counted()), /^25P02 /);
  await client.query("ROLLBACK");
  assert.equal(await counted(), MANY);
});

test("an answer without a row is an answer", async () => {
  await client.query("BEGIN");
  assert.equal(await counted("SELECT s_name FROM supplier WHERE s_suppkey > 100"), "");
  put("0.02");
  assert.equal(await codeOf(counted("SELECT s_name FROM supplier WHERE s_suppkey > 100")), CHANGED);
  await client.query("ROLLBACK");
});

test("a transaction that has only planned over a file reads the new one", async () => {
  await client.query("BEGIN");
  assert.equal(await counted("SELECT 1"), "1");
  await client.query("PREPARE suppliers_later AS SELECT count(*), max(s_name) FROM supplier");
  put("0.02");
  assert.equal(await counted("EXECUTE suppliers_later"), MANY);
  put("0.01");
  assert.equal(await codeOf(counted("EXECUTE suppliers_later")), CHANGED);
  await client.query("ROLLBACK");
  await client.query("DEALLOCATE suppliers_later");
});

test("EXPLAIN ANALYZE starts again as well, and shows the plan that ran", async () => {
  betweenPlanAndRun(1, () => put("0.02"));
  const shown = await counted("EXPLAIN (ANALYZE, TIMING off) SELECT s_name FROM supplier");
  assert.match(shown, /Scan on public.supplier .*rows=200 .*actual rows=200/);
});
