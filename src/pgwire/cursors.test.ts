import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import pg from "pg";
import Cursor from "pg-cursor";
import { serialize } from "pg-protocol";
import { startTestServer, type TestServer } from "../testing/test-server.js";
import { brief, WireClient } from "../testing/wire-client.js";

const { parse, bind, describe, execute, sync, query } = serialize;

/** Pages hold three rows; cursors of all sessions together keep 300 bytes of them. */
let host: TestServer;
before(async () => {
  host = await startTestServer({ ring: { rowsPerPage: 3, pages: 4 }, rowMemoryBytes: 300 });
});
after(() => host.close());

async function withClient(work: (client: WireClient) => Promise<void>): Promise<void> {
  const client = await WireClient.start(host.port);
  try {
    await work(client);
  } finally {
    client.close();
  }
}

async function said(client: WireClient, text: string): Promise<string> {
  return (await client.query(text)).join(" | ");
}

test("a cursor is described, read as the client asks for it, and gone with its transaction", () =>
  withClient(async (client) => {
    await said(client, "begin");
    await said(client, "declare c cursor for select * from numbers(5)");
    client.send(
      parse({ text: "fetch 2 from c" }),
      describe({ type: "S" }),
      bind({ binary: true }),
      describe({ type: "P" }),
      execute({}),
      sync(),
    );
    const binary = await client.untilReady();
    const shown = binary.filter(({ tag }) => tag !== "D").map(brief);
    assert.equal(
      shown.join(" | "),
      "1 | t  | T n:23:0,pad:25:0 | 2 | T n:23:1,pad:25:1 | C FETCH 2 | Z T",
    );
    const rows = binary.filter(({ tag }) => tag === "D").map(({ body }) => body.readInt32BE(6));
    assert.deepEqual(rows, [1, 2]);
    const mixed = await said(client, "fetch c");
    assert.match(mixed, /^E ERROR 0A000 cursor "c" cannot be read in another format/);
    assert.equal(await said(client, "rollback"), "C ROLLBACK | Z I");
    assert.equal(await said(client, "fetch c"), 'E ERROR 34000 cursor "c" does not exist | Z I');
    assert.equal(host.planner.openStreams, 0);
    assert.equal(host.planner.pagesOut, 0);
  }));

test("a BINARY cursor answers the simple protocol in binary", () =>
  withClient(async (client) => {
    client.send(query("begin; declare c binary cursor for select 7; fetch c; commit"));
    const messages = await client.untilReady();
    const row = messages.find(({ tag }) => tag === "D");
    assert.deepEqual([...(row?.body.subarray(2) ?? [])], [0, 0, 0, 4, 0, 0, 0, 7]);
    assert.ok(messages.map(brief).includes("T ?column?:23:1"));
  }));

test("portals and cursors are one: Execute runs a cursor, FETCH reads a portal", () =>
  withClient(async (client) => {
    await said(client, "begin; declare c cursor for select * from numbers(4)");
    client.send(describe({ type: "P", name: "c" }), execute({ portal: "c", rows: 3 }), sync());
    const first = (await client.untilReady()).map(brief).join(" | ");
    assert.equal(first, "T n:23:0,pad:25:0 | D 1,row | D 2,row | D 3,row | s | Z T");
    assert.match(await said(client, "fetch all c"), /^T .* \| D 4,row \| C FETCH 1 \| Z T$/);
    client.send(parse({ text: "select * from numbers(4)" }), bind({ portal: "p" }), sync());
    await client.untilReady();
    assert.match(await said(client, "fetch 2 p"), /D 1,row \| D 2,row \| C FETCH 2/);
    client.send(execute({ portal: "p" }), sync());
    const rest = (await client.untilReady()).map(brief).join(" | ");
    assert.equal(rest, "D 3,row | D 4,row | C SELECT 2 | Z T");
    assert.match(await said(client, "move backward p"), /55000 cursor can only scan forward/);
  }));

test("a FETCH with a row limit is suspended and goes on", () =>
  withClient(async (client) => {
    await said(client, "begin; declare c scroll cursor for select * from numbers(5)");
    client.send(parse({ text: "fetch 4 c" }), bind({}), execute({ rows: 3 }), execute({}), sync());
    const messages = (await client.untilReady()).map(brief).join(" | ");
    assert.equal(messages, "1 | 2 | D 1,row | D 2,row | D 3,row | s | D 4,row | C FETCH 1 | Z T");
    assert.match(await said(client, "fetch prior c"), /D 3,row/);
  }));

test("rows that are kept have a limit, and go back with their cursor", () =>
  withClient(async (client) => {
    const many = "select * from numbers(100)";
    await said(client, `begin; declare c scroll cursor for ${many}`);
    assert.match(await said(client, "move all c"), /E ERROR 53200 out of memory/);
    await said(client, "rollback");
    const held = await said(client, `declare h cursor with hold for ${many}`);
    assert.equal(held, "C DECLARE CURSOR | E ERROR 53200 out of memory | Z I");
    assert.match(await said(client, "fetch h"), /34000/);
    await said(client, `begin; declare c no scroll cursor for ${many}`);
    assert.match(await said(client, "move all c"), /C MOVE 100/);
    await said(client, "commit");
    await said(client, "declare h scroll cursor with hold for select * from numbers(6)");
    assert.match(await said(client, "fetch last h"), /D 6,row/);
    assert.match(await said(client, "fetch backward 2 h"), /D 5,row \| D 4,row/);
    assert.equal(await said(client, "close h"), "C CLOSE CURSOR | Z I");
    assert.equal(host.shared.rowMemory.heldBytes, 0);
    assert.equal(host.planner.openStreams, 0);
  }));

test("a cursor that failed stays failed behind a savepoint; others go on", () =>
  withClient(async (client) => {
    await said(client, "begin; declare c cursor for select * from failing(2)");
    await said(client, "declare d cursor for select * from numbers(2)");
    await said(client, "savepoint s");
    assert.match(await said(client, "fetch all c"), /22012/);
    await said(client, "rollback to s");
    assert.match(await said(client, "fetch c"), /55000 portal "c" cannot be run/);
    await said(client, "rollback to s");
    assert.match(await said(client, "fetch d"), /D 1,row/);
  }));

test("statement_timeout ends a FETCH and the run under it", () =>
  withClient(async (client) => {
    await said(client, "begin; declare c cursor for select * from stalling(2)");
    await said(client, "set statement_timeout = 50");
    assert.match(await said(client, "fetch all c"), /57014/);
    await said(client, "rollback");
    assert.equal(host.planner.openStreams, 0);
  }));

test("pg-cursor reads a portal piece by piece", async () => {
  const client = new pg.Client({ host: "127.0.0.1", port: host.port, user: "u", database: "d" });
  await client.connect();
  try {
    const cursor = client.query(new Cursor<{ n: number }>("select * from numbers(10)"));
    const sizes: number[] = [];
    for (let rows = await cursor.read(4); rows.length > 0; rows = await cursor.read(4)) {
      sizes.push(rows.length);
    }
    assert.deepEqual(sizes, [4, 4, 2]);
    await cursor.close();
  } finally {
    await client.end();
  }
});
