/** pg_dump reads the catalog harder than anybody else: what it writes must make the same again. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { MillraceServer } from "../runner/millrace-server.js";
import { SqlConnection } from "../runner/sql-connection.js";
import { dumped, openTwins, restored, ROLES, type Twins } from "./twins.js";

let twins: Twins;

before(async () => {
  twins = await openTwins();
});

after(() => twins.close());

test("pg_dump --schema-only restores in PostgreSQL and is dumped the same there", async () => {
  const dump = await dumped("pg_dump", "--schema-only", twins.millrace);
  for (const part of [
    "CREATE FOREIGN TABLE data.many (",
    "GRANT SELECT(id) ON TABLE data.cheap TO reader",
    "GRANT SELECT(name) ON TABLE data.departments TO PUBLIC",
    "GRANT USAGE ON SCHEMA data TO reader WITH GRANT OPTION",
    'CREATE VIEW "Odd schema"."odd view" AS',
  ]) {
    assert.ok(dump.includes(part), part);
  }
  assert.deepEqual(await restored(twins.postgres, dump, twins.folder), []);
  assert.equal(await dumped("pg_dump", "--schema-only", twins.postgres), dump);
});

test("the same in another Millrace, which has the wrapper and server already", async () => {
  const dump = await dumped("pg_dump", "--schema-only", twins.millrace);
  const other = await MillraceServer.start({ threads: 1 });
  try {
    const roles = await SqlConnection.open(other.url);
    for (const statement of ROLES) await roles.mustRun(statement);
    await roles.close();
    const errors = await restored(other.url, dump, twins.folder);
    for (const error of errors) assert.match(error, /FOREIGN DATA WRAPPER|server "|SERVER/);
    assert.equal(await dumped("pg_dump", "--schema-only", other.url), dump);
  } finally {
    await other.stop();
  }
});

test("pg_dump of one table, of a schema, and without owners and rights", async () => {
  for (const args of [
    ["--table=data.many"],
    ["--schema=data", "--no-owner"],
    ["--no-privileges", "--no-comments"],
  ]) {
    const all = ["--schema-only", ...args];
    const wanted = await dumped("pg_dump", ...all, twins.postgres);
    assert.equal(await dumped("pg_dump", ...all, twins.millrace), wanted, args.join(" "));
  }
});

test("pg_dumpall --roles-only", async () => {
  const dump = await dumped("pg_dumpall", "--roles-only", "-d", twins.millrace);
  assert.match(dump, /CREATE ROLE owner;\nALTER ROLE owner WITH NOSUPERUSER .* LOGIN/);
  assert.match(dump, /GRANT reader TO owner/);
  const wanted = await dumped("pg_dumpall", "--roles-only", "-d", twins.postgres);
  // PostgreSQL's first role is called otherwise, and gave the membership.
  const others = wanted.replace(/^(CREATE|ALTER) ROLE postgres\b.*\n/gm, "");
  // From a server before 15 there is no part about parameters, nor the blank lines of an empty one.
  const lines = (text: string): readonly string[] => text.split("\n").filter((line) => line !== "");
  assert.deepEqual(lines(dump), lines(others.replace("BY postgres", "BY millrace")));
});
