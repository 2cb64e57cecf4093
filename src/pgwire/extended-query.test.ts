import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { serialize } from "pg-protocol";
import { startTestServer, type TestServer } from "../testing/test-server.js";
import { brief, WireClient } from "../testing/wire-client.js";

const { parse, bind, describe, execute, close, flush, sync, query } = serialize;

let host: TestServer;
before(async () => {
  host = await startTestServer();
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

/** Sends messages in one piece and compares what comes back up to ReadyForQuery. */
async function exchange(
  client: WireClient,
  messages: readonly Uint8Array[],
  expected: string,
): Promise<void> {
  client.send(...messages);
  assert.equal((await client.untilReady()).map(brief).join(" | "), expected);
}

test("parse, describe, bind, execute, sync", () =>
  withClient(async (client) => {
    await exchange(
      client,
      [
        parse({ text: "select $1, $2::int4 as n", types: [25] }),
        describe({ type: "S" }),
        bind({ values: ["a", "5"] }),
        describe({ type: "P" }),
        execute({}),
        sync(),
      ],
      "1 | t 25,23 | T ?column?:25:0,n:23:0 | 2 | T ?column?:25:0,n:23:0 | D a,5 | C SELECT 1 | Z I",
    );
  }));

test("describing executes nothing", () =>
  withClient(async (client) => {
    const before = host.planner.utilities.length;
    await exchange(
      client,
      [
        parse({ text: "create schema d" }),
        describe({ type: "S" }),
        bind({}),
        describe({ type: "P" }),
        sync(),
      ],
      "1 | t  | n | 2 | n | Z I",
    );
    assert.equal(host.planner.utilities.length, before);
  }));

test("SHOW and EXPLAIN describe their columns", () =>
  withClient(async (client) => {
    await exchange(
      client,
      [parse({ text: "show timezone" }), describe({ type: "S" }), sync()],
      "1 | t  | T TimeZone:25:0 | Z I",
    );
    await exchange(
      client,
      [parse({ text: "show all" }), describe({ type: "S" }), sync()],
      "1 | t  | T name:25:0,setting:25:0,description:25:0 | Z I",
    );
    await exchange(
      client,
      [
        parse({ text: "explain select 1" }),
        describe({ type: "S" }),
        bind({}),
        execute({ rows: 1 }),
        execute({ rows: 1 }),
        execute({ rows: 1 }),
        sync(),
      ],
      "1 | t  | T QUERY PLAN:25:0 | 2 | D Result | s | D   fake | s | C EXPLAIN | Z I",
    );
  }));

test("binary parameters and results pass through", () =>
  withClient(async (client) => {
    client.send(
      parse({ text: "select $1::int4" }),
      bind({ values: [Buffer.from([0, 0, 1, 2])], binary: true }),
      describe({ type: "P" }),
      execute({}),
      sync(),
    );
    const messages = await client.untilReady();
    assert.deepEqual(messages.map(({ tag }) => tag).join(""), "12TDCZ");
    assert.equal(brief(messages[2] ?? assert.fail()), "T ?column?:23:1");
    assert.deepEqual([...(messages[3]?.body ?? [])], [0, 1, 0, 0, 0, 4, 0, 0, 1, 2]);
  }));

test("row limits suspend a portal, also across pages, and say so once more at the very end", () =>
  withClient(async (client) => {
    client.send(parse({ text: "select * from numbers(250)" }), bind({}));
    for (let i = 0; i < 6; i++) client.send(execute({ rows: 50 }));
    client.send(sync());
    const said = (await client.untilReady()).map(brief);
    const rows = said.filter((each) => each.startsWith("D")).map((each) => each.slice(2));
    assert.deepEqual(
      rows,
      Array.from({ length: 250 }, (_, i) => `${String(i + 1)},row`),
    );
    const others = said.filter((each) => !each.startsWith("D"));
    assert.deepEqual(others, ["1", "2", "s", "s", "s", "s", "s", "C SELECT 0", "Z I"]);
    assert.equal(host.planner.pagesOut, 0);
  }));

test("a last fetch that comes short counts only its own rows", () =>
  withClient(async (client) => {
    client.send(parse({ text: "select * from numbers(7)" }), bind({}));
    client.send(execute({ rows: 5 }), execute({ rows: 5 }), execute({ rows: 5 }), sync());
    const others = (await client.untilReady()).map(brief).filter((each) => !each.startsWith("D"));
    assert.deepEqual(others, ["1", "2", "s", "C SELECT 2", "C SELECT 0", "Z I"]);
  }));

test("several portals are open at once inside a transaction, and end with it", () =>
  withClient(async (client) => {
    await client.query("begin");
    await exchange(
      client,
      [
        parse({ name: "s", text: "select * from numbers(4)" }),
        bind({ portal: "a", statement: "s" }),
        bind({ portal: "b", statement: "s" }),
        execute({ portal: "a", rows: 2 }),
        execute({ portal: "b", rows: 1 }),
        sync(),
      ],
      "1 | 2 | 2 | D 1,row | D 2,row | s | D 1,row | s | Z T",
    );
    await exchange(
      client,
      [execute({ portal: "a" }), execute({ portal: "b", rows: 1 }), sync()],
      "D 3,row | D 4,row | C SELECT 2 | D 2,row | s | Z T",
    );
    await exchange(
      client,
      [bind({ portal: "b", statement: "s" }), sync()],
      'E ERROR 42P03 cursor "b" already exists | Z E',
    );
    await client.query("rollback");
    assert.equal(host.planner.openStreams, 0);
    assert.equal(host.planner.pagesOut, 0);
    await exchange(
      client,
      [execute({ portal: "b" }), sync()],
      'E ERROR 34000 portal "b" does not exist | Z I',
    );
  }));

test("outside a transaction portals end with Sync", () =>
  withClient(async (client) => {
    await exchange(
      client,
      [
        parse({ text: "select * from numbers(9)" }),
        bind({ portal: "p" }),
        execute({ portal: "p", rows: 1 }),
        sync(),
      ],
      "1 | 2 | D 1,row | s | Z I",
    );
    assert.equal(host.planner.openStreams, 0);
    await exchange(
      client,
      [execute({ portal: "p" }), sync()],
      'E ERROR 34000 portal "p" does not exist | Z I',
    );
  }));

test("after an error all is skipped up to Sync, a query too", () =>
  withClient(async (client) => {
    await exchange(
      client,
      [
        parse({ text: "selec" }),
        bind({}),
        describe({ type: "P" }),
        execute({}),
        query("select 1"),
        flush(),
        parse({ name: "later", text: "select 2" }),
        sync(),
      ],
      'E ERROR 42601 syntax error at or near "selec" | Z I',
    );
    await exchange(
      client,
      [describe({ type: "S", name: "later" }), sync()],
      'E ERROR 26000 prepared statement "later" does not exist | Z I',
    );
  }));

test("an error in a pipeline undoes its settings; Syncs part pipelines", () =>
  withClient(async (client) => {
    const run = (text: string): Uint8Array[] => [parse({ text }), bind({}), execute({})];
    client.send(
      ...run("set application_name = 'one'"),
      sync(),
      ...run("set application_name = 'two'"),
      ...run("select * from failing(1)"),
      ...run("select 1"),
      sync(),
      ...run("show application_name"),
      sync(),
    );
    const said = [
      ...(await client.untilReady()),
      ...(await client.untilReady()),
      ...(await client.untilReady()),
    ];
    assert.deepEqual(said.map(brief), [
      ...["1", "2", "C SET", "S application_name=one", "Z I"],
      ...["1", "2", "C SET", "1", "2", "D 1,row", "E ERROR 22012 division by zero", "Z I"],
      ...["1", "2", "D one", "C SHOW", "Z I"],
    ]);
  }));

test("Flush sends what is done; a portal of a command runs once", () =>
  withClient(async (client) => {
    client.send(parse({ text: "create schema f" }), bind({}), execute({}), flush());
    for (const expected of ["1", "2", "C CREATE SCHEMA"]) {
      const message = await client.next();
      assert.equal(brief(message ?? assert.fail()), expected);
    }
    await exchange(client, [execute({}), sync()], 'E ERROR 55000 portal "" cannot be run | Z I');
  }));

test("an empty statement", () =>
  withClient((client) =>
    exchange(
      client,
      [parse({ text: "" }), describe({ type: "S" }), bind({}), execute({}), sync()],
      "1 | t  | n | 2 | I | Z I",
    ),
  ));

test("names: unknown, taken, unnamed", () =>
  withClient(async (client) => {
    await exchange(
      client,
      [bind({}), sync()],
      "E ERROR 26000 unnamed prepared statement does not exist | Z I",
    );
    await exchange(
      client,
      [parse({ name: "n", text: "select 1" }), parse({ name: "n", text: "select 2" }), sync()],
      '1 | E ERROR 42P05 prepared statement "n" already exists | Z I',
    );
    await exchange(
      client,
      [close({ type: "S", name: "n" }), close({ type: "P", name: "never" }), sync()],
      "3 | 3 | Z I",
    );
    await exchange(
      client,
      [parse({ text: "select 1" }), query("select 2"), bind({}), sync()].slice(0, 2),
      "1 | T ?column?:23:0 | D 2 | C SELECT 1 | Z I",
    );
    await exchange(
      client,
      [bind({}), sync()],
      "E ERROR 26000 unnamed prepared statement does not exist | Z I",
    );
  }));

test("wrong counts and formats", () =>
  withClient(async (client) => {
    await exchange(
      client,
      [
        parse({ name: "two", text: "select $1, $2" }),
        bind({ statement: "two", values: ["x"] }),
        sync(),
      ],
      '1 | E ERROR 08P01 bind message supplies 1 parameters, but prepared statement "two" requires 2 | Z I',
    );
    await exchange(
      client,
      [parse({ text: "select 1; select 2" }), sync()],
      "E ERROR 42601 cannot insert multiple commands into a prepared statement | Z I",
    );
    // Bind of "two" to the unnamed portal with two values and three result formats.
    const body = Buffer.concat([
      Buffer.from("\0two\0"),
      Buffer.from([0, 0, 0, 2]),
      Buffer.from([255, 255, 255, 255, 255, 255, 255, 255]),
      Buffer.from([0, 3, 0, 0, 0, 1, 0, 1]),
    ]);
    const head = Buffer.from([0x42, 0, 0, 0, body.length + 4]);
    await exchange(
      client,
      [head, body, sync()],
      "E ERROR 08P01 bind message has 3 result formats but query has 2 columns | Z I",
    );
  }));

test("in a failed transaction only its end runs", () =>
  withClient(async (client) => {
    await client.query("begin");
    await client.query("selec");
    await exchange(
      client,
      [parse({ text: "select 1" }), sync()],
      "E ERROR 25P02 current transaction is aborted, commands ignored until end of transaction block | Z E",
    );
    await exchange(
      client,
      [parse({ text: "rollback" }), bind({}), execute({}), sync()],
      "1 | 2 | C ROLLBACK | Z I",
    );
  }));

test("a plan the catalog has left behind is made again, unless its result would differ", () =>
  withClient(async (client) => {
    client.send(parse({ name: "old", text: "select 1" }), sync());
    await client.untilReady();
    const plans = host.planner.plans;
    const run = [bind({ statement: "old" }), execute({}), sync()];
    await exchange(client, run, "2 | D 1 | C SELECT 1 | Z I");
    assert.equal(host.planner.plans, plans, "a plan that holds is kept");
    host.planner.catalogVersion += 1;
    await exchange(client, run, "2 | D 1 | C SELECT 1 | Z I");
    assert.equal(host.planner.plans, plans + 1);
    await exchange(client, run, "2 | D 1 | C SELECT 1 | Z I");
    assert.equal(host.planner.plans, plans + 1, "the new plan is kept");
    host.planner.catalogVersion += 1;
    host.planner.alias = "renamed";
    await exchange(client, run, "E ERROR 0A000 cached plan must not change result type | Z I");
    host.planner.alias = null;
  }));

test("a function call is refused and the session goes on", () =>
  withClient(async (client) => {
    await exchange(
      client,
      [Buffer.from([0x46, 0, 0, 0, 8, 0, 0, 0, 1])],
      "E ERROR 0A000 fastpath function calls are not supported | Z I",
    );
    await exchange(
      client,
      [serialize.copyDone(), query("select 1")],
      "T ?column?:23:0 | D 1 | C SELECT 1 | Z I",
    );
  }));

test("a long pipeline is answered whole and in order", () =>
  withClient(async (client) => {
    const count = 2_000;
    client.send(parse({ name: "p", text: "select $1::int4" }));
    for (let i = 0; i < count; i++) {
      client.send(bind({ statement: "p", values: [String(i)] }), execute({}));
    }
    client.send(sync());
    const rows = (await client.untilReady()).map(brief).filter((each) => each.startsWith("D"));
    assert.deepEqual(
      rows,
      Array.from({ length: count }, (_, i) => `D ${String(i)}`),
    );
  }));

test("an error is told at once, though the client flushes and waits to sync", () =>
  withClient(async (client) => {
    client.send(parse({ text: "select * from nowhere" }), describe({ type: "S" }), flush());
    assert.equal((await client.next())?.tag, "E");
    await exchange(client, [sync()], "Z I");
  }));
