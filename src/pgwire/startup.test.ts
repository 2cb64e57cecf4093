import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { serialize } from "pg-protocol";
import { ManualClock } from "../testing/manual-clock.js";
import { startTestServer, type TestServer } from "../testing/test-server.js";
import { brief, WireClient } from "../testing/wire-client.js";

let host: TestServer;
before(async () => {
  host = await startTestServer({ maxConnections: 5 });
});
after(() => host.close());

/** Connects, sends one packet and shows what comes back until ready or the end. */
async function greet(packet: Uint8Array): Promise<readonly string[]> {
  const client = await WireClient.open(host.port);
  client.send(packet);
  const said = (await client.untilReady()).map(brief);
  client.close();
  return said;
}

function startup(version: number, parameters: Readonly<Record<string, string>>): Buffer {
  const words = Object.entries(parameters)
    .flat()
    .map((word) => `${word}\0`);
  const body = Buffer.from(`${words.join("")}\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(body.length + 8);
  head.writeInt32BE(version, 4);
  return Buffer.concat([head, body]);
}

const V3 = 3 << 16;

test("a start reports what PostgreSQL 15 reports, a key and readiness", async () => {
  const said = await greet(serialize.startup({ user: "u", database: "d", application_name: "t" }));
  assert.deepEqual(said, [
    "R",
    "S application_name=t",
    "S client_encoding=UTF8",
    "S DateStyle=ISO, MDY",
    "S default_transaction_read_only=off",
    "S in_hot_standby=off",
    "S integer_datetimes=on",
    "S IntervalStyle=postgres",
    "S is_superuser=on",
    "S server_encoding=UTF8",
    "S server_version=15.18",
    "S session_authorization=u",
    "S standard_conforming_strings=on",
    "S TimeZone=UTC",
    "K",
    "Z I",
  ]);
});

test("any setting may come along, also through options, and is what RESET goes back to", async () => {
  const client = await WireClient.start(host.port, {
    TimeZone: "europe/berlin",
    client_encoding: "'utf-8'",
    extra_float_digits: "2",
    options: "-c statement_timeout=5s --search_path=a,\\ b -cdatestyle=dmy",
    "my.own": "x",
  });
  const show = async (name: string): Promise<string | undefined> =>
    (await client.query(`show ${name}`))[1];
  assert.equal(await show("statement_timeout"), "D 5s");
  assert.equal(await show("search_path"), "D a, b");
  assert.equal(await show("datestyle"), "D ISO, DMY");
  assert.equal(await show("my.own"), "D x");
  await client.query("set timezone to 'UTC'; reset all");
  assert.equal(await show("timezone"), "D Europe/Berlin");
  assert.equal(await show("extra_float_digits"), "D 2");
  client.close();
});

test("a bad setting is fatal", async () => {
  const cases: readonly (readonly [Record<string, string>, string])[] = [
    [{ nosuch: "1" }, 'FATAL 42704 unrecognized configuration parameter "nosuch"'],
    [{ TimeZone: "Mars" }, 'FATAL 22023 invalid value for parameter "TimeZone": "Mars"'],
    [{ server_version: "9" }, 'FATAL 55P02 parameter "server_version" cannot be changed'],
    [{ options: "-z" }, "FATAL 42601 invalid command-line argument for server process: -z"],
    [
      { client_encoding: "EUC_JP" },
      'FATAL 0A000 invalid value for parameter "client_encoding": "EUC_JP"',
    ],
    [{ replication: "true" }, "FATAL 0A000 replication connections are not supported"],
    [{ user: "" }, "FATAL 28000 no PostgreSQL user name specified in startup packet"],
  ];
  for (const [parameters, expected] of cases) {
    const said = await greet(startup(V3, { user: "u", ...parameters }));
    // Who it is has been found out before settings are looked at, and is told.
    const isSetting = parameters["replication"] === undefined && parameters["user"] !== "";
    assert.deepEqual(said, [...(isSetting ? ["R"] : []), `E ${expected}`]);
  }
});

test("the database is named after the user unless it is named", async () => {
  const client = await WireClient.open(host.port);
  client.send(startup(V3, { user: "solo" }));
  await client.untilReady();
  await client.query("select 1");
  const { user, guest, database } = host.planner.contexts.at(-1)?.session ?? {};
  assert.deepEqual({ user, guest, database }, { user: "solo", guest: true, database: "solo" });
  client.close();
});

test("a higher minor version and protocol options are negotiated, another major is refused", async () => {
  const said = await greet(startup(V3 + 9999, { user: "u", "_pq_.a": "1", "_pq_.b": "2" }));
  assert.equal(said[0], "v");
  assert.equal(said.at(-1), "Z I");
  const client = await WireClient.open(host.port);
  client.send(startup(V3 + 2, { user: "u", "_pq_.grease": "1" }));
  const message = await client.next();
  assert.equal(message?.tag, "v");
  assert.deepEqual(
    [message.body.readInt32BE(0), message.body.readInt32BE(4), message.body.toString("utf8", 8)],
    [V3 + 2, 1, "_pq_.grease\0"],
  );
  client.close();
  assert.deepEqual(await greet(startup(2 << 16, { user: "u" })), [
    "E FATAL 0A000 unsupported frontend protocol 2.0: server supports 3.0 to 3.2",
  ]);
});

test("encryption is declined, once each, and the client goes on in clear", async () => {
  const client = await WireClient.open(host.port);
  client.send(serialize.requestSsl());
  assert.equal(await client.byte(), "N");
  client.send(Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x30]));
  assert.equal(await client.byte(), "N");
  client.send(startup(V3, { user: "u" }));
  assert.equal((await client.untilReady()).at(-1)?.tag, "Z");
  client.close();
  const twice = await WireClient.open(host.port);
  twice.send(serialize.requestSsl());
  assert.equal(await twice.byte(), "N");
  twice.send(serialize.requestSsl());
  assert.match(
    (await twice.untilClosed()).map(brief).join(),
    /^E FATAL 0A000 unsupported frontend/,
  );
});

test("broken startup packets end the connection", async () => {
  const broken: readonly Buffer[] = [
    Buffer.from([0, 0, 0, 4]),
    Buffer.from([0, 0, 0, 7, 0, 3, 0]),
    Buffer.from([0x7f, 0xff, 0xff, 0xff, 0, 3, 0, 0]),
    Buffer.concat([Buffer.from([0, 0, 0, 12, 0, 3, 0, 0]), Buffer.from("user")]),
    Buffer.from([0, 0, 0, 9, 0, 3, 0, 0, 0x41]),
    Buffer.from("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
  ];
  for (const packet of broken) {
    const said = await greet(packet);
    assert.equal(said.length, 1, packet.toString("latin1"));
    assert.match(said[0] ?? "", /^E FATAL 08P01 /);
  }
});

test("one client too many is told so, and a place that is left is taken again", async () => {
  const clients: WireClient[] = [];
  for (let i = 0; i < 5; i++) clients.push(await WireClient.start(host.port));
  assert.deepEqual(await greet(startup(V3, { user: "u" })), [
    "E FATAL 53300 sorry, too many clients already",
  ]);
  clients.pop()?.send(serialize.end());
  while (host.server.connectionCount > 4) await new Promise((resolve) => setTimeout(resolve, 5));
  const again = await WireClient.start(host.port);
  assert.equal((await again.query("select 1")).at(-1), "Z I");
  for (const client of [...clients, again]) client.close();
});

test("a peer that does not start in time is dropped", async (t) => {
  const clock = new ManualClock();
  const slow = await startTestServer({ clock });
  t.after(() => slow.close());
  const client = await WireClient.open(slow.port);
  client.send(Buffer.from([0, 0]));
  while (clock.pendingCount === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  clock.advance(59_000);
  clock.advance(2_000);
  const said = (await client.untilClosed()).map(brief);
  assert.match(said.join(), /^E FATAL 08P01 terminating connection because/);
});

test("protocol 3.2 has long cancel keys, 3.0 and 3.1 short ones, and none is negotiated", async () => {
  const keys: number[] = [];
  for (const minor of [0, 1, 2]) {
    const client = await WireClient.open(host.port);
    client.send(startup(V3 + minor, { user: "u" }));
    const messages = await client.untilReady();
    assert.equal(messages[0]?.tag, "R");
    keys.push((messages.find(({ tag }) => tag === "K")?.body.length ?? 0) - 4);
    client.close();
  }
  assert.deepEqual(keys, [4, 4, 32]);
  const client = await WireClient.open(host.port);
  client.send(startup(V3, { user: "u", "_pq_.x": "1" }));
  assert.equal((await client.next())?.body.readInt32BE(0), V3, "no newer than the client's");
  client.close();
});

test("a client that has logged in may be silent as long as it likes", async (t) => {
  const clock = new ManualClock();
  const host = await startTestServer({ clock });
  t.after(() => host.close());
  const client = await WireClient.start(host.port);
  clock.advance(3_600_000);
  assert.equal((await client.query("select 1")).at(-1), "Z I");
  client.close();
});
