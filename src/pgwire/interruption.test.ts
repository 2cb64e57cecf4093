import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { serialize } from "pg-protocol";
import { ManualClock } from "../testing/manual-clock.js";
import { startTestServer, type TestServer } from "../testing/test-server.js";
import { brief, WireClient } from "../testing/wire-client.js";

let host: TestServer;
before(async () => {
  host = await startTestServer();
});
after(() => host.close());

/** Waits until something holds; what never holds runs into the test's time limit. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** A client whose cancel key is known. */
async function startWithKey(port: number): Promise<{ client: WireClient; cancel: Buffer }> {
  const client = await WireClient.open(port);
  client.send(serialize.startup({ user: "tester" }));
  const messages = await client.untilReady();
  const key = messages.find(({ tag }) => tag === "K")?.body ?? assert.fail("no key");
  return { client, cancel: serialize.cancel(key.readInt32BE(0), key.readInt32BE(4)) };
}

async function sendAlone(port: number, packet: Uint8Array): Promise<void> {
  const other = await WireClient.open(port);
  other.send(packet);
  assert.deepEqual(await other.untilClosed(), [], "a cancel request has no answer");
}

const CANCELED = "E ERROR 57014 canceling statement due to user request";

test(
  "a cancel request ends the statement that runs, and nothing else",
  { timeout: 10_000 },
  async () => {
    const { client, cancel } = await startWithKey(host.port);
    await sendAlone(host.port, cancel);
    assert.equal((await client.query("select 1")).at(-1), "Z I", "one that comes early is lost");
    client.send(serialize.query("select * from stalling(3); select 2"));
    await until(() => host.planner.openStreams === 1);
    const wrong = Buffer.from(cancel);
    wrong.writeInt32BE(wrong.readInt32BE(12) ^ 1, 12);
    await sendAlone(host.port, wrong);
    assert.equal(host.planner.openStreams, 1, "a wrong key does nothing");
    await sendAlone(host.port, cancel);
    const said = (await client.untilReady()).map(brief);
    assert.deepEqual(said.slice(-2), [CANCELED, "Z I"]);
    assert.equal(host.planner.openStreams, 0);
    assert.equal(host.planner.pagesOut, 0);
    client.close();
  },
);

test(
  "a canceled pipeline is skipped up to Sync; a transaction fails",
  { timeout: 10_000 },
  async () => {
    const { client, cancel } = await startWithKey(host.port);
    await client.query("begin");
    const { parse, bind, execute, sync } = serialize;
    client.send(
      parse({ text: "select * from stalling(1)" }),
      bind({}),
      execute({}),
      execute({}),
      sync(),
    );
    await until(() => host.planner.openStreams === 1);
    await sendAlone(host.port, cancel);
    const said = (await client.untilReady()).map(brief);
    assert.deepEqual(said, ["1", "2", "D 1,row", CANCELED, "Z E"]);
    client.close();
  },
);

test("a client that is gone ends its query but not its utility", { timeout: 10_000 }, async () => {
  const reader = await WireClient.start(host.port);
  reader.send(serialize.query("select * from stalling(1)"));
  await until(() => host.planner.openStreams === 1);
  reader.close();
  await until(() => host.planner.openStreams === 0);

  let finish = (): void => assert.fail("not started");
  let signal: AbortSignal | null = null;
  host.planner.duringUtility = (context) => {
    signal = context.signal;
    return new Promise((resolve) => {
      finish = resolve;
    });
  };
  const writer = await WireClient.start(host.port);
  const before = host.planner.utilities.length;
  writer.send(serialize.query("create schema survives"));
  await until(() => signal !== null);
  writer.close();
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal((signal as AbortSignal | null)?.aborted, false);
  finish();
  host.planner.duringUtility = () => Promise.resolve();
  await until(() => host.planner.utilities.length === before + 1);
});

test(
  "a client that says goodbye behind its last statement has it done",
  { timeout: 10_000 },
  async () => {
    const client = await WireClient.start(host.port);
    const before = host.planner.utilities.length;
    client.send(serialize.query("create schema last"), serialize.end());
    client.socket.end();
    await client.untilClosed();
    assert.equal(host.planner.utilities.length, before + 1);
  },
);

test(
  "statement_timeout ends a statement, each of a string by itself",
  { timeout: 10_000 },
  async (t) => {
    const clock = new ManualClock();
    const timed = await startTestServer({ clock });
    t.after(() => timed.close());
    const client = await WireClient.start(timed.port, { statement_timeout: "100" });
    client.send(serialize.query("select 1; select * from stalling(0)"));
    await until(() => timed.planner.openStreams === 1);
    clock.advance(99);
    assert.equal(timed.planner.openStreams, 1);
    clock.advance(1);
    const said = (await client.untilReady()).map(brief);
    assert.deepEqual(said.slice(-2), [
      "E ERROR 57014 canceling statement due to statement timeout",
      "Z I",
    ]);
    assert.equal((await client.query("select 1")).at(-1), "Z I", "the next has its own time");
    clock.advance(1_000);
    assert.equal(
      (await client.query("select 1")).at(-1),
      "Z I",
      "idling costs no statement's time",
    );
    client.close();
  },
);

test("idle limits end sessions", { timeout: 10_000 }, async (t) => {
  const clock = new ManualClock();
  const timed = await startTestServer({ clock });
  t.after(() => timed.close());
  const idle = await WireClient.start(timed.port, { idle_session_timeout: "50" });
  const inside = await WireClient.start(timed.port, { idle_in_transaction_session_timeout: "50" });
  await inside.query("begin");
  await new Promise((resolve) => setTimeout(resolve, 20));
  clock.advance(50);
  assert.deepEqual((await idle.untilClosed()).map(brief), [
    "E FATAL 57P05 terminating connection due to idle-session timeout",
  ]);
  assert.deepEqual((await inside.untilClosed()).map(brief), [
    "E FATAL 25P03 terminating connection due to idle-in-transaction timeout",
  ]);
});

const SHUTDOWN = "E FATAL 57P01 terminating connection due to administrator command";

test(
  "draining ends idle clients at once and lets statements finish",
  { timeout: 10_000 },
  async (t) => {
    const draining = await startTestServer();
    t.after(() => draining.close());
    const idle = await WireClient.start(draining.port);
    const busy = await WireClient.start(draining.port);
    let finish = (): void => assert.fail("not started");
    let started = false;
    draining.planner.duringUtility = () => {
      started = true;
      return new Promise((resolve) => {
        finish = resolve;
      });
    };
    busy.send(serialize.query("create schema slow"));
    await until(() => started);
    const done = draining.server.drain(60_000);
    assert.deepEqual((await idle.untilClosed()).map(brief), [SHUTDOWN]);
    await assert.rejects(WireClient.open(draining.port), "nobody new is let in");
    finish();
    assert.deepEqual((await busy.untilClosed()).map(brief), ["C CREATE SCHEMA", "Z I", SHUTDOWN]);
    await done;
  },
);

test("past the deadline draining aborts what still runs", { timeout: 10_000 }, async (t) => {
  const draining = await startTestServer();
  t.after(() => draining.close());
  const busy = await WireClient.start(draining.port);
  busy.send(serialize.query("select * from stalling(1)"));
  await until(() => draining.planner.openStreams === 1);
  const done = draining.server.drain(20);
  const said = (await busy.untilClosed()).map(brief);
  assert.equal(said.at(-1), SHUTDOWN);
  await done;
  assert.equal(draining.planner.openStreams, 0);
});
