/** The system catalog on PGlite: what it shows of the engine, and what becomes of those that hang. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { NodeClock } from "../../env/node/index.js";
import { canceledByUser, SqlError } from "../../errors/index.js";
import { RecordingLog } from "../../testing/recording-log.js";
import type { MirrorState, MirrorTable, MirrorView } from "./mirror/mirror-state.js";
import { PglitePlace } from "./pglite/pglite-place.js";
import { SupervisedCatalog } from "./supervised-catalog.js";
import type { SessionFrame } from "./system-catalog.js";
import { TAG } from "./wire/reply.js";

const IMAGE = fileURLToPath(
  new URL("../../../../build/Release/system-catalog.tar", import.meta.url),
);
const UNOWNED = { ownerOid: undefined, acl: undefined };

const TABLE: MirrorTable = {
  ...UNOWNED,
  kind: "table",
  oid: 16390,
  schemaOid: 16388,
  schema: "shop",
  name: "orders",
  columns: [
    column("id", 23, "integer", false),
    column("total", 1700, "numeric(12,2)", true, 786438),
    { ...column("note", 25, "text", true), comment: "free text" },
  ],
  comment: "all orders",
  options: ["path=/data/orders"],
  rowCount: 42,
  sizeBytes: 20_000,
};
const VIEW: MirrorView = {
  ...UNOWNED,
  kind: "view",
  oid: 16391,
  schemaOid: 2200,
  schema: "public",
  name: "totals",
  columns: [column("id", 23, "integer", true), column("n", 20, "bigint", true)],
  comment: undefined,
  queryText: "select id, count(*) as n from orders group by id",
  searchPath: ["shop"],
  reads: [16390],
};
const FOREIGN_VIEW: MirrorView = {
  ...VIEW,
  oid: 16392,
  name: "scan",
  columns: [column("a", 25, "text", true)],
  queryText: "select a from read_parquet('it''s \\.parquet')",
  reads: [],
};
const STATE: MirrorState = {
  schemas: [
    { ...UNOWNED, oid: 2200, name: "public", comment: undefined },
    { ...UNOWNED, oid: 16388, name: "shop", comment: "the shop" },
  ],
  relations: [FOREIGN_VIEW, VIEW, TABLE],
  roles: null,
};

function column(
  name: string,
  typeOid: number,
  typeText: string,
  nullable: boolean,
  typmod = -1,
): MirrorTable["columns"][number] {
  return { name, typeOid, typeText, typmod, nullable, comment: undefined, acl: undefined };
}

const FRAME: SessionFrame = {
  user: "joe",
  role: "none",
  database: "market",
  backendPid: 4711,
  versionText: "PostgreSQL 14.20 (test)",
  serverVersion: "14.20",
  serverVersionNumber: "140020",
  settings: new Map([["search_path", "shop, public"]]),
  live: new Map(),
};

let [state, version] = [STATE, 1];
let catalog: SupervisedCatalog;

before(() => {
  catalog = new SupervisedCatalog({
    place: new PglitePlace(IMAGE),
    source: {
      get mirrorVersion() {
        return String(version);
      },
      mirrorState: () => Promise.resolve(state),
    },
    liveFunctions: ["pg_show_all_settings", "pg_stat_get_activity"],
    clock: new NodeClock(),
    log: new RecordingLog(),
    contestedMs: 1000,
    mostMs: 3000,
  });
});

after(() => catalog.close());

function show(next: MirrorState): void {
  state = next;
  version += 1;
}

async function rows(
  sql: string,
  frame: Partial<SessionFrame> = {},
  signal = new AbortController().signal,
): Promise<readonly string[]> {
  const { reply, messages } = await catalog.run({
    frame: { ...FRAME, ...frame },
    signal,
    fill: (batch) => void batch.parse("", sql).bind("", []).execute(),
  });
  return messages
    .filter(({ tag }) => tag === TAG.dataRow)
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
    assert.ok(error instanceof SqlError);
    return `${error.sqlstate} ${error.message}`;
  }
  return assert.fail("it did not fail");
}

test("relations have the engine's OIDs and are described as the engine says", async () => {
  assert.deepEqual(
    await rows(
      `SELECT oid, oid::regclass, relkind, reltuples, pg_relation_size(oid),
         pg_total_relation_size(oid), obj_description(oid)
       FROM pg_class WHERE oid BETWEEN 16384 AND 16400 AND relkind IN ('f', 'v') ORDER BY 1`,
    ),
    [
      "16390|orders|f|42|24576|24576|all orders",
      "16391|totals|v|-1|0|0|NULL",
      "16392|scan|v|-1|0|0|NULL",
    ],
  );
  assert.deepEqual(
    await rows(
      `SELECT attname, format_type(atttypid, atttypmod), attnotnull, col_description(attrelid, attnum)
       FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attnum > 0 ORDER BY attnum`,
    ),
    ["id|integer|t|NULL", "total|numeric(12,2)|f|NULL", "note|text|f|free text"],
  );
  assert.deepEqual(
    await rows(
      `SELECT table_schema, column_name, is_nullable, numeric_precision, is_updatable
       FROM information_schema.columns WHERE table_name IN ('orders', 'totals')
       ORDER BY table_name, ordinal_position LIMIT 2`,
    ),
    ["shop|id|NO|32|NO", "shop|total|YES|12|NO"],
  );
});

test("views show their text, whether PostgreSQL can hold it or not", async () => {
  assert.deepEqual(await rows("SELECT pg_get_viewdef('totals'::regclass)"), [
    " SELECT id,\n    count(*) AS n\n   FROM orders\n  GROUP BY id;",
  ]);
  assert.deepEqual(await rows("SELECT definition FROM pg_views WHERE viewname = 'scan'"), [
    " select a from read_parquet('it''s \\.parquet');",
  ]);
});

test("PostgreSQL itself finds the mirror's rows whole: what it drops is gone everywhere", async () => {
  // Row type and array type work as those of any table.
  assert.deepEqual(await rows("SELECT pg_typeof(NULL::orders), pg_typeof(NULL::orders[])"), [
    "orders|orders[]",
  ]);
  const writing = new Map([...FRAME.settings, ["transaction_read_only", "off"] as const]);
  await catalog.run({
    frame: { ...FRAME, settings: writing },
    signal: new AbortController().signal,
    fill: (batch) =>
      void batch.parse("", "DROP FOREIGN TABLE shop.orders CASCADE").bind("", []).execute(),
  });
  const left = `SELECT
    (SELECT count(*) FROM pg_class WHERE oid IN (16390, 16391)),
    (SELECT count(*) FROM pg_attribute WHERE attrelid IN (16390, 16391)),
    (SELECT count(*) FROM pg_type WHERE typname IN ('orders', '_orders', 'totals', '_totals')),
    (SELECT count(*) FROM pg_rewrite WHERE ev_class IN (16390, 16391)),
    (SELECT count(*) FROM pg_foreign_table), (SELECT count(*) FROM pg_constraint
      WHERE conrelid = 16390), (SELECT count(*) FROM pg_description WHERE objoid = 16390),
    (SELECT count(*) FROM pg_depend WHERE classid = 'pg_class'::regclass
      AND objid IN (16390, 16391) OR refclassid = 'pg_class'::regclass
      AND refobjid IN (16390, 16391))`;
  assert.deepEqual(await rows(left), ["0|0|0|0|0|0|0|0"]);
  await catalog.restart();
  assert.deepEqual(await rows("SELECT 'orders'::regclass::oid"), ["16390"]);
  show({ ...STATE, relations: [] });
  assert.deepEqual(await rows(left), ["0|0|0|0|0|0|0|0"]);
  show(STATE);
});

test("a change is shown to the next query, with the views that read it", async () => {
  const wider = [...TABLE.columns, column("extra", 16, "boolean", true)];
  show({ ...STATE, relations: [{ ...TABLE, name: "sales", columns: wider }, FOREIGN_VIEW] });
  assert.deepEqual(
    await rows("SELECT relname, relnatts FROM pg_class WHERE oid IN (16390, 16391)"),
    ["sales|4"],
  );
  show(STATE);
  assert.deepEqual(await rows("SELECT 'orders'::regclass::oid, 'totals'::regclass::oid"), [
    "16390|16391",
  ]);
});

test("a view depends on what it reads, also once that was counted anew", async () => {
  const depends = `SELECT count(*) FROM pg_depend d JOIN pg_rewrite w ON w.oid = d.objid
    WHERE d.classid = 'pg_rewrite'::regclass AND w.ev_class = 16391 AND d.refobjid = 16390`;
  assert.deepEqual(await rows(depends), ["1"]);
  show({ ...STATE, relations: [FOREIGN_VIEW, VIEW, { ...TABLE, rowCount: 43 }] });
  assert.deepEqual(await rows("SELECT reltuples FROM pg_class WHERE oid = 16390"), ["43"]);
  assert.deepEqual(await rows(depends), ["1"]);
  show(STATE);
});

test("nothing of one session's frame is there for the next", async () => {
  const whoami = `SELECT current_user, session_user, current_database(), pg_backend_pid(),
    version(), current_setting('server_version_num'), current_setting('search_path')`;
  assert.deepEqual(await rows(whoami), [
    "joe|joe|market|4711|PostgreSQL 14.20 (test)|140020|shop, public",
  ]);
  const ann = { user: "ann", database: "other", backendPid: 1, settings: new Map() };
  assert.deepEqual(await rows(whoami, ann), [
    'ann|ann|other|1|PostgreSQL 14.20 (test)|140020|"$user", public',
  ]);
  assert.equal(await refusal(rows("SELECT 1/0")), "22012 division by zero");
  assert.deepEqual(await rows("SELECT current_user"), ["joe"]);
});

test("live views answer with the rows of the moment", async () => {
  const settings = [{ name: "work_mem", setting: "7", context: "user" }];
  const activity = [{ pid: 7, datid: 5, state: "active", client_addr: "127.0.0.1" }];
  const live = new Map([
    ["pg_show_all_settings", JSON.stringify(settings)],
    ["shown_settings", JSON.stringify({ "millrace.threads": "3", work_mem: "7kB" })],
    ["pg_stat_get_activity", JSON.stringify(activity)],
  ]);
  const names = "SELECT name, setting, category FROM pg_settings";
  assert.deepEqual(await rows(names, { live }), ["work_mem|7|Resource Usage / Memory"]);
  const shown = "SELECT current_setting('WORK_MEM'), current_setting('millrace.threads')";
  assert.deepEqual(await rows(shown, { live }), ["7kB|3"]);
  const sessions = "SELECT datname, pid, state, client_addr FROM pg_stat_activity";
  assert.deepEqual(await rows(sessions, { live }), ["market|7|active|127.0.0.1"]);
  assert.deepEqual(await rows(sessions), []);
});

const ENDLESS = "WITH RECURSIVE r AS (SELECT 1 UNION ALL SELECT 1 FROM r) SELECT count(*) FROM r";

test("a cancelled query ends at once, and who waits behind it is answered", async () => {
  const controller = new AbortController();
  const began = performance.now();
  const stuck = refusal(rows(ENDLESS, {}, controller.signal));
  const behind = rows("SELECT 'orders'::regclass::oid");
  setTimeout(() => controller.abort(canceledByUser()), 100);
  assert.equal(await stuck, "57014 canceling statement due to user request");
  assert.ok(performance.now() - began < 1100);
  assert.deepEqual(await behind, ["16390"]);
});

test("a query that takes too long is ended by the watchdog", async () => {
  assert.match(await refusal(rows(ENDLESS)), /^57014 .*time limit/);
  assert.deepEqual(await rows("SELECT count(*) FROM pg_class WHERE oid = 16390"), ["1"]);
});
