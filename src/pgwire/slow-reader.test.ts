import assert from "node:assert/strict";
import { test } from "node:test";
import { serialize } from "pg-protocol";
import { startTestServer } from "../testing/test-server.js";
import { brief, WireClient } from "../testing/wire-client.js";

/** Rows of some 1 kB, 100 a page: pages that are written as they are. */
const PAD = "x".repeat(1_000);
const PAGE_BYTES = 120_000;
const RING_PAGES = 4;

async function settled(value: () => number): Promise<number> {
  for (let last = value(); ;) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    if (value() === last) return last;
    last = value();
  }
}

test(
  "a client that does not read holds up its query, not the server's memory",
  { timeout: 30_000 },
  async (t) => {
    const host = await startTestServer({ ring: { rowsPerPage: 100, pages: RING_PAGES } });
    t.after(() => host.close());
    const client = await WireClient.start(host.port);
    const other = await WireClient.start(host.port);
    client.socket.pause();
    client.send(serialize.query(`select * from numbers(200000, '${PAD}')`));
    let peak = 0;
    const held = await settled(() => {
      peak = Math.max(peak, host.server.bufferedBytes);
      return host.planner.pagesOut * 1_000_000 + host.server.bufferedBytes;
    });
    assert.ok(held > 0, "the query is held up, not done");
    assert.ok(peak <= 2 * PAGE_BYTES, `${String(peak)} bytes are buffered for one client`);
    assert.ok(host.planner.mostPagesOut <= 2, "one page in flight, one on its way");
    assert.equal((await other.query("select 1")).at(-1), "Z I", "others are served meanwhile");

    client.socket.resume();
    let rows = 0;
    for (let message = await client.next(); message?.tag !== "Z"; message = await client.next()) {
      if (message?.tag === "D") rows += 1;
      peak = Math.max(peak, host.server.bufferedBytes);
    }
    assert.equal(rows, 200_000);
    assert.ok(peak <= 2 * PAGE_BYTES, `${String(peak)} bytes were buffered while reading`);
    assert.equal(host.planner.pagesOut, 0);
    client.close();
    other.close();
  },
);

test(
  "a client that goes away while it is held up frees its pages",
  { timeout: 30_000 },
  async (t) => {
    const host = await startTestServer({ ring: { rowsPerPage: 100, pages: RING_PAGES } });
    t.after(() => host.close());
    const client = await WireClient.start(host.port);
    client.socket.pause();
    client.send(serialize.query(`select * from numbers(200000, '${PAD}')`));
    await settled(() => host.planner.pagesOut + host.server.bufferedBytes);
    assert.ok(host.planner.pagesOut > 0);
    client.close();
    while (host.server.connectionCount > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(host.planner.pagesOut, 0);
    assert.equal(host.planner.openStreams, 0);
  },
);

test(
  "answers to a flood of small messages are held back as well",
  { timeout: 30_000 },
  async (t) => {
    const host = await startTestServer();
    t.after(() => host.close());
    const client = await WireClient.start(host.port);
    client.socket.pause();
    const one = [
      serialize.parse({ text: `select '${PAD}'` }),
      serialize.bind({}),
      serialize.execute({}),
    ];
    const flood = Buffer.concat(Array.from({ length: 20_000 }, () => Buffer.concat(one)));
    client.send(flood, serialize.sync());
    let peak = 0;
    await settled(() => {
      peak = Math.max(peak, host.server.bufferedBytes);
      return host.server.bufferedBytes + host.planner.plans;
    });
    // What arrives is read up to a limit and some pieces of the socket's.
    assert.ok(peak < 1_000_000, `${String(peak)} bytes are buffered for a flood`);
    client.socket.resume();
    const said = (await client.untilReady()).map(brief);
    assert.equal(said.filter((each) => each.startsWith("D")).length, 20_000);
    client.close();
  },
);
