/** psql and drivers browse a whole server: its system catalog over a real connection. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import pg from "pg";
import { nativeProduct } from "../engine/index.js";
import { thisMachine } from "./machine.js";
import { openRooms } from "./open-rooms.js";
import { startServer, type RunningServer } from "./server.js";

/** Of a PostgreSQL to use instead of the one inside. */
const systemCatalogUrl = process.env.MILLRACE_TEST_SYSTEM_CATALOG;

let folder = "";
let server: RunningServer;
let client: pg.Client;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-catalog-"));
  const args = ["--scale", "0.01", "--out", join(folder, "files")];
  const made = spawnSync(nativeProduct("millrace-tpch"), args, { encoding: "utf8" });
  assert.equal(made.status, 0, made.stderr);
  const options = {
    listen: { host: "127.0.0.1", port: 0 },
    dataDirectory: join(folder, "data"),
    threads: 2,
    hostMemoryBytes: 2 ** 30,
    sample: false,
    serverVersion: "14.20",
    ...(systemCatalogUrl === undefined ? {} : { systemCatalogUrl }),
  };
  server = await startServer(options, thisMachine(), openRooms);
  const { host, port } = server.address;
  client = new pg.Client({ host, port, user: "tester", database: "shop" });
  await client.connect();
  await client.query("CREATE SCHEMA tpch");
  await client.query(
    `IMPORT FOREIGN SCHEMA "x" FROM SERVER parquet INTO tpch
     OPTIONS (path '${join(folder, "files")}')`,
  );
  await client.query("SET search_path = tpch, public");
  await client.query("CREATE VIEW big AS SELECT o_orderkey, o_totalprice FROM orders");
  await client.query("COMMENT ON FOREIGN TABLE orders IS 'all orders'");
});

after(async () => {
  await client.end();
  await server.stop(1000);
  await rm(folder, { recursive: true, force: true });
});

async function rows(text: string, values: readonly unknown[] = []): Promise<readonly unknown[]> {
  const config: pg.QueryArrayConfig = { text, values: [...values], rowMode: "array" };
  return (await client.query(config)).rows;
}

const COMMANDS =
  `d|d lineitem|d+ orders|d big|d+ big|d+|dt|dt+|dt *.*|dv|dv+|dn|dn+|dnS|df|df+|df pg_*size|l|l+|du|
  du+|dg|dp|z|di|di+|ds|dm|dE|dE+|det+|des+|dew+|deu|dT|dT+|dTS|dD|dC|dc|dO|dOS|da|daS|db|db+|dd|ddp|
  dconfig|dconfig *|dF|dF+|dFd|dFp|dFt|dL|dA|dAc|dAf|dAo|dAp|dP|dP+|dRp|dRs|drds|dx|dx+|dX|dy|do|dS|
  dS pg_class|d+ pg_class|sf format_type|sv big|sv+ big|dl|conninfo`
    .split("|")
    .map((command) => `\\${command.trim()}`);

/** What psql prints; the server is in this process, so nothing may block it. */
async function psql(input: string): Promise<{ readonly out: string; readonly err: string }> {
  const { host, port } = server.address;
  const args = ["-X", "-h", host, "-p", String(port), "-U", "tester", "-d", "shop"];
  const child = spawn("psql", args, { stdio: "pipe" });
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  child.stdin.end(input);
  await once(child, "close");
  return { out, err };
}

test("psql browses without an error", async () => {
  const { out, err } = await psql(["SET search_path = tpch, public;", ...COMMANDS].join("\n"));
  const problems = err.split("\n").filter((line) => !/Did not find any|^$/.test(line));
  assert.deepEqual(problems, []);
  assert.match(out, /Foreign table "tpch\.lineitem"[^]*l_quantity +\| numeric\(15,2\)/);
  // Releases before 16 name the table of each column.
  const view = out.replaceAll("orders.o_", "o_");
  assert.match(view, /View definition:\n SELECT o_orderkey,\n {4}o_totalprice\n {3}FROM orders;/);
  assert.match(out, /tpch +\| orders +\| foreign table +\| .* \| all orders/);
});

test("a column of a result tells its table by the OID that the catalog has", async () => {
  const { fields } = await client.query("SELECT o_orderkey FROM orders LIMIT 1");
  const answer = await rows(
    "SELECT $1::oid::regclass::text, attname FROM pg_attribute WHERE attrelid = $1 AND attnum = $2",
    [fields[0]?.tableID, fields[0]?.columnID],
  );
  assert.deepEqual(answer, [["orders", "o_orderkey"]]);
});

test("parameters and results are passed on in text and binary", async () => {
  const text =
    "SELECT oid, relname, relkind, reltuples FROM pg_class WHERE relname = ANY($1) ORDER BY 2";
  const config = { text, values: [["orders", "nation"]], rowMode: "array" as const };
  const names = (result: pg.QueryArrayResult): readonly unknown[] =>
    result.rows.map((row) => row[1]);
  assert.deepEqual(names(await client.query(config)), ["nation", "orders"]);
  const binary = await client.query({ ...config, binary: true } as pg.QueryArrayConfig);
  assert.equal(binary.fields[0]?.format, "binary");
  assert.equal(binary.rows.length, 2);
});

test("what needs a PostgreSQL and reads no table is answered by it", async () => {
  const text =
    "SELECT jsonb_build_object('a', $1::int) -> 'a', '[1,3]'::int4range, b'101' & b'011'";
  assert.deepEqual(await rows(text, [7]), [[7, "[1,4)", "001"]]);
  await assert.rejects(rows("SELECT '{}'::jsonb FROM orders"), { code: "0A000" });
  await assert.rejects(rows("SELECT lo_create(0), '{}'::jsonb"), { code: "0A000" });
});

test("nothing writes into the catalog", async () => {
  const write = `WITH gone AS (DELETE FROM pg_description RETURNING 1) SELECT count(*) FROM gone`;
  await assert.rejects(rows(write), { code: "25006" });
  const [count] = await rows("SELECT count(*) > 1000 FROM pg_description");
  assert.deepEqual(count, [true]);
});

test("the version is one everywhere, the session's settings are seen", async () => {
  await client.query("SET application_name = 'browser'");
  assert.deepEqual(
    await rows(`SELECT name, setting FROM pg_settings
      WHERE name IN ('application_name', 'server_version', 'millrace.threads') ORDER BY 1`),
    [
      ["application_name", "browser"],
      ["millrace.threads", "0"],
      ["server_version", "14.20"],
    ],
  );
  const [[version]] = (await rows(
    "SELECT current_setting('server_version_num') || ' ' || version() FROM pg_class LIMIT 1",
  )) as [[string]];
  assert.match(version, /^140020 PostgreSQL 14\.20 \(Millrace /);
});

test("sessions of this server are those of the catalog", async () => {
  assert.deepEqual(
    await rows(`SELECT a.pid = pg_backend_pid(), a.state, d.datname, a.query LIKE 'SELECT a.pid%'
      FROM pg_stat_activity a JOIN pg_database d ON d.oid = a.datid`),
    [[true, "active", "shop", true]],
  );
});

test("errors have PostgreSQL's code and count positions in the client's own text", async () => {
  const failed = client.query("SELECT 1;  SELECT nope FROM pg_class");
  await assert.rejects(failed, { code: "42703", position: "19" });
  const perRow = client.query("SELECT pg_get_viewdef(c.oid) FROM pg_class c, orders");
  await assert.rejects(perRow, { code: "0A000", position: "8" });
  await assert.rejects(client.query("SELECT xmlelement(name x) FROM orders"), { code: "0A000" });
  assert.deepEqual(await rows("SELECT count(*) FROM pg_class WHERE relname = 'orders'"), [["1"]]);
});

test("a query of tables reads so much of the catalog and no more", async () => {
  const some = "SELECT count(p.proname), min(r_name) FROM pg_proc p, region WHERE r_regionkey = 0";
  const [[count, name]] = (await rows(some)) as [[string, string]];
  assert.ok(Number(count) > 3000);
  assert.equal(name, "AFRICA");
  // Releases before 18 have too few functions to be too many.
  if (systemCatalogUrl === undefined) {
    const all = client.query("SELECT * FROM pg_proc, region WHERE r_regionkey = 0");
    await assert.rejects(all, {
      code: "54000",
      message: /"pg_proc" of the system catalog is too large/,
    });
  }
  const one =
    "SELECT * FROM pg_proc p, region WHERE p.proname = 'pg_get_keywords' AND r_regionkey = 0";
  assert.equal((await rows(one)).length, 1);
});

test("EXPLAIN is what the catalog's own PostgreSQL says, in every format", async () => {
  const query = "SELECT amname FROM pg_am WHERE oid = 403";
  const [scan] = await rows(`EXPLAIN (COSTS off) ${query}`);
  assert.match(String(scan), /Scan (using pg_am_oid_index )?on pg_am/);
  const analyzed = (await rows(`/* ( */ EXPLAIN ANALYZE VERBOSE ${query}`)).join("\n");
  assert.match(analyzed, /on pg_catalog\.pg_am[^]*actual time[^]*Output: [^]*Execution Time/);
  assert.doesNotMatch(analyzed, /Buffers/);
  const json = (await rows(`EXPLAIN (FORMAT json) ${query}`)) as [[[{ Plan: object }]]];
  assert.ok("Plan" in json[0][0][0]);
  assert.match(String(await rows(`EXPLAIN (FORMAT yaml) (${query})`)), /^- Plan: /);
  assert.match(String(await rows(`EXPLAIN (FORMAT xml) ${query}`)), /<Relation-Name>pg_am</);
  await rows("PREPARE amOf(oid) AS SELECT amname FROM pg_am WHERE oid = $1");
  assert.match(String(await rows("EXPLAIN (COSTS off) EXECUTE amOf(403)")), /on pg_am/);
  assert.deepEqual(await rows("EXECUTE amOf(403)"), [["btree"]]);
  const failed = client.query("EXPLAIN (COSTS off)  SELECT nope FROM pg_am");
  await assert.rejects(failed, { code: "42703", position: "29" });
});

test("COPY writes catalog rows in each format, and those of session functions", async () => {
  const query = `SELECT amname, oid, NULL::text, E'a,"b\\n', '' FROM pg_am WHERE amname IN ('gin', 'gist')
    ORDER BY 1`;
  const { out, err } = await psql(
    `COPY (${query.replaceAll("\n", " ")}) TO STDOUT;
     COPY (${query}) TO STDOUT (FORMAT csv, HEADER, FORCE_QUOTE (amname));
     COPY pg_catalog.pg_am (amname, oid) TO STDOUT DELIMITER '|';
     COPY (SELECT pg_sleep(0), oid FROM pg_am WHERE oid = 403) TO STDOUT;
     COPY pg_am (nope) TO STDOUT;`,
  );
  assert.equal(err, 'ERROR:  column "nope" of relation "pg_am" does not exist\n');
  const lines = out.split("\n");
  assert.deepEqual(lines.slice(0, 7), [
    'gin\t2742\t\\N\ta,"b\\n\t',
    'gist\t783\t\\N\ta,"b\\n\t',
    "amname,oid,text,?column?,?column?",
    '"gin",2742,,"a,""b',
    '",""',
    '"gist",783,,"a,""b',
    '",""',
  ]);
  assert.ok(lines.includes("btree|403"));
  assert.equal(lines.at(-2), "\t403");
});

test("cursors over catalogs go back and forth, and outlive their transaction", async () => {
  const results = (await client.query(
    `BEGIN; DECLARE c SCROLL CURSOR WITH HOLD FOR SELECT amname FROM pg_am ORDER BY 1;
     FETCH 2 FROM c; COMMIT; MOVE LAST FROM c; FETCH BACKWARD 1 FROM c; FETCH ABSOLUTE 1 FROM c; CLOSE c`,
  )) as unknown as readonly pg.QueryResult<{ amname: string }>[];
  const names = results.map(({ rows: fetched }) => fetched.map(({ amname }) => amname).join(" "));
  assert.deepEqual(names, ["", "", "brin btree", "", "", "heap", "brin", ""]);
});
