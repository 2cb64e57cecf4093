import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startTestServer, type TestServer } from "../testing/test-server.js";
import { brief, WireClient } from "../testing/wire-client.js";

let host: TestServer;
before(async () => {
  host = await startTestServer();
});
after(() => host.close());

async function withClients(
  count: number,
  work: (...clients: readonly WireClient[]) => Promise<void>,
): Promise<void> {
  const clients: WireClient[] = [];
  for (let i = 0; i < count; i++) clients.push(await WireClient.start(host.port));
  try {
    await work(...clients);
  } finally {
    for (const client of clients) client.close();
  }
}

async function said(client: WireClient, text: string): Promise<string> {
  return (await client.query(text)).join(" | ");
}

/** Channel and payload of the next message, which must be a notification. */
async function heard(client: WireClient): Promise<readonly string[]> {
  const message = await client.next();
  assert.equal(message?.tag, "A");
  return message.body.toString("utf8", 4).split("\0").slice(0, 2);
}

async function processOf(client: WireClient): Promise<number> {
  const before = new Set(host.shared.registry.activities.map(({ identity }) => identity.processId));
  const marker = `marker ${String(before.size)}`;
  await said(client, `set application_name = '${marker}'`);
  const found = host.shared.registry.activities.find((each) => each.applicationName === marker);
  await said(client, "reset application_name");
  assert.ok(found !== undefined);
  return found.identity.processId;
}

test("an idle session hears at once, one in a transaction at its end", () =>
  withClients(3, async (sender, idle, busy) => {
    assert.ok(sender && idle && busy);
    assert.equal(await said(idle, "listen c"), "C LISTEN | Z I");
    await said(busy, "listen c");
    await said(busy, "begin");
    assert.equal(await said(sender, "notify c, 'one'"), "C NOTIFY | Z I");
    assert.deepEqual(await heard(idle), ["c", "one"]);
    assert.equal(await said(busy, "select 1"), "T ?column?:23:0 | D 1 | C SELECT 1 | Z T");
    assert.equal(await said(busy, "commit"), "C COMMIT | A | Z I");
    await said(idle, "unlisten c");
    await said(sender, "notify c, 'two'");
    assert.deepEqual(await heard(busy), ["c", "two"]);
    assert.equal(await said(idle, "select 1"), "T ?column?:23:0 | D 1 | C SELECT 1 | Z I");
  }));

test("NOTIFY and LISTEN come about with their transaction, or not at all", () =>
  withClients(2, async (sender, listener) => {
    assert.ok(sender && listener);
    await said(listener, "begin; listen c; rollback");
    await said(sender, "notify c, 'unheard'");
    await said(listener, "listen c");
    await said(sender, "begin; notify c, 'never'; rollback");
    await said(sender, "begin; notify c, 'a'; savepoint s; notify c, 'b'; rollback to s");
    await said(sender, "notify c, 'a'; notify c; commit");
    assert.deepEqual(await heard(listener), ["c", "a"]);
    assert.deepEqual(await heard(listener), ["c", ""]);
    await said(sender, "notify c, 'x'; select * from failing(1)");
    await said(sender, "select pg_notify('c', 'by call')");
    assert.deepEqual(await heard(listener), ["c", "by call"]);
  }));

test("what waits for a session that does not end its transaction has a limit", () =>
  withClients(2, async (sender, listener) => {
    assert.ok(sender && listener);
    await said(listener, "listen c");
    await said(listener, "begin");
    const payload = "x".repeat(7999);
    let answer = "";
    for (let sent = 0; sent < 100 && !answer.includes("54000"); sent++) {
      const many = Array.from({ length: 100 }, (_, i) => `notify c, '${payload.slice(i)}'`);
      answer = await said(sender, many.join(";"));
    }
    assert.match(answer, /E ERROR 54000 too many notifications in the NOTIFY queue \| Z I$/);
    await said(listener, "commit");
    assert.match(await said(sender, "notify c, 'again'"), /C NOTIFY \| Z I/);
  }));

test("pg_cancel_backend ends a statement, pg_terminate_backend a session", () =>
  withClients(2, async (killer, victim) => {
    assert.ok(killer && victim);
    const processId = String(await processOf(victim));
    const running = said(victim, "select * from stalling(1)");
    while (host.planner.openStreams === 0) await new Promise((resolve) => setImmediate(resolve));
    const seen = host.shared.registry.activities.find((each) => each.state === "active");
    assert.equal(seen?.query, "select * from stalling(1)");
    assert.match(await said(killer, `select pg_cancel_backend(${processId})`), /\| D t \|/);
    assert.match(await running, /57014 canceling statement due to user request \| Z I$/);
    assert.match(await said(killer, `select pg_terminate_backend(${processId})`), /\| D t \|/);
    const last = (await victim.untilClosed()).map(brief);
    assert.deepEqual(last, ["E FATAL 57P01 terminating connection due to administrator command"]);
    const again = await said(killer, `select pg_terminate_backend(${processId})`);
    assert.match(again, /N WARNING 01000 PID \d+ is not a PostgreSQL backend process \| D f/);
  }));

test("advisory locks wait for each other, up to lock_timeout, and never in a ring", () =>
  withClients(2, async (a, b) => {
    assert.ok(a && b);
    await said(a, "select pg_advisory_lock(1)");
    assert.match(await said(b, "select pg_try_advisory_lock(1)"), /\| D f \|/);
    await said(b, "set lock_timeout = 30");
    assert.match(
      await said(b, "select pg_advisory_lock(1)"),
      /E ERROR 55P03 canceling statement due to lock timeout/,
    );
    await said(b, "reset lock_timeout");
    await said(b, "select pg_advisory_lock(2)");
    const waiting = said(b, "select pg_advisory_lock(1)");
    // Long enough for the other session to be waiting.
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.match(await said(a, "select pg_advisory_lock(2)"), /40P01 deadlock detected/);
    assert.match(await said(a, "select pg_advisory_unlock(1)"), /\| D t \|/);
    assert.match(await waiting, /C SELECT 1 \| Z I/);
    b.close();
    await said(a, "select pg_advisory_lock(1), pg_advisory_lock(2)");
    await said(a, "begin; select pg_advisory_xact_lock(3); commit");
    assert.match(await said(a, "select pg_advisory_unlock(3)"), /01000 you don't own a lock/);
  }));
