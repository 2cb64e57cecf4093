/** Whose sessions one may see into and end. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import pg from "pg";
import { startMillrace, type Environment } from "../runner/environment.js";

let server: Environment;
let admin: pg.Client;
let alice: pg.Client;
let bob: pg.Client;

before(async () => {
  server = await startMillrace();
  admin = await connected();
  await admin.query("CREATE ROLE alice LOGIN; CREATE ROLE bob LOGIN; CREATE ROLE root SUPERUSER");
  alice = await connected("alice");
  bob = await connected("bob");
});

after(async () => {
  await Promise.all([admin, alice, bob].map((client) => client.end().catch(() => undefined)));
  await server.stop();
});

async function connected(user?: string): Promise<pg.Client> {
  const url = new URL(server.url);
  if (user !== undefined) url.username = user;
  const client = new pg.Client({ connectionString: url.href });
  // A session that is ended from outside says so to nobody in particular.
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

async function valueOf(client: pg.Client, sql: string): Promise<unknown> {
  const { rows } = await client.query<{ v: unknown }>(sql);
  return rows[0]?.v;
}

const processOf = (client: pg.Client): Promise<unknown> =>
  valueOf(client, "SELECT pg_backend_pid() AS v");

test("what a session does is hidden from other users", async () => {
  const sql = (pid: unknown): string =>
    `SELECT query || coalesce(state, '') AS v FROM pg_stat_activity WHERE pid = ${String(pid)}`;
  await alice.query("SELECT 'secret'");
  const pid = await processOf(alice);
  assert.equal(await valueOf(bob, sql(pid)), "<insufficient privilege>");
  assert.match(String(await valueOf(admin, sql(pid))), /^SELECT pg_backend_pid\(\) AS vidle$/);
  const seen = "SELECT count(*)::int AS v FROM pg_stat_statements WHERE usename = 'alice'";
  assert.ok(Number(await valueOf(bob, seen)) > 0);
  assert.equal(await valueOf(bob, `${seen} AND query <> '<insufficient privilege>'`), 0);
  assert.ok(Number(await valueOf(alice, `${seen} AND query <> '<insufficient privilege>'`)) > 0);
});

test("sessions are ended by their users, by superusers and by who may signal", async () => {
  const end = (pid: unknown): string => `SELECT pg_terminate_backend(${String(pid)}) AS v`;
  const first = await processOf(alice);
  await assert.rejects(bob.query(end(first)), {
    code: "42501",
    message:
      "must be a member of the role whose process is being terminated or member of pg_signal_backend",
  });
  await assert.rejects(bob.query(`SELECT pg_cancel_backend(${String(await processOf(admin))})`), {
    code: "42501",
    message: "must be a superuser to cancel superuser query",
  });
  const second = await connected("alice");
  assert.equal(await valueOf(second, end(first)), true);
  await admin.query("GRANT pg_signal_backend TO bob");
  assert.equal(await valueOf(bob, end(await processOf(second))), true);
  alice = await connected("alice");
});
