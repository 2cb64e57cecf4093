import assert from "node:assert/strict";
import { test } from "node:test";
import { serialize } from "pg-protocol";
import { SeededRandom } from "../testing/seeded-random.js";
import { startTestServer } from "../testing/test-server.js";
import { WireClient } from "../testing/wire-client.js";

const BUDGET_MS = 2_000;
/** However slow the machine is. */
const LEAST_CLIENTS = 20;
const BACKEND_TAGS = "RSKZTDCENtn123sIv";

const { parse, bind, describe, execute, close, flush, sync, query } = serialize;

/** Well-formed messages to start from. */
const CORPUS: readonly Uint8Array[] = [
  query("select 1, 'two', null"),
  query("begin; select 1; savepoint s; rollback to s; commit"),
  query("set work_mem = '8MB'; show work_mem; reset all"),
  query("select * from numbers(300)"),
  query("select * from failing(5)"),
  query("prepare p (int) as select $1; execute p(1); deallocate p"),
  query("create schema x; begin; create schema y"),
  parse({ text: "select $1, $2::int4", types: [25, 0] }),
  parse({ name: "a", text: "select * from numbers(50)" }),
  parse({ name: "b", text: "rollback" }),
  bind({ values: ["x", "1"] }),
  bind({ portal: "p", statement: "a" }),
  bind({ portal: "q", statement: "b", values: [null] }),
  bind({ values: [Buffer.from([0, 0, 0, 1]), Buffer.from([1, 2, 3, 4])], binary: true }),
  describe({ type: "S", name: "a" }),
  describe({ type: "P", name: "p" }),
  execute({}),
  execute({ portal: "p", rows: 7 }),
  close({ type: "P", name: "p" }),
  close({ type: "S", name: "a" }),
  flush(),
  sync(),
  serialize.copyData(Buffer.from("1\t2\n")),
  serialize.copyFail("no"),
  Buffer.from([0x46, 0, 0, 0, 8, 0, 0, 0, 1]),
];

/** A message as it is, or with one thing wrong about it. */
function mutated(message: Uint8Array, random: SeededRandom): Uint8Array {
  const bytes = Uint8Array.from(message);
  const at = random.below(bytes.length);
  switch (random.below(12)) {
    case 0:
      bytes[at] = random.below(256);
      return bytes;
    case 1:
      return bytes.subarray(0, at);
    case 2:
      bytes[1 + random.below(4)] = random.below(256);
      return bytes;
    case 3:
      return random.bytes(random.below(40));
    case 4: {
      // The body cut short with a length that fits: fields run past the end.
      const cut = bytes.slice(0, Math.max(5, at));
      new DataView(cut.buffer).setUint32(1, cut.length - 1);
      return cut;
    }
    case 5: {
      const grown = Uint8Array.from([...bytes, ...random.bytes(1 + random.below(9))]);
      new DataView(grown.buffer).setUint32(1, grown.length - 1);
      return grown;
    }
    default:
      return bytes;
  }
}

/** A client's whole life: some messages in some order, in pieces, then goodbye or not. */
async function oneClient(port: number, random: SeededRandom): Promise<void> {
  const client = await WireClient.open(port);
  client.send(mutated(serialize.startup({ user: "fuzz", database: "d" }), random));
  const count = 1 + random.below(25);
  for (let i = 0; i < count; i++) {
    const message = mutated(CORPUS[random.below(CORPUS.length)] ?? sync(), random);
    const split = random.below(message.length + 1);
    client.send(message.subarray(0, split));
    if (random.below(4) === 0) await new Promise((resolve) => setImmediate(resolve));
    client.send(message.subarray(split));
  }
  client.send(sync(), serialize.end());
  if (random.below(6) === 0) {
    client.close();
    return;
  }
  client.socket.end();
  for (const { tag } of await client.untilClosed()) {
    assert.ok(BACKEND_TAGS.includes(tag), `unknown message ${JSON.stringify(tag)}`);
  }
}

test(
  "no bytes bring the server down, hang it or leave anything behind",
  { timeout: 60_000 },
  async (t) => {
    const host = await startTestServer();
    t.after(() => host.close());
    const seed = Number(process.env["MILLRACE_FUZZ_SEED"] ?? Date.now() % 1_000_000);
    const until = performance.now() + BUDGET_MS;
    let rounds = 0;
    try {
      for (; performance.now() < until || rounds < LEAST_CLIENTS; rounds++) {
        await oneClient(host.port, new SeededRandom(seed + rounds));
      }
      while (host.server.connectionCount > 0)
        await new Promise((resolve) => setTimeout(resolve, 5));
      assert.deepEqual(host.log.problems, []);
      assert.equal(host.planner.openStreams, 0);
      assert.equal(host.planner.pagesOut, 0);
      assert.equal(host.server.bufferedBytes, 0);
      const client = await WireClient.start(host.port);
      assert.equal((await client.query("select 1")).at(-1), "Z I");
      client.close();
    } catch (error) {
      throw new Error(`MILLRACE_FUZZ_SEED=${String(seed)}, round ${String(rounds)}`, {
        cause: error,
      });
    }
  },
);
