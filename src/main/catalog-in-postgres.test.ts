/** Whole servers that keep their definitions in a PostgreSQL. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import pg from "pg";
import type { ServeOptions } from "../command-line/index.js";
import { PrivatePostgres } from "../testing/private-postgres.js";
import { thisMachine } from "./machine.js";
import { openRooms } from "./open-rooms.js";
import { run } from "./run.js";
import { startServer, type RunningServer } from "./server.js";

let folder = "";
let postgres: PrivatePostgres;
let catalogUrl = "";

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-elsewhere-"));
  postgres = await PrivatePostgres.start();
  catalogUrl = await postgres.newSchema("lake");
});

after(async () => {
  postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

function options(directory: string): ServeOptions {
  return {
    listen: { host: "127.0.0.1", port: 0 },
    dataDirectory: join(folder, directory),
    catalogUrl,
    threads: 2,
    hostMemoryBytes: 2 ** 30,
    sample: false,
  };
}

/** Serves until `work` is done. */
async function serving(
  directory: string,
  work: (client: pg.Client, server: RunningServer) => Promise<void>,
): Promise<void> {
  const server = await startServer(options(directory), thisMachine(), openRooms);
  const { host, port } = server.address;
  const client = new pg.Client({ host, port, user: "tester", database: "millrace" });
  await client.connect();
  try {
    await work(client, server);
  } finally {
    await client.end();
    await server.stop(1000);
  }
}

test("definitions survive a restart, in any data directory", async () => {
  await serving("first", async (client) => {
    await client.query("CREATE SCHEMA s; CREATE VIEW s.v AS SELECT 42 AS answer");
    await client.query("COMMENT ON VIEW s.v IS 'of everything'; CREATE ROLE ann");
    await client.query("GRANT SELECT ON s.v TO ann");
  });
  await serving("second", async (client) => {
    assert.deepEqual((await client.query("SELECT * FROM s.v")).rows, [{ answer: 42 }]);
    const { rows } = await client.query(
      "SELECT obj_description('s.v'::regclass) AS comment, relacl::text AS acl " +
        "FROM pg_class WHERE oid = 's.v'::regclass",
    );
    assert.deepEqual(rows, [
      { comment: "of everything", acl: "{millrace=arwdDxt/millrace,ann=r/millrace}" },
    ]);
  });
});

test("a second server of the same catalog is refused, and says no password", async () => {
  await serving("first", async () => {
    let told = "";
    const tell = (text: string): void => {
      told += text;
    };
    const terminal = { out: tell, problem: tell, askedToEnd: () => Promise.resolve() };
    const args = ["--catalog", catalogUrl, "--data-dir", join(folder, "third"), "--no-sample"];
    const status = await run(
      [...args, "--listen", "127.0.0.1:0"],
      thisMachine(),
      terminal,
      openRooms,
    );
    const where = postgres.url.replace(":secret", "");
    assert.equal(told, `millrace: catalog "${where}" is in use by another server\n`);
    assert.equal(status, 1);
  });
});

test("a data directory has one server, whatever its catalog", async () => {
  await serving("first", async () => {
    const other = { ...options("first"), catalogUrl: await postgres.newSchema("other") };
    await assert.rejects(startServer(other, thisMachine(), openRooms), {
      message: `data directory "${join(folder, "first")}" is in use by another server`,
    });
  });
});

test("queries go on while PostgreSQL is away; changes end with 08006", async () => {
  await serving("first", async (client) => {
    await client.query("CREATE VIEW w AS SELECT 1 AS one");
    postgres.crash();
    await assert.rejects(client.query("CREATE VIEW x AS SELECT 2 AS two"), { code: "08006" });
    assert.deepEqual((await client.query("SELECT * FROM w")).rows, [{ one: 1 }]);
    await assert.rejects(client.query("SELECT * FROM x"), { code: "42P01" });
    await client.query("BEGIN");
    await client.query("CREATE VIEW x AS SELECT 3 AS three");
    assert.deepEqual((await client.query("SELECT * FROM x")).rows, [{ three: 3 }]);
    await assert.rejects(client.query("COMMIT"), { code: "08006" });
    await assert.rejects(client.query("SELECT * FROM x"), { code: "42P01" });
    postgres.begin();
    await client.query("CREATE VIEW x AS SELECT 2 AS two");
    assert.deepEqual((await client.query("SELECT * FROM x")).rows, [{ two: 2 }]);
  });
});
