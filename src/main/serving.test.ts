/** Whole servers over a real connection: engine, catalog, planner and wire together. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { serialize } from "pg-protocol";
import pg from "pg";
import { nativeProduct, type Engine } from "../engine/index.js";
import { brief, WireClient } from "../testing/wire-client.js";
import { thisMachine } from "./machine.js";
import { openRooms } from "./open-rooms.js";
import { startServer, type RunningServer } from "./server.js";

let folder = "";
let server: RunningServer;
let engine: Engine;
let client: pg.Client;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-serving-"));
  const args = ["--scale", "0.01", "--out", join(folder, "files")];
  const made = spawnSync(nativeProduct("millrace-tpch"), args, { encoding: "utf8" });
  assert.equal(made.status, 0, made.stderr);
  await start();
  await client.query("CREATE SCHEMA tpch");
  await client.query(
    `IMPORT FOREIGN SCHEMA "x" FROM SERVER parquet INTO tpch
     OPTIONS (path '${join(folder, "files")}')`,
  );
});

after(async () => {
  await stop();
  await rm(folder, { recursive: true, force: true });
});

async function start(): Promise<void> {
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
  client = await connected();
}

async function stop(): Promise<void> {
  await client.end();
  await server.stop(1000);
}

async function connected(): Promise<pg.Client> {
  const { host, port } = server.address;
  const fresh = new pg.Client({ host, port, user: "tester", database: "testdb" });
  await fresh.connect();
  return fresh;
}

async function rows(text: string, values: readonly unknown[] = []): Promise<readonly unknown[]> {
  const config: pg.QueryArrayConfig = { text, values: [...values], rowMode: "array" };
  return (await client.query(config)).rows;
}

interface Failure {
  readonly code?: string;
  readonly message: string;
  readonly position?: string;
  readonly detail?: string;
}

async function failure(work: Promise<unknown>): Promise<Failure> {
  try {
    await work;
  } catch (error) {
    return error as Failure;
  }
  return assert.fail("it did not fail");
}

/** What files say of themselves stays in memory beside their columns. */
const FILE_METADATA_BYTES = 2 ** 18;

function uncachedBytes(): number {
  const { heldBytes, cachedBytes } = engine.memory();
  return heldBytes - cachedBytes;
}

/**
 * Every query was closed, and its memory given back; the last pages may still be on their way, and
 * statistics being sampled.
 */
async function nothingIsLeft(): Promise<void> {
  const isBusy = (): boolean => engine.openQueryCount > 0 || uncachedBytes() >= FILE_METADATA_BYTES;
  for (let tries = 0; isBusy() && tries < 2000; tries++) await sleep(5);
  assert.equal(engine.openQueryCount, 0);
  assert.ok(uncachedBytes() < FILE_METADATA_BYTES, String(uncachedBytes()));
}

const MANY = "SELECT l_orderkey, l_comment FROM tpch.lineitem";
/** Minutes of work that puts out nothing. */
const LONG =
  "SELECT count(*) FROM tpch.lineitem a, tpch.lineitem b WHERE a.l_comment < b.l_comment";

test("rows come over the wire in text and in binary", async () => {
  assert.deepEqual(await rows("SELECT count(*), min(n_name) FROM tpch.nation"), [
    ["25", "ALGERIA"],
  ]);
  assert.equal((await rows(MANY)).length, 60175);
  const binary = await client.query({
    text: "SELECT n_nationkey, n_name FROM tpch.nation WHERE n_nationkey < 2 ORDER BY 1",
    rowMode: "array",
    binary: true,
  } as pg.QueryConfig);
  assert.deepEqual(binary.rows, [
    ["0", "ALGERIA"],
    ["1", "ARGENTINA"],
  ]);
  await nothingIsLeft();
});

test("parameters get their types from where they stand, and may be NULL", async () => {
  const text = "SELECT n_name FROM tpch.nation WHERE n_nationkey = $1";
  assert.deepEqual(await rows(text, [3]), [["CANADA"]]);
  assert.deepEqual(await rows(text, [null]), []);
  assert.deepEqual(await rows("SELECT $1::date + $2::int", ["2020-02-28", 2]), [
    [new Date(2020, 2, 1)],
  ]);
  const wrong = await failure(rows(text, ["three"]));
  assert.equal(wrong.code, "22P02");
  assert.equal(wrong.message, 'invalid input syntax for type bigint: "three"');
  await nothingIsLeft();
});

test("a parameter may not be a row", async () => {
  const wire = await WireClient.start(server.address.port);
  const record = 2249;
  wire.send(serialize.parse({ text: "SELECT $1", types: [record] }), serialize.sync());
  assert.deepEqual((await wire.untilReady()).map(brief), [
    "E ERROR 0A000 parameters of type record are not supported",
    "Z I",
  ]);
  wire.close();
});

test("a named statement is planned once, and sees files as they are when it runs", async () => {
  const copy = join(folder, "copy");
  await mkdir(copy);
  const part = join(folder, "files", "region", "part-00000.parquet");
  await copyFile(part, join(copy, "a.parquet"));
  await client.query(`CREATE FOREIGN TABLE copies () SERVER parquet OPTIONS (path '${copy}')`);
  const config = {
    name: "counting",
    text: "SELECT count(*) FROM copies",
    rowMode: "array",
  } as const;
  assert.deepEqual((await client.query(config)).rows, [["5"]]);
  await copyFile(part, join(copy, "b.parquet"));
  assert.deepEqual((await client.query(config)).rows, [["10"]]);
  await client.query("DROP FOREIGN TABLE copies");
  assert.equal((await failure(client.query(config))).code, "42P01");
});

test("a run that fails midway tells so after its rows, and leaves nothing behind", async () => {
  const text = "SELECT l_comment, 1 / (l_orderkey - 60000) FROM tpch.lineitem";
  const { code, message } = await failure(rows(text));
  assert.deepEqual([code, message], ["22012", "division by zero"]);
  await nothingIsLeft();
  assert.deepEqual(await rows("SELECT 1"), [[1]]);
});

test("cancelling ends a running query at once", async () => {
  for (let round = 0; round < 3; round++) {
    const running = failure(client.query(LONG));
    await sleep(100);
    const asked = performance.now();
    await cancel();
    assert.equal((await running).code, "57014");
    assert.ok(performance.now() - asked < 500, "it takes half a second to cancel");
    await nothingIsLeft();
  }
  assert.deepEqual(await rows("SELECT 1"), [[1]]);
});

/** A cancel request for what `client` runs. */
async function cancel(): Promise<void> {
  const { processID, secretKey } = client as unknown as {
    readonly processID: number;
    readonly secretKey: number;
  };
  const wire = await WireClient.open(server.address.port);
  wire.send(serialize.cancel(processID, secretKey));
  await wire.untilClosed();
}

test("a client that goes away takes its query along", async () => {
  const wire = await WireClient.start(server.address.port);
  wire.send(serialize.query(LONG));
  await sleep(100);
  assert.equal(engine.openQueryCount, 1);
  wire.close();
  await nothingIsLeft();
});

test("a portal is read piecewise, and closing it early ends its run", async () => {
  const wire = await WireClient.start(server.address.port);
  wire.send(
    serialize.query("BEGIN"),
    serialize.parse({ text: MANY }),
    serialize.bind({ portal: "p" }),
    serialize.execute({ portal: "p", rows: 3 }),
    serialize.execute({ portal: "p", rows: 2 }),
    serialize.close({ type: "P", name: "p" }),
    serialize.sync(),
  );
  await wire.untilReady();
  const tags = (await wire.untilReady()).map(({ tag }) => tag).join("");
  assert.equal(tags, "12DDDsDDs3Z");
  await nothingIsLeft();
  wire.close();
});

test("what is described is not run", async () => {
  const wire = await WireClient.start(server.address.port);
  wire.send(
    serialize.parse({ text: "SELECT 1 / 0 AS never, $1::numeric(10,2) AS price" }),
    serialize.describe({ type: "S", name: "" }),
    serialize.sync(),
  );
  const messages = await wire.untilReady();
  assert.equal(messages.map(({ tag }) => tag).join(""), "1tTZ");
  assert.equal(messages[1]?.body.toString("hex"), "0001000006a4");
  wire.close();
});

test("an explicit transaction keeps the version of the catalog it saw first", async () => {
  const other = await connected();
  await client.query("CREATE VIEW passing AS SELECT 1 AS x");
  await client.query("BEGIN");
  assert.deepEqual(await rows("SELECT x FROM passing"), [[1]]);
  await other.query("DROP VIEW passing");
  assert.deepEqual(await rows("SELECT x FROM passing"), [[1]]);
  await client.query("COMMIT");
  assert.equal((await failure(rows("SELECT x FROM passing"))).code, "42P01");
  await other.end();
});

test("views are bound under the search path they were made with", async () => {
  await client.query("SET search_path = tpch, public");
  await client.query("CREATE VIEW public.far AS SELECT n_name AS name FROM nation");
  await client.query("RESET search_path");
  assert.deepEqual(await rows("SELECT count(*) FROM far"), [["25"]]);
  await client.query("DROP VIEW far");
});

test("columns may be declared wider than the files have them", async () => {
  const path = join(folder, "files", "nation");
  await client.query(
    `CREATE FOREIGN TABLE wide (n_nationkey numeric(21,2), n_name varchar(40)) SERVER parquet
     OPTIONS (path '${path}')`,
  );
  assert.deepEqual(await rows("SELECT * FROM wide WHERE n_nationkey BETWEEN 2 AND 3"), [
    ["2.00", "BRAZIL"],
    ["3.00", "CANADA"],
  ]);
  await client.query("DROP FOREIGN TABLE wide");
});

test("errors of DDL are PostgreSQL's", async () => {
  const cases = [
    ["CREATE SCHEMA tpch", "42P06", 'schema "tpch" already exists'],
    ["DROP TABLE tpch.nation", "42809", '"nation" is not a table'],
    ["DROP VIEW nowhere.v", "3F000", 'schema "nowhere" does not exist'],
    ["CREATE SERVER parquet FOREIGN DATA WRAPPER x", "42710", 'server "parquet" already exists'],
    ["ANALYZE nowhere", "42P01", 'relation "nowhere" does not exist'],
    ["CREATE VIEW v AS SELECT 1 AS a, 2 AS a", "42701", 'column "a" specified more than once'],
    ["EXPLAIN (frobnicate) SELECT 1", "42601", 'unrecognized EXPLAIN option "frobnicate"'],
    [
      "CREATE VIEW of_catalog AS SELECT * FROM pg_class",
      "0A000",
      'reading the system catalog is not supported: relation "pg_class"',
    ],
  ] as const;
  for (const [text, code, message] of cases) {
    const failed = await failure(client.query(text));
    assert.deepEqual([failed.code, failed.message], [code, message], text);
  }
  const refused = await failure(client.query("DROP SCHEMA tpch"));
  assert.equal(refused.code, "2BP01");
  assert.match(refused.detail ?? "", /^foreign table tpch\.\w+ depends on schema tpch$/m);
});

test("EXPLAIN shows the plan, ANALYZE what its run did", async () => {
  const query = "SELECT count(*) FROM tpch.nation WHERE n_regionkey = 1";
  const plain = (await rows(`EXPLAIN (COSTS off) ${query}`)).flat().join("\n");
  assert.match(plain, /-> {2}Parquet Scan on tpch\.nation\n +Filter: \(n_regionkey = 1\)/);
  const [[json]] = (await rows(`EXPLAIN (ANALYZE, FORMAT json) ${query}`)) as [[object]];
  const [whole] = json as unknown as readonly [{ readonly Plan: Node }];
  const scan = deepest(whole.Plan);
  assert.equal(scan["Node Type"], "Parquet Scan");
  assert.equal(scan["Actual Rows"], 5);
  const grouped = "SELECT l_orderkey, count(*) FROM tpch.lineitem GROUP BY l_orderkey";
  const ran = (await rows(`EXPLAIN (ANALYZE) ${grouped}`)).flat().join("\n");
  // Groups count once, however many threads had a part of them.
  const [orders] = (await rows("SELECT count(*)::int FROM tpch.orders")) as [[number]];
  assert.match(ran, new RegExp(`HashAggregate.* rows=${String(orders[0])} loops=1`));
  await nothingIsLeft();
});

interface Node {
  readonly "Node Type": string;
  readonly "Actual Rows": number;
  readonly Plans?: readonly Node[];
}

function deepest(node: Node): Node {
  const [first] = node.Plans ?? [];
  return first === undefined ? node : deepest(first);
}

test("a slow reader holds its query, and no more memory than the ring", async () => {
  const wire = await WireClient.start(server.address.port);
  wire.socket.pause();
  wire.send(serialize.query("SELECT l_comment, g FROM tpch.lineitem, generate_series(1, 200) g"));
  await sleep(300);
  assert.equal(engine.openQueryCount, 1);
  assert.deepEqual(await rows("SELECT 1"), [[1]]);
  wire.close();
  await nothingIsLeft();
});

test("tables are there again after a restart", async () => {
  const before = await rows("SELECT 'tpch.nation'::text, count(*) FROM tpch.nation");
  await stop();
  const begun = performance.now();
  await start();
  assert.ok(performance.now() - begun < 3000, "a start takes three seconds");
  assert.deepEqual(await rows("SELECT 'tpch.nation'::text, count(*) FROM tpch.nation"), before);
});
