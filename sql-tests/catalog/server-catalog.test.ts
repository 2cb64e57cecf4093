/** The system catalog in a PostgreSQL of its own: what it shows, who shares it, what ends it. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import pg from "pg";
import {
  REPLY_TAG,
  ServerAddress,
  ServerCatalog,
  type MirrorState,
  type SystemCatalog,
} from "../../src/catalog/index.js";
import { NodeClock } from "../../src/env/node/index.js";
import { canceledByUser, SqlError } from "../../src/errors/index.js";
import { RecordingLog } from "../../src/testing/recording-log.js";
import {
  isInstalled,
  POSTGRES_15,
  POSTGRES_18,
  type PostgresRelease,
} from "../runner/postgres-release.js";
import { PostgresServer } from "../runner/postgres-server.js";

const HOME = "mirror";
const BOOTSTRAP = 10;
const UNOWNED = { ownerOid: undefined, acl: undefined };

type Table = Extract<MirrorState["relations"][number], { kind: "table" }>;
type View = Extract<MirrorState["relations"][number], { kind: "view" }>;
type Role = NonNullable<MirrorState["roles"]>[number];
type Frame = Parameters<SystemCatalog["run"]>[0]["frame"];

function column(name: string, typeOid: number, typeText: string): Table["columns"][number] {
  return {
    name,
    typeOid,
    typeText,
    typmod: -1,
    nullable: true,
    comment: undefined,
    acl: undefined,
  };
}

const TABLE: Table = {
  ...UNOWNED,
  kind: "table",
  oid: 16390,
  schemaOid: 16388,
  schema: "shop",
  name: "orders",
  columns: [column("id", 23, "integer"), column("note", 25, "text")],
  comment: "all orders",
  options: ["path=/data/orders"],
  rowCount: 42,
  sizeBytes: 20_000,
};
const VIEW: View = {
  ...UNOWNED,
  kind: "view",
  oid: 16391,
  schemaOid: 2200,
  schema: "public",
  name: "totals",
  columns: [column("id", 23, "integer"), column("n", 20, "bigint")],
  comment: undefined,
  queryText: "select id, count(*) as n from orders group by id",
  searchPath: ["shop"],
  reads: [16390],
};

function role(
  oid: number,
  name: string,
  superuser = false,
  memberOf: readonly number[] = [],
): Role {
  return {
    oid,
    name,
    superuser,
    login: true,
    inherit: true,
    createRole: false,
    createDatabase: false,
    replication: false,
    bypassRowSecurity: false,
    connectionLimit: -1,
    memberOf,
    comment: undefined,
  };
}

const STATE: MirrorState = {
  schemas: [
    { ...UNOWNED, oid: 2200, name: "public", comment: undefined },
    { ownerOid: 16401, acl: ["ann=UC/ann"], oid: 16388, name: "shop", comment: "the shop" },
  ],
  relations: [VIEW, TABLE],
  roles: [
    role(BOOTSTRAP, "millrace", true),
    role(16401, "ann"),
    role(16402, "joe", false, [16401]),
  ],
};

const FRAME: Frame = {
  user: "millrace",
  role: "none",
  database: "market",
  backendPid: 4711,
  versionText: "PostgreSQL 14.20 (test)",
  serverVersion: "14.20",
  serverVersionNumber: "140020",
  settings: new Map([["search_path", "shop, public"]]),
  live: new Map(),
};

const ENDLESS = "WITH RECURSIVE r AS (SELECT 1 UNION ALL SELECT 1 FROM r) SELECT count(*) FROM r";

for (const release of [POSTGRES_15, POSTGRES_18]) {
  const { major, binaries } = release;
  const missing = `PostgreSQL ${String(major)} is not installed in ${binaries}`;
  const skip = isInstalled(release) ? false : missing;
  describe(`over PostgreSQL ${String(major)}`, { skip }, () => suite(release));
}

function suite(release: PostgresRelease): void {
  let [state, version] = [STATE, 1];
  let postgres: PostgresServer;
  let admin: pg.Client;
  let catalog: ServerCatalog;

  const open = (home = HOME, more: Partial<Parameters<typeof ServerCatalog.open>[0]> = {}) =>
    ServerCatalog.open({
      address: new ServerAddress(postgres.url.replace(/\w+$/, home)),
      source: {
        get mirrorVersion() {
          return String(version);
        },
        mirrorState: () => Promise.resolve(state),
      },
      liveFunctions: ["pg_show_all_settings", "pg_stat_get_activity"],
      clock: new NodeClock(),
      log: new RecordingLog(),
      ...more,
    });

  before(async () => {
    postgres = await PostgresServer.start({ release });
    admin = new pg.Client(postgres.url);
    await admin.connect();
    catalog = await open();
  });

  after(async () => {
    // Where the catalog did not open, there is still a server to stop.
    await (catalog as ServerCatalog | undefined)?.close();
    await admin.end();
    await postgres.stop();
  });

  function show(next: MirrorState): void {
    state = next;
    version += 1;
  }

  async function rows(
    sql: string,
    frame: Partial<Frame> = {},
    signal = new AbortController().signal,
    from: SystemCatalog = catalog,
  ): Promise<readonly string[]> {
    const { reply, messages } = await from.run({
      frame: { ...FRAME, ...frame },
      signal,
      fill: (batch) => void batch.parse("", sql).bind("", []).execute(),
    });
    return messages
      .filter(({ tag }) => tag === REPLY_TAG.dataRow)
      .map((message) =>
        reply
          .values(message)
          .map((value) => value ?? "NULL")
          .join("|"),
      );
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

  test("it shows relations, owners and rights by the engine's OIDs", async () => {
    assert.equal(Number.parseInt(catalog.serverVersion), release.major);
    assert.deepEqual(
      await rows(
        `SELECT oid, oid::regclass, relkind, reltuples, pg_relation_size(oid),
           pg_get_userbyid(relowner), obj_description(oid)
         FROM pg_class WHERE oid BETWEEN 16384 AND 16400 AND relkind IN ('f', 'v') ORDER BY 1`,
      ),
      ["16390|orders|f|42|24576|millrace|all orders", "16391|totals|v|-1|0|millrace|NULL"],
    );
    assert.deepEqual(
      await rows(`SELECT n.oid, rolname, nspacl, has_schema_privilege('joe', n.oid, 'CREATE')
        FROM pg_namespace n JOIN pg_authid r ON r.oid = nspowner WHERE nspname = 'shop'`),
      ["16388|ann|{ann=UC/ann}|t"],
    );
    assert.deepEqual(await rows("SELECT pg_get_viewdef('totals'::regclass)"), [
      ` SELECT ${release.major > 15 ? "" : "orders."}id,\n    count(*) AS n\n   FROM orders\n  GROUP BY ${release.major > 15 ? "" : "orders."}id;`,
    ]);
    assert.deepEqual(
      await rows(`SELECT table_schema, column_name, is_updatable FROM information_schema.columns
        WHERE table_name IN ('orders', 'totals') ORDER BY table_name, ordinal_position LIMIT 1`),
      ["shop|id|NO"],
    );
  });

  test("a session's frame is its own, with its database's name", async () => {
    const whoami = `SELECT current_user, current_database(), pg_backend_pid(), version(),
      current_setting('server_version_num'), current_setting('search_path'),
      (SELECT count(*) FROM pg_database WHERE datname = current_database())`;
    const told = "4711|PostgreSQL 14.20 (test)|140020";
    assert.deepEqual(await rows(whoami), [`millrace|market|${told}|shop, public|1`]);
    const other = { user: "joe", database: "other", settings: new Map() };
    assert.deepEqual(await rows(whoami, other), [`joe|other|${told}|"$user", public|1`]);
    const both = await Promise.all(
      Array.from({ length: 20 }, (_, index) => rows(whoami, index % 2 === 0 ? {} : other)),
    );
    assert.deepEqual(
      both.map(([row]) => row?.split("|")[1]),
      both.map((_, index) => (index % 2 === 0 ? "market" : "other")),
    );
    assert.equal(
      await refusal(rows("SELECT rolpassword FROM pg_authid", other)),
      "42501 permission denied for table pg_authid",
    );
    assert.equal(
      await refusal(rows("CREATE TABLE t (a int)")),
      "25006 cannot execute CREATE TABLE in a read-only transaction",
    );
  });

  test("a guest becomes a role, and makes way for one of the engine", async () => {
    assert.deepEqual(await rows("SELECT current_user", { user: "guest" }), ["guest"]);
    show({ ...STATE, roles: [...(STATE.roles ?? []), role(16410, "guest")] });
    assert.deepEqual(
      await rows("SELECT oid, rolsuper FROM pg_roles WHERE rolname = current_user", {
        user: "guest",
      }),
      ["16410|f"],
    );
    show(STATE);
    assert.deepEqual(await rows("SELECT count(*) FROM pg_roles WHERE rolname = 'guest'"), ["0"]);
  });

  test("a change is shown to the next query", async () => {
    const wider = [...TABLE.columns, column("extra", 16, "boolean")];
    show({ ...STATE, relations: [{ ...TABLE, name: "sales", columns: wider }] });
    assert.deepEqual(await rows("SELECT oid::regclass, relnatts FROM pg_class WHERE oid = 16390"), [
      "sales|3",
    ]);
    show(STATE);
    assert.deepEqual(await rows("SELECT 'orders'::regclass::oid, 'totals'::regclass::oid"), [
      "16390|16391",
    ]);
  });

  test("PostgreSQL itself finds the mirror's rows whole: what it drops is gone", async () => {
    await rows("SELECT 1");
    const { rows: found } = await admin.query<{ datname: string }>(
      "SELECT datname FROM pg_database WHERE datname IN ('mirror', 'market', 'other')",
    );
    const client = new pg.Client(postgres.url.replace(/\w+$/, found[0]?.datname ?? ""));
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
    assert.deepEqual(await rows("SELECT 'orders'::regclass::oid"), ["16390"]);
  });

  test("queries run beside each other", async () => {
    const began = performance.now();
    await Promise.all(Array.from({ length: 6 }, () => rows("SELECT pg_sleep(0.5)")));
    const tookMs = performance.now() - began;
    assert.ok(tookMs < 2_500, `${String(tookMs)} ms, one after the other would take 3000`);
  });

  test("a cancelled query ends, and its process with it", async (context) => {
    const controller = new AbortController();
    const stuck = refusal(rows(ENDLESS, {}, controller.signal));
    assert.deepEqual(await rows("SELECT 1"), ["1"]);
    const began = performance.now();
    controller.abort(canceledByUser());
    assert.equal(await stuck, "57014 canceling statement due to user request");
    const tookMs = performance.now() - began;
    context.diagnostic(`cancelled within ${tookMs.toFixed(0)} ms`);
    assert.ok(tookMs < 1000, `${String(tookMs)} ms`);
    const busy =
      "SELECT count(*)::int AS n FROM pg_stat_activity WHERE query LIKE '%RECURSIVE%' AND state = 'active' AND pid <> pg_backend_pid()";
    for (let looks = 0; ; looks++) {
      const [row] = (await admin.query<{ n: number }>(busy)).rows;
      if (row?.n === 0) break;
      assert.ok(looks < 100, "the process goes on");
      await admin.query("SELECT pg_sleep(0.05)");
    }
  });

  test("a query that takes too long is ended", async () => {
    await catalog.close();
    catalog = await open(HOME, { mostMs: 300 });
    assert.match(await refusal(rows(ENDLESS)), /^57014 .*time limit/);
    await catalog.close();
    catalog = await open();
  });

  test("lost connections are made again", async () => {
    await rows("SELECT 1");
    await admin.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'millrace'",
    );
    assert.deepEqual(await rows("SELECT 'orders'::regclass::oid"), ["16390"]);
    const readers = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE query LIKE '%set_config%' AND application_name = 'millrace'`;
    const running = rows("SELECT pg_sleep(0.3), 'orders'::regclass::oid");
    await admin.query("SELECT pg_sleep(0.1)");
    await admin.query(readers);
    assert.deepEqual(await running, ["|16390"]);
  });

  test("two servers do not share one, and what is somebody's is left alone", async () => {
    await assert.rejects(open(), /another server keeps its mirror in database "mirror"/);
    await admin.query("CREATE DATABASE used");
    const client = new pg.Client(postgres.url.replace(/\w+$/, "used"));
    await client.connect();
    await client.query("CREATE TABLE precious (a int)");
    await client.end();
    await assert.rejects(open("used"), /database "used" is not empty and not Millrace's/);
    await assert.rejects(open("template1"), /database "template1" cannot hold it/);
    await admin.query("CREATE ROLE plain LOGIN");
    const plain = new ServerAddress(postgres.url.replace("postgres@", "plain@"));
    await assert.rejects(open(HOME, { address: plain }), /its user must be a superuser/);
    // Roles of another mirror are in the way, and said so.
    await assert.rejects(
      open("second"),
      /role ".*ann.*" there is in the way of a role of Millrace/,
    );
    await catalog.close();
    await admin.query("CREATE DATABASE empty");
    const second = await open("empty");
    assert.deepEqual(await rows("SELECT 'orders'::regclass::oid", {}, undefined, second), [
      "16390",
    ]);
    await second.close();
    catalog = await open();
    assert.deepEqual(await rows("SELECT 'orders'::regclass::oid"), ["16390"]);
  });

  test("roles of others stay what they are", async () => {
    await admin.query("CREATE ROLE keeper LOGIN");
    show({ ...STATE, roles: [...(STATE.roles ?? []), role(16420, "keeper")] });
    assert.match(await refusal(rows("SELECT 1")), /^58000 .*role "keeper" there is in the way/);
    await admin.query("DROP ROLE keeper");
    assert.deepEqual(await rows("SELECT oid FROM pg_roles WHERE rolname = 'keeper'"), ["16420"]);
    show(STATE);
    await rows("SELECT 1");
  });
}
