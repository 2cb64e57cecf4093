/** A system catalog that hangs, dies or cannot be started: who waits is answered, nobody for ever. */
import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Clock } from "../../env/index.js";
import { NodeClock } from "../../env/node/index.js";
import { canceledByUser, SqlError } from "../../errors/index.js";
import { ManualClock } from "../../testing/manual-clock.js";
import { RecordingLog } from "../../testing/recording-log.js";
import type { CatalogLink, CatalogPlace } from "./link.js";
import { PglitePlace } from "./pglite/pglite-place.js";
import { SupervisedCatalog, type SupervisedOptions } from "./supervised-catalog.js";
import type { SessionFrame } from "./system-catalog.js";
import { TAG } from "./wire/reply.js";

const IMAGE = fileURLToPath(
  new URL("../../../../build/Release/system-catalog.tar", import.meta.url),
);
const ENDLESS = "WITH RECURSIVE r AS (SELECT 1 UNION ALL SELECT 1 FROM r) SELECT count(*) FROM r";
/** What kills the PostgreSQL of the place below. */
const POISON = "SELECT 'poison'";

const FRAME: SessionFrame = {
  user: "joe",
  role: "none",
  database: "market",
  backendPid: 1,
  versionText: "test",
  serverVersion: "14.20",
  serverVersionNumber: "140020",
  settings: new Map(),
  live: new Map(),
};

/** PGlite that fails when it is told to. */
class FrailPlace implements CatalogPlace {
  readonly title = "a frail one";
  readonly renamesDatabase = true;
  readonly mostAtOnce = 2;
  opened = 0;
  refuses = false;
  private readonly sound = new PglitePlace(IMAGE);

  async open(ending: AbortSignal): Promise<CatalogLink> {
    this.opened += 1;
    if (this.refuses) throw new Error("no memory");
    const link = await this.sound.open(ending);
    return {
      get heldBytes() {
        return link.heldBytes;
      },
      terminate: () => link.terminate(),
      exchange: async (batch) => {
        const isPoison = Buffer.from(batch).includes(POISON);
        if (isPoison) await link.terminate();
        return link.exchange(batch);
      },
    };
  }
}

let place: FrailPlace;
const begun: SupervisedCatalog[] = [];

beforeEach(() => {
  place = new FrailPlace();
});
after(() => Promise.all(begun.map((catalog) => catalog.close())));

function supervised(clock: Clock, limits: Partial<SupervisedOptions> = {}): SupervisedCatalog {
  const state = { schemas: [], relations: [], roles: null };
  const catalog = new SupervisedCatalog({
    place,
    source: { mirrorVersion: "1", mirrorState: () => Promise.resolve(state) },
    liveFunctions: [],
    clock,
    log: new RecordingLog(),
    ...limits,
  });
  begun.push(catalog);
  return catalog;
}

/** Rows of one column, or code and message of the error. */
async function ask(
  catalog: SupervisedCatalog,
  sql: string,
  signal = new AbortController().signal,
): Promise<string> {
  try {
    const { reply, messages } = await catalog.run({
      frame: FRAME,
      signal,
      fill: (batch) => void batch.parse("", sql).bind("", []).execute(),
    });
    const rows = messages.filter(({ tag }) => tag === TAG.dataRow);
    return rows.map((message) => reply.values(message).join("|")).join("\n");
  } catch (error) {
    assert.ok(error instanceof SqlError);
    const { detail, hint } = error.fields;
    return [error.sqlstate, error.message, detail, hint].filter(Boolean).join(" / ");
  }
}

test("a query that never ends is in nobody's way", async () => {
  const catalog = supervised(new NodeClock());
  assert.equal(await ask(catalog, "SELECT 1"), "1");
  const controller = new AbortController();
  const order: string[] = [];
  const stuck = ask(catalog, ENDLESS, controller.signal).then((answer) => {
    order.push("stuck");
    return answer;
  });
  for (let count = 0; count < 20; count += 1) {
    assert.equal(await ask(catalog, `SELECT ${String(count)}`), String(count));
  }
  order.push("others");
  controller.abort(canceledByUser());
  assert.equal(await stuck, "57014 / canceling statement due to user request");
  assert.deepEqual(order, ["others", "stuck"]);
  assert.equal(place.opened, 2);
  assert.equal(await ask(catalog, "SELECT 1"), "1");
  assert.equal(place.opened, 2);
});

test("where all are stuck, those who wait end the longest", async () => {
  const catalog = supervised(new NodeClock(), { contestedMs: 1500, mostMs: 120_000 });
  const stuck = [ask(catalog, ENDLESS), ask(catalog, ENDLESS)];
  assert.equal(await ask(catalog, "SELECT 1"), "1");
  const limited =
    "57014 / canceling statement due to the system catalog's time limit / " +
    "Queries of the system catalog may take 1500 ms while others wait.";
  assert.equal(await Promise.race(stuck), limited);
  await catalog.restart();
  const answers = await Promise.all(stuck);
  assert.ok(answers.some((answer) => answer !== limited));
});

test("one that waits for its turn may be cancelled as well", async () => {
  const catalog = supervised(new ManualClock());
  const [first, second] = [new AbortController(), new AbortController()];
  void ask(catalog, ENDLESS, first.signal);
  const waiting = ask(catalog, "SELECT 1", second.signal);
  second.abort(canceledByUser());
  assert.equal(await waiting, "57014 / canceling statement due to user request");
});

test("a start that fails is tried again, with longer and longer pauses, and then works", async () => {
  const clock = new ManualClock();
  const catalog = supervised(clock);
  place.refuses = true;
  const gone = "58000 / the system catalog cannot be reached: no memory";
  const paused = (seconds: number): string =>
    "57P03 / the system catalog is not available at the moment / " +
    "It could not be kept running: no memory. / " +
    `It is started again by a query in ${String(seconds)} s or later.`;
  for (let count = 1; count <= 3; count += 1) {
    assert.equal(await ask(catalog, "SELECT 1"), gone);
    assert.equal(place.opened, count);
  }
  assert.equal(await ask(catalog, "SELECT 1"), paused(1));
  assert.equal(place.opened, 3);
  clock.advance(500);
  assert.equal(await ask(catalog, "SELECT 1"), gone);
  clock.advance(999);
  assert.equal(await ask(catalog, "SELECT 1"), paused(1));
  clock.advance(1);
  assert.equal(await ask(catalog, "SELECT 1"), gone);
  assert.equal(await ask(catalog, "SELECT 1"), paused(2));
  assert.equal(place.opened, 5);
  place.refuses = false;
  clock.advance(2000);
  assert.equal(await ask(catalog, "SELECT 1"), "1");
  assert.equal(place.opened, 6);
});

test("one that dies again and again is left alone for a while", async () => {
  const clock = new ManualClock();
  const catalog = supervised(clock);
  const died = /^58000 \/ the system catalog cannot be reached: /;
  for (let count = 0; count < 3; count += 1) assert.match(await ask(catalog, POISON), died);
  assert.match(await ask(catalog, "SELECT 1"), /^57P03 /);
  assert.equal(place.opened, 3);
  clock.advance(60_000);
  assert.equal(await ask(catalog, "SELECT 1"), "1");
  // Well for long enough: its next death costs nothing.
  assert.match(await ask(catalog, POISON), died);
  assert.equal(await ask(catalog, "SELECT 1"), "1");
  assert.equal(place.opened, 5);
});
