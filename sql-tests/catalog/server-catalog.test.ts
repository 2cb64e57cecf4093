/** The system catalog in a PostgreSQL of its own: what it shows, who shares it, what ends it. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import pg from "pg";
import { ServerAddress, ServerCatalog, type Batch } from "../../src/catalog/index.js";
import { NodeClock } from "../../src/env/node/index.js";
import { canceledByUser, SqlError } from "../../src/errors/index.js";
import { PrivatePostgres } from "../../src/testing/private-postgres.js";
import { RecordingLog } from "../../src/testing/recording-log.js";
import {
  isInstalled,
  POSTGRES_15,
  POSTGRES_18,
  type PostgresRelease,
} from "../runner/postgres-release.js";
import { CatalogStand, column, FRAME, HOME, role, STATE, TABLE } from "./catalog-stand.js";

const ENDLESS = "WITH RECURSIVE r AS (SELECT 1 UNION ALL SELECT 1 FROM r) SELECT count(*) FROM r";

for (const release of [POSTGRES_15, POSTGRES_18]) {
  const { major, binaries } = release;
  const missing = `PostgreSQL ${String(major)} is not installed in ${binaries}`;
  const skip = isInstalled(release) ? false : missing;
  describe(`over PostgreSQL ${String(major)}`, { skip }, () => {
    let started: CatalogStand | null = null;
    before(async () => {
      started = await CatalogStand.start(release);
      await started.reopen();
    });
    after(() => started?.stop());
    const stand = (): CatalogStand => started ?? assert.fail("it did not start");
    showing(stand, release);
    answering(stand);
    sharing(stand);
  });
}

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof SqlError, String(error));
    return `${error.sqlstate} ${error.message}`;
  }
  return assert.fail("it did not fail");
}

/** What the mirror shows. */
function showing(stand: () => CatalogStand, release: PostgresRelease): void {
  test("it shows relations, owners and rights by the engine's OIDs", async () => {
    assert.equal(Number.parseInt(stand().catalog?.serverVersion ?? ""), release.major);
    assert.deepEqual(
      await stand().rows(
        `SELECT oid, oid::regclass, relkind, reltuples, pg_relation_size(oid),
           pg_get_userbyid(relowner), obj_description(oid)
         FROM pg_class WHERE oid BETWEEN 16384 AND 16400 AND relkind IN ('f', 'v') ORDER BY 1`,
      ),
      ["16390|orders|f|42|24576|millrace|all orders", "16391|totals|v|-1|0|millrace|NULL"],
    );
    assert.deepEqual(
      await stand()
        .rows(`SELECT n.oid, rolname, nspacl, has_schema_privilege('joe', n.oid, 'CREATE')
        FROM pg_namespace n JOIN pg_authid r ON r.oid = nspowner WHERE nspname = 'shop'`),
      ["16388|ann|{ann=UC/ann}|t"],
    );
    assert.deepEqual(await stand().rows("SELECT pg_get_viewdef('totals'::regclass)"), [
      ` SELECT ${release.major > 15 ? "" : "orders."}id,\n    count(*) AS n\n   FROM orders\n  GROUP BY ${release.major > 15 ? "" : "orders."}id;`,
    ]);
    assert.deepEqual(
      await stand()
        .rows(`SELECT table_schema, column_name, is_updatable FROM information_schema.columns
        WHERE table_name IN ('orders', 'totals') ORDER BY table_name, ordinal_position LIMIT 1`),
      ["shop|id|NO"],
    );
  });

  test("a session's frame is its own, with its database's name", async () => {
    const whoami = `SELECT current_user, current_database(), pg_backend_pid(), version(),
      current_setting('server_version_num'), current_setting('search_path'),
      (SELECT count(*) FROM pg_database WHERE datname = current_database())`;
    const told = "4711|PostgreSQL 14.20 (test)|140020";
    assert.deepEqual(await stand().rows(whoami), [`millrace|market|${told}|shop, public|1`]);
    const other = { user: "joe", database: "other", settings: new Map() };
    assert.deepEqual(await stand().rows(whoami, other), [`joe|other|${told}|"$user", public|1`]);
    const both = await Promise.all(
      Array.from({ length: 20 }, (_, index) => stand().rows(whoami, index % 2 === 0 ? {} : other)),
    );
    assert.deepEqual(
      both.map(([row]) => row?.split("|")[1]),
      both.map((_, index) => (index % 2 === 0 ? "market" : "other")),
    );
    assert.equal(
      await refusal(stand().rows("SELECT rolpassword FROM pg_authid", other)),
      "42501 permission denied for table pg_authid",
    );
    assert.equal(
      await refusal(stand().rows("CREATE TABLE t (a int)")),
      "25006 cannot execute CREATE TABLE in a read-only transaction",
    );
  });

  test("a guest becomes a role, and makes way for one of the engine", async () => {
    assert.deepEqual(await stand().rows("SELECT current_user", { user: "guest" }), ["guest"]);
    stand().show({ ...STATE, roles: [...(STATE.roles ?? []), role(16410, "guest")] });
    assert.deepEqual(
      await stand().rows("SELECT oid, rolsuper FROM pg_roles WHERE rolname = current_user", {
        user: "guest",
      }),
      ["16410|f"],
    );
    stand().show(STATE);
    assert.deepEqual(await stand().rows("SELECT count(*) FROM pg_roles WHERE rolname = 'guest'"), [
      "0",
    ]);
  });

  test("a change is shown to the next query", async () => {
    const wider = [...TABLE.columns, column("extra", 16, "boolean")];
    stand().show({ ...STATE, relations: [{ ...TABLE, name: "sales", columns: wider }] });
    assert.deepEqual(
      await stand().rows("SELECT oid::regclass, relnatts FROM pg_class WHERE oid = 16390"),
      ["sales|3"],
    );
    stand().show(STATE);
    assert.deepEqual(
      await stand().rows("SELECT 'orders'::regclass::oid, 'totals'::regclass::oid"),
      ["16390|16391"],
    );
  });

  test("PostgreSQL itself finds the mirror's rows whole: what it drops is gone", async () => {
    await stand().rows("SELECT 1");
    const { rows: found } = await stand().admin.query<{ datname: string }>(
      "SELECT datname FROM pg_database WHERE datname IN ('mirror', 'market', 'other')",
    );
    const client = new pg.Client(stand().url(found[0]?.datname ?? ""));
    await client.connect();
    await client.query("BEGIN");
    await client.query("DROP FOREIGN TABLE shop.orders CASCADE");
    const left = await client.query(`SELECT
      (SELECT count(*)::int FROM pg_class WHERE oid IN (16390, 16391)) AS classes,
      (SELECT count(*)::int FROM pg_type WHERE typname ~ '^_?(orders|totals)$') AS types,
      (SELECT count(*)::int FROM pg_depend WHERE refobjid IN (16390, 16391)) AS depends`);
    assert.deepEqual(left.rows, [{ classes: 0, types: 0, depends: 0 }]);
    await client.query("ROLLBACK");
    await client.end();
    assert.deepEqual(await stand().rows("SELECT 'orders'::regclass::oid"), ["16390"]);
  });
}

/** How queries end. */
function answering(stand: () => CatalogStand): void {
  test("queries run beside each other", async () => {
    const began = performance.now();
    await Promise.all(Array.from({ length: 6 }, () => stand().rows("SELECT pg_sleep(0.5)")));
    const tookMs = performance.now() - began;
    assert.ok(tookMs < 2_500, `${String(tookMs)} ms, one after the other would take 3000`);
  });

  test("a cancelled query ends, and its process with it", async (context) => {
    const controller = new AbortController();
    const stuck = refusal(stand().rows(ENDLESS, {}, controller.signal));
    assert.deepEqual(await stand().rows("SELECT 1"), ["1"]);
    const began = performance.now();
    controller.abort(canceledByUser());
    assert.equal(await stuck, "57014 canceling statement due to user request");
    const tookMs = performance.now() - began;
    context.diagnostic(`cancelled within ${tookMs.toFixed(0)} ms`);
    assert.ok(tookMs < 1000, `${String(tookMs)} ms`);
    const busy =
      "SELECT count(*)::int AS n FROM pg_stat_activity WHERE query LIKE '%RECURSIVE%' AND state = 'active' AND pid <> pg_backend_pid()";
    for (let looks = 0; ; looks++) {
      const [row] = (await stand().admin.query<{ n: number }>(busy)).rows;
      if (row?.n === 0) break;
      assert.ok(looks < 100, "the process goes on");
      await stand().admin.query("SELECT pg_sleep(0.05)");
    }
  });

  test("a query that takes too long is ended", async () => {
    await stand().reopen({ mostMs: 300 });
    assert.match(await refusal(stand().rows(ENDLESS)), /^57014 .*time limit/);
    await stand().reopen();
  });

  test("lost connections are made again", async () => {
    await stand().rows("SELECT 1");
    await stand().admin.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'millrace'",
    );
    assert.deepEqual(await stand().rows("SELECT 'orders'::regclass::oid"), ["16390"]);
    const readers = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE query LIKE '%set_config%' AND application_name = 'millrace'`;
    const running = stand().rows("SELECT pg_sleep(0.3), 'orders'::regclass::oid");
    await stand().admin.query("SELECT pg_sleep(0.1)");
    await stand().admin.query(readers);
    assert.deepEqual(await running, ["|16390"]);
  });
}

/** Who else may be there. */
function sharing(stand: () => CatalogStand): void {
  test("two servers do not share one, and what is somebody's is left alone", async () => {
    await assert.rejects(stand().other(), /another server keeps its mirror in database "mirror"/);
    await stand().admin.query("CREATE DATABASE used");
    const client = new pg.Client(stand().url("used"));
    await client.connect();
    await client.query("CREATE TABLE precious (a int)");
    await client.end();
    await assert.rejects(stand().other("used"), /database "used" is not empty and not Millrace's/);
    await assert.rejects(stand().other("template1"), /database "template1" cannot hold it/);
    await stand().admin.query("CREATE ROLE plain LOGIN");
    const plain = new ServerAddress(stand().postgres.url.replace("postgres@", "plain@"));
    await assert.rejects(stand().other(HOME, { address: plain }), /its user must be a superuser/);
    // Roles of another mirror are in the way, and said so.
    await assert.rejects(
      stand().other("second"),
      /role ".*ann.*" there is in the way of a role of Millrace/,
    );
    await stand().catalog?.close();
    await stand().admin.query("CREATE DATABASE empty");
    const second = await stand().other("empty");
    assert.deepEqual(await stand().rows("SELECT 'orders'::regclass::oid", {}, undefined, second), [
      "16390",
    ]);
    await second.close();
    await stand().reopen();
    assert.deepEqual(await stand().rows("SELECT 'orders'::regclass::oid"), ["16390"]);
  });

  test("roles of others stay what they are", async () => {
    await stand().admin.query("CREATE ROLE keeper LOGIN");
    stand().show({ ...STATE, roles: [...(STATE.roles ?? []), role(16420, "keeper")] });
    assert.match(
      await refusal(stand().rows("SELECT 1")),
      /^58000 .*role "keeper" there is in the way/,
    );
    await stand().admin.query("DROP ROLE keeper");
    assert.deepEqual(await stand().rows("SELECT oid FROM pg_roles WHERE rolname = 'keeper'"), [
      "16420",
    ]);
    stand().show(STATE);
    await stand().rows("SELECT 1");
  });
}

test(
  "where the PostgreSQL goes away queries say so, and are answered once it is back",
  {
    skip: isInstalled(POSTGRES_15) ? false : "PostgreSQL 15 is not installed",
  },
  async (context) => {
    const postgres = await PrivatePostgres.start();
    const clock = new NodeClock();
    const catalog = await ServerCatalog.open({
      address: new ServerAddress(postgres.url.replace(/\w+$/, HOME)),
      source: { mirrorVersion: "1", mirrorState: () => Promise.resolve(STATE) },
      liveFunctions: [],
      clock,
      log: new RecordingLog(),
    });
    const ask = (): Promise<string> => {
      const { signal } = new AbortController();
      const fill = (batch: Batch): void => void batch.parse("", "SELECT 1").bind("", []).execute();
      return catalog.run({ frame: FRAME, signal, fill }).then(
        () => "answered",
        (error: unknown) => (error instanceof SqlError ? error.sqlstate : String(error)),
      );
    };
    try {
      assert.equal(await ask(), "answered");
      postgres.crash();
      const refusals = [await ask(), await ask(), await ask(), await ask()];
      // Each says that it is away; from the third on it is not even tried for a while.
      assert.deepEqual(new Set(refusals), new Set(["58000", "57P03"]));
      postgres.begin();
      const began = clock.monotonicMs();
      while ((await ask()) !== "answered") {
        assert.ok(clock.monotonicMs() - began < 30_000, "it is not found again");
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      context.diagnostic(`answered ${(clock.monotonicMs() - began).toFixed(0)} ms after its start`);
    } finally {
      await catalog.close();
      postgres.stop();
    }
  },
);
