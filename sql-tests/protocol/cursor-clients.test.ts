/** Real clients that read piece by piece: psql, pg-cursor, pg-query-stream, psycopg where it is. */
import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import pg from "pg";
import QueryStream from "pg-query-stream";
import { startMillrace, type Environment } from "../runner/environment.js";

const PSQL = spawnSync("psql", ["--version"]).status === 0;
const PYTHON = "/usr/bin/python3";
const hasModule = (name: string): boolean =>
  spawnSync(PYTHON, ["-c", `import ${name}`]).status === 0;

let server: Environment;

before(async () => {
  server = await startMillrace();
});
after(() => server.stop());

async function psql(script: string): Promise<string> {
  const child = promisify(execFile)("psql", ["-XAtq", server.url]);
  child.child.stdin?.end(`SET search_path = data;\n${script}`);
  const { stdout, stderr } = await child;
  return stdout + stderr;
}

test("psql: FETCH_COUNT, over the system's relations, too", { skip: !PSQL }, async () => {
  const sums = await psql("\\set FETCH_COUNT 700\nSELECT id FROM many ORDER BY id;");
  const ids = sums.trim().split("\n").map(Number);
  assert.equal(ids.length, 20_000);
  assert.ok(ids.every((id, i) => i === 0 || id > (ids[i - 1] ?? 0)));
  const state = await psql(
    "\\set FETCH_COUNT 2\nSELECT state FROM pg_stat_activity WHERE pid = pg_backend_pid();",
  );
  assert.equal(state, "active\n");
});

test("psql: \\copy to a file and to the output", { skip: !PSQL }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "millrace-copy-"));
  try {
    const file = join(folder, "out.csv");
    await psql(`\\copy (SELECT id, name FROM departments ORDER BY id) to '${file}' csv header`);
    const lines = (await readFile(file, "utf8")).trim().split("\n");
    assert.equal(lines[0], "id,name");
    const [count] = (await psql("SELECT count(*) FROM departments;")).split("\n");
    assert.equal(lines.length - 1, Number(count));
    const name = "COPY (SELECT name FROM pg_settings WHERE name = 'work_mem') TO STDOUT;";
    assert.equal(await psql(name), "work_mem\n");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("pg-query-stream: a million rows, and a stream that is left early", async () => {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  try {
    const all = "SELECT a.id FROM data.many AS a, generate_series(1, 50)";
    const stream = client.query(new QueryStream(all, [], { batchSize: 5_000 }));
    let seen = 0;
    for await (const row of stream) {
      assert.ok(typeof row === "object");
      seen++;
    }
    assert.equal(seen, 1_000_000);
    const endless = "SELECT a.id FROM data.many AS a, data.many AS b";
    for await (const row of client.query(new QueryStream(endless, [], { batchSize: 100 }))) {
      assert.ok(row);
      break;
    }
    assert.deepEqual((await client.query("SELECT 1 AS one")).rows, [{ one: 1 }]);
  } finally {
    await client.end();
  }
});

/** The same program for each client: forward in pieces, back and forth, beyond a commit. */
const PSYCOPG2 = `
import sys, psycopg2
c = psycopg2.connect(sys.argv[1])
n = c.cursor("n"); n.itersize = 700
n.execute("select id from data.many order by id"); print(sum(1 for r in n)); n.close()
s = c.cursor("s", scrollable=True); s.execute("select g from generate_series(1,10) g")
print(s.fetchmany(3)); s.scroll(-2); print(s.fetchone()); s.scroll(8, mode="absolute")
print(s.fetchall()); s.close(); c.commit()
h = c.cursor("h", withhold=True); h.execute("select g from generate_series(1,4) g")
print(h.fetchone()); c.commit(); print(h.fetchall()); h.close()
`;
const PSYCOPG3 = `
import sys, psycopg
c = psycopg.connect(sys.argv[1])
for binary in (False, True):
    n = c.cursor("n", binary=binary)
    n.execute("select id, id::numeric / 8 from data.many where id < %s order by id", (100,))
    print(n.fetchmany(2)); print(len(n.fetchall())); n.close()
with c.cursor() as cur, cur.copy("copy (select 1, 'a') to stdout (format binary)") as copy:
    copy.set_types(["int4", "text"]); print(list(copy.rows()))
`;

async function python(program: string): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)(PYTHON, ["-c", program, server.url]);
  return stdout.trim().split("\n");
}

test("psycopg2: named cursors", { skip: !hasModule("psycopg2") }, async () => {
  assert.deepEqual(await python(PSYCOPG2), [
    "20000",
    "[(1,), (2,), (3,)]",
    "(2,)",
    "[(9,), (10,)]",
    "(1,)",
    "[(2,), (3,), (4,)]",
  ]);
});

test("psycopg 3: server cursors and COPY, in binary", { skip: !hasModule("psycopg") }, async () => {
  const lines = await python(PSYCOPG3);
  assert.equal(lines[0], lines[2]);
  assert.equal(lines[1], lines[3]);
  assert.equal(lines[4], "[(1, 'a')]");
});
