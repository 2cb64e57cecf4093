/** Sessions at the system catalog beside each other: nothing of one is seen or felt by another. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test, type TestContext } from "node:test";
import { serialize } from "pg-protocol";
import { brief, rowValues, WireClient, type WireMessage } from "../testing/wire-client.js";
import { SeededRandom } from "../testing/seeded-random.js";
import { thisMachine } from "./machine.js";
import { openRooms } from "./open-rooms.js";
import { startServer, type RunningServer } from "./server.js";

const ENDLESS =
  "WITH RECURSIVE r AS (SELECT 1 FROM pg_class UNION ALL SELECT 1 FROM r) SELECT count(*) FROM r";
const CATALOG_QUERY = "SELECT count(*) > 0 FROM pg_class WHERE relname = 'pg_class'";
/** A machine that does much else gets so many times what starting the catalog took it. */
const PATIENCE = 8;

let folder = "";
let server: RunningServer;
let startMs = 0;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-sessions-"));
  const options = {
    listen: { host: "127.0.0.1", port: 0 },
    dataDirectory: join(folder, "data"),
    threads: 2,
    hostMemoryBytes: 2 ** 30,
    sample: false,
    serverVersion: "14.20",
  };
  server = await startServer(options, thisMachine(), openRooms);
  const client = await connect("tester");
  await client.query(
    `CREATE ROLE ann; CREATE ROLE bob; CREATE SCHEMA north; CREATE SCHEMA south;
     CREATE VIEW north.t AS SELECT 1 AS a; CREATE VIEW south.t AS SELECT 2 AS b, 3 AS c;
     GRANT USAGE ON SCHEMA north, south TO PUBLIC`,
  );
  [, startMs] = await timed(value(client, CATALOG_QUERY));
  client.close();
});

after(async () => {
  await server.stop(1000);
  await rm(folder, { recursive: true, force: true });
});

/** What BackendKeyData told. */
const keys = new WeakMap<WireClient, readonly [processId: number, secret: number]>();

async function connect(user: string): Promise<WireClient> {
  const client = await WireClient.open(server.address.port);
  client.send(serialize.startup({ user, database: "shop" }));
  const key = (await client.untilReady()).find(({ tag }) => tag === "K");
  if (key !== undefined) keys.set(client, [key.body.readInt32BE(0), key.body.readInt32BE(4)]);
  return client;
}

/** The only value of a query's answer, or its error. */
async function value(client: WireClient, text: string): Promise<string> {
  client.send(serialize.query(text));
  const messages = await client.untilReady();
  const telling = messages.find(({ tag }) => tag === "D" || tag === "E") ?? messages[0];
  assert.ok(telling !== undefined);
  return telling.tag === "D" ? String(rowValues(telling.body)[0]) : brief(telling);
}

/** Starts a query that never ends; sees that it is the catalog's turn to be stuck. */
async function stuckQuery(client: WireClient, other: WireClient, pid: string): Promise<void> {
  client.send(serialize.query(ENDLESS));
  for (;;) {
    const seen = `SELECT count(*) FROM pg_stat_activity
      WHERE pid = ${pid} AND state = 'active' AND query LIKE 'WITH RECURSIVE%'`;
    if ((await value(other, seen)) === "1") return;
  }
}

async function timed<T>(work: Promise<T>): Promise<readonly [T, number]> {
  const began = performance.now();
  return [await work, performance.now() - began];
}

/** Ends a stuck query by `end`; others are answered before, beside and after. */
async function endsInTime(
  t: TestContext,
  expected: string,
  end: (other: WireClient, pid: string, stuck: WireClient) => Promise<void>,
  setting = "SELECT 1",
): Promise<void> {
  const stuck = await connect("first");
  const other = await connect("second");
  try {
    const pid = await value(stuck, "SELECT pg_backend_pid()");
    assert.equal(await value(other, CATALOG_QUERY), "t");
    await value(stuck, setting);
    await stuckQuery(stuck, other, pid);
    const [beside, besideMs] = await timed(value(other, CATALOG_QUERY));
    assert.equal(beside, "t");
    const ending = end(other, pid, stuck);
    const [messages, endedMs] = await timed(stuck.untilReady());
    await ending;
    assert.deepEqual(messages.map(brief).slice(-2), [expected, "Z I"]);
    const [later, laterMs] = await timed(value(other, CATALOG_QUERY));
    assert.equal(later, "t");
    assert.equal(await value(stuck, CATALOG_QUERY), "t");
    t.diagnostic(
      `others: ${besideMs.toFixed(0)} ms while one is stuck, ${laterMs.toFixed(0)} ms after; ` +
        `ended within ${endedMs.toFixed(0)} ms`,
    );
    assert.ok(endedMs < Math.max(1000, startMs * PATIENCE), "ended in time");
    const othersMs = Math.max(3000, startMs * PATIENCE);
    assert.ok(besideMs < othersMs && laterMs < othersMs, "others are answered");
  } finally {
    stuck.close();
    other.close();
  }
}

const BY_USER = "E ERROR 57014 canceling statement due to user request";

test("a stuck catalog query is cancelled by pg_cancel_backend", (t) =>
  endsInTime(t, BY_USER, async (other, pid) => {
    assert.equal(await value(other, `SELECT pg_cancel_backend(${pid})`), "t");
  }));

test("a stuck catalog query is cancelled by a CancelRequest", (t) =>
  endsInTime(t, BY_USER, async (_other, _pid, stuck) => {
    const line = await WireClient.open(server.address.port);
    const [processId, secret] = keys.get(stuck) ?? [0, 0];
    line.send(serialize.cancel(processId, secret));
    assert.equal(await line.next(), null);
  }));

// Its 1.5 s run from the start of the query, so what is left of them is counted in.
test("a stuck catalog query ends at statement_timeout", (t) =>
  endsInTime(
    t,
    "E ERROR 57014 canceling statement due to statement timeout",
    () => Promise.resolve(),
    "SET statement_timeout = 1500",
  ));

test("who waits for an advisory lock is seen, and for whom", async () => {
  const [holder, waiter, other] = await Promise.all(["a", "b", "c"].map(connect));
  assert.ok(holder !== undefined && waiter !== undefined && other !== undefined);
  try {
    const holding = await value(holder, "SELECT pg_backend_pid()");
    const waiting = await value(waiter, "SELECT pg_backend_pid()");
    await value(holder, "SELECT pg_advisory_lock_shared(-5000000000)");
    waiter.send(serialize.query("SELECT pg_advisory_lock(-5000000000)"));
    const blockers = `SELECT pg_blocking_pids(${waiting})`;
    while ((await value(other, blockers)) !== `{${holding}}`);
    const state = `SELECT string_agg(concat_ws(' ', classid, objid, objsubid, mode, granted,
        waitstart <= now(), wait_event_type, wait_event), ', ' ORDER BY granted)
      FROM pg_locks JOIN pg_stat_activity USING (pid)`;
    assert.equal(
      await value(other, state),
      "4294967294 3589934592 1 ExclusiveLock f t Lock advisory, " +
        "4294967294 3589934592 1 ShareLock t Client ClientRead",
    );
    assert.equal(await value(other, `SELECT pg_cancel_backend(${waiting})`), "t");
    assert.match((await waiter.untilReady()).map(brief).join(), /57014/);
    assert.equal(await value(other, blockers), "{}");
  } finally {
    for (const client of [holder, waiter, other]) client.close();
  }
});

const PATHS = ["north, public", "south, public", "pg_catalog, south", "north, south"];
const ZONES = ["UTC", "Asia/Tokyo", "America/New_York", "Europe/Berlin"];
/** How the zones show 2020-01-01 00:00 UTC. */
const SHOWN_TIMES = [
  "2020-01-01 00:00:00+00",
  "2020-01-01 09:00:00+09",
  "2019-12-31 19:00:00-05",
  "2020-01-01 01:00:00+01",
];
const ROLES = ["ann", "bob", "none"];
/** Columns of t where the path finds it first. */
const WIDTHS = ["1", "2", "2", "1"];

const WHO = `SELECT current_setting('search_path'), current_setting('TimeZone'), current_user,
  session_user, pg_backend_pid(), timestamptz '2020-01-01 00:00+00',
  (SELECT relnatts FROM pg_attribute a JOIN pg_class c ON a.attrelid = c.oid
   WHERE c.oid = 't'::regclass AND attnum = 1)`;

/** A session that knows what it should see, and asks for it in every way there is. */
class Hammer {
  private path = 0;
  private zone = 0;
  private role = 2;
  asked = 0;

  private constructor(
    private readonly client: WireClient,
    private readonly user: string,
    private readonly pid: string,
    private readonly random: SeededRandom,
  ) {}

  static async begin(user: string, seed: number): Promise<Hammer> {
    const client = await connect(user);
    const pid = await value(client, "SELECT pg_backend_pid()");
    const hammer = new Hammer(client, user, pid, new SeededRandom(seed));
    client.send(...hammer.change().flatMap((text) => [serialize.query(text)]));
    for (let count = 0; count < 3; count += 1) await client.untilReady();
    client.send(serialize.parse({ name: "who", text: WHO }), serialize.sync());
    await client.untilReady();
    return hammer;
  }

  close(): void {
    this.client.close();
  }

  async run(rounds: number): Promise<void> {
    for (let count = 0; count < rounds; count += 1) {
      const ways = [this.simple, this.prepared, this.pipelined, this.cursor, this.several];
      await ways[this.random.below(ways.length)]?.call(this);
    }
  }

  /** Statements that change all settings, one of them perhaps to what it was. */
  private change(): readonly string[] {
    this.path = this.random.below(PATHS.length);
    this.zone = this.random.below(ZONES.length);
    this.role = this.random.below(ROLES.length);
    return [
      `SET search_path = ${PATHS[this.path] ?? ""}`,
      `SET TimeZone = '${ZONES[this.zone] ?? ""}'`,
      `SET ROLE ${ROLES[this.role] ?? ""}`,
    ];
  }

  private get expected(): string {
    const { path, zone, role, user, pid } = this;
    const current = ROLES[role] === "none" ? user : ROLES[role];
    return [PATHS[path], ZONES[zone], current, user, pid, SHOWN_TIMES[zone], WIDTHS[path]].join();
  }

  private async simple(): Promise<void> {
    const expected = this.expected;
    this.client.send(serialize.query(WHO));
    await this.see([expected]);
  }

  private async several(): Promise<void> {
    const before = this.expected;
    const text = [WHO, ...this.change(), WHO].join(";");
    this.client.send(serialize.query(text));
    await this.see([before, this.expected]);
  }

  private async prepared(): Promise<void> {
    if (this.random.below(2) === 0) {
      this.client.send(...this.change().map((text) => serialize.query(text)));
      for (let count = 0; count < 3; count += 1) await this.client.untilReady();
    }
    this.client.send(serialize.bind({ statement: "who" }), serialize.execute({}), serialize.sync());
    await this.see([this.expected]);
  }

  /** One Sync behind queries and what changes their answers. */
  private async pipelined(): Promise<void> {
    const expected: string[] = [];
    const messages: Uint8Array[] = [];
    const add = (text: string): void => {
      messages.push(serialize.parse({ text }), serialize.bind({}), serialize.execute({}));
    };
    for (let count = this.random.below(3); count >= 0; count -= 1) {
      this.change().forEach(add);
      add(WHO);
      expected.push(this.expected);
    }
    this.client.send(...messages, serialize.sync());
    await this.see(expected);
  }

  /** A cursor inside a transaction whose settings go back with it. */
  private async cursor(): Promise<void> {
    const { path, zone, role } = this;
    const local = this.change().map((text) => text.replace("SET ", "SET LOCAL "));
    const rows = `DECLARE c CURSOR FOR ${WHO} FROM generate_series(1, 3)`;
    const text = ["BEGIN", ...local, rows, "FETCH 1 FROM c", "FETCH 1 FROM c"].join(";");
    const inside = this.expected;
    [this.path, this.zone, this.role] = [path, zone, role];
    this.client.send(serialize.query(text), serialize.query("ROLLBACK"), serialize.query(WHO));
    await this.see([inside, inside]);
    await this.see([]);
    await this.see([this.expected]);
  }

  /** The rows up to ReadyForQuery. */
  private async see(expected: readonly string[]): Promise<void> {
    const messages = await this.client.untilReady();
    const told = messages.filter(({ tag }) => tag === "D" || tag === "E");
    const shown = ({ tag, body }: WireMessage): string =>
      tag === "D" ? rowValues(body).join() : brief({ tag, body });
    assert.deepEqual(told.map(shown), expected);
    this.asked += messages.filter(({ tag }) => tag === "C").length;
  }
}

test("sessions that change who and where they are never see each other's settings", async (t) => {
  const seed = Number(process.env.MILLRACE_SEED ?? 20_261_123);
  const hammers = await Promise.all([Hammer.begin("left", seed), Hammer.begin("right", seed + 1)]);
  try {
    const [, tookMs] = await timed(Promise.all(hammers.map((hammer) => hammer.run(300))));
    const asked = hammers.reduce((sum, each) => sum + each.asked, 0);
    t.diagnostic(`seed ${String(seed)}: ${String(asked)} statements in ${tookMs.toFixed(0)} ms`);
    assert.ok(asked > 2000);
  } finally {
    for (const hammer of hammers) hammer.close();
  }
});
