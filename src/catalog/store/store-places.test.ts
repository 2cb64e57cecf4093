import assert from "node:assert/strict";
import Database from "libsql";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { NodeClock } from "../../env/node/index.js";
import { SqlError } from "../../errors/index.js";
import { DescribedFiles, describeFile } from "../../testing/described-files.js";
import { PrivatePostgres } from "../../testing/private-postgres.js";
import { RecordingLog } from "../../testing/recording-log.js";
import { SeededRandom } from "../../testing/seeded-random.js";
import type { Definitions } from "../definitions.js";
import { defaultAcl, PRIVILEGE, withGrant } from "../security/acl.js";
import { BOOTSTRAP_ROLE, newRole, PREDEFINED } from "../security/role.js";
import { StoredCatalog } from "../stored-catalog.js";

const PLACES = ["SQLite", "PostgreSQL"] as const;

let folder = "";
let postgres: PrivatePostgres;
let places = 0;
let log = new RecordingLog();

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "millrace-places-"));
  postgres = await PrivatePostgres.start();
});

after(() => {
  postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Somewhere that nothing is kept in yet. */
async function newPlace(kind: (typeof PLACES)[number]) {
  places += 1;
  const dataDirectory = join(folder, `data${String(places)}`);
  if (kind === "SQLite") return { dataDirectory };
  return { dataDirectory, catalogUrl: await postgres.newSchema(`place${String(places)}`) };
}

type Place = Awaited<ReturnType<typeof newPlace>>;

function open(place: Place): Promise<StoredCatalog> {
  log = new RecordingLog();
  return StoredCatalog.open({
    ...place,
    inspector: new DescribedFiles(),
    clock: new NodeClock(),
    random: new SeededRandom(places),
    log,
  });
}

function schema(catalog: StoredCatalog, name: string): Promise<void> {
  return catalog.definitions.change((edit) => edit.createSchema(name, false, () => undefined));
}

/** The same catalog for a server with another data directory, where it may have one. */
function elsewhere(place: Place): Place {
  if (place.catalogUrl === undefined) return place;
  return { ...place, dataDirectory: `${place.dataDirectory}-other` };
}

function titleOf({ dataDirectory, catalogUrl }: Place): string {
  if (catalogUrl === undefined) return `data directory "${dataDirectory}"`;
  return `catalog "${postgres.url.replace(":secret", "")}"`;
}

/** A process that makes a schema, a role and a comment in each commit, as fast as it may. */
const WRITER = `
  const { StoredCatalog } = await import(process.argv[1]);
  const { NodeClock } = await import(process.argv[2]);
  const log = { debug() {}, info() {}, warn() {}, error() {}, child() { return log; } };
  const random = { bytes: (count) => new Uint8Array(count).fill(7) };
  try {
    const place = JSON.parse(process.argv[3]);
    const catalog = await StoredCatalog.open({ ...place, clock: new NodeClock(), random, log });
    for (let i = 0; ; i++) {
      await catalog.definitions.change((edit) => {
        edit.createSchema("s" + i, false, () => {}, 10);
        edit.setComment(edit.current.schemas.get("s" + i).oid, undefined, "number " + i);
        edit.changeSecurity((security, newOid) => {
          const oid = newOid();
          return security.withRole({ ...security.roles.get(10), oid, name: "r" + i });
        });
      });
      process.stdout.write(i + "\\n");
      await new Promise((done) => setImmediate(done));
    }
  } catch (error) {
    process.stdout.write("failed: " + error.message + "\\n");
  }
`;

function writer(place: Place) {
  const files = ["../stored-catalog.js", "../../env/node/index.js"].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  const args = ["--input-type=module", "-e", WRITER, ...files, JSON.stringify(place)];
  return spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
}

for (const kind of PLACES) {
  describe(`the metadata store in ${kind}`, () => {
    test("a second server is refused in one line", async () => {
      const place = await newPlace(kind);
      const catalog = await open(place);
      let output = "";
      for await (const chunk of writer(elsewhere(place)).stdout) output += String(chunk);
      assert.equal(output, `failed: ${titleOf(place)} is in use by another server\n`);
      await catalog.close();
    });

    test("what was said to be done stands after kill -9, and nothing half", async () => {
      const place = await newPlace(kind);
      const child = writer(place);
      let output = "";
      for await (const chunk of child.stdout) {
        output += String(chunk);
        if (output.split("\n").length > 20) child.kill("SIGKILL");
      }
      const told = output.split("\n").slice(0, -1);
      assert.ok(told.length >= 20, output);
      const catalog = await open(place);
      const { current } = catalog.definitions;
      await catalog.close();
      for (const number of told) assert.ok(current.schemas.has(`s${number}`), number);
      const made = [...current.schemas.values()].filter(({ name }) => name !== "public");
      assert.equal(current.number, BigInt(made.length));
      for (const { oid, name } of made) {
        assert.equal(current.comment(oid), `number ${name.slice(1)}`);
        assert.notEqual(current.security.roleNamed(`r${name.slice(1)}`), undefined);
      }
      assert.equal(current.comments.size, made.length);
    });

    test("a store of another version is refused", async () => {
      const place = await newPlace(kind);
      const catalog = await open(place);
      await catalog.setSetting("store_version", "99");
      await catalog.close();
      const message = `${titleOf(place)} has a catalog of version 99; this server reads version 3`;
      await assert.rejects(open(place), { name: "StorePlaceError", message });
    });

    test("roles and rights are kept as they are in memory", async () => {
      const place = await newPlace(kind);
      let catalog = await open(place);
      assert.ok(catalog.definitions.current.security.isOpen);
      await catalog.definitions.change(rolesAndRights);
      const kept = catalog.definitions.current.security;
      await catalog.close();
      catalog = await open(place);
      const { security, schemas } = catalog.definitions.current;
      assert.ok(!security.isOpen);
      for (const part of ["memberships", "objects", "defaults", "scopedSettings"] as const) {
        assert.deepEqual(security[part], kept[part], part);
      }
      assert.deepEqual(
        new Map([...security.roles].sort(([a], [b]) => a - b)),
        new Map([...kept.roles].sort(([a], [b]) => a - b)),
      );
      // What is dropped takes its rights along.
      const made = schemas.get("s");
      assert.ok(made !== undefined);
      assert.equal(security.ownerOf(made.oid), security.roleNamed("ann")?.oid);
      await catalog.definitions.change((edit) =>
        edit.drop(
          [made],
          [],
          false,
          () => "",
          () => undefined,
        ),
      );
      await catalog.close();
      catalog = await open(place);
      assert.equal(catalog.definitions.current.security.objects.has(made.oid), false);
      await catalog.close();
    });
  });
}

function rolesAndRights(edit: Definitions): void {
  edit.createSchema("s", false, () => undefined);
  const oid = edit.current.schemas.get("s")?.oid ?? 0;
  edit.changeSecurity((security, newOid) => {
    const ann = newOid();
    const acl = withGrant(defaultAcl("relation", ann), 0, ann, PRIVILEGE.select, 0);
    return security
      .withRole({ ...newRole(ann, "ann"), verifier: "v", connectionLimit: 3 })
      .withMemberships([
        { role: PREDEFINED.pg_checkpoint, member: ann, grantor: BOOTSTRAP_ROLE, admin: true },
        ...security.memberships,
      ])
      .withOwner(oid, ann)
      .withAcl(oid, acl)
      .withColumnAcl(oid, 2, withGrant([], 0, ann, PRIVILEGE.select, 0))
      .withDefaults([
        { role: ann, schema: oid, kind: "relation", acl },
        { role: ann, schema: undefined, kind: "relation", acl },
      ])
      .withSettings(ann, undefined, [{ name: "datestyle", value: "German" }])
      .withSettings(undefined, undefined, [{ name: "timezone", value: "UTC" }])
      .withSettings(ann, "d", [{ name: "timezone", value: "CET" }]);
  });
}

test("a store that the first servers made is led on to this layout", async () => {
  const place = await newPlace("SQLite");
  mkdirSync(place.dataDirectory);
  const old = new Database(join(place.dataDirectory, "catalog.sqlite"));
  const current = await open(await newPlace("SQLite"));
  await current.close();
  old.exec(`ATTACH '${join(folder, `data${String(places)}`, "catalog.sqlite")}' AS new`);
  const tables = old
    .prepare("SELECT name, sql FROM new.sqlite_schema WHERE type = 'table'")
    .all() as { name: string; sql: string }[];
  for (const { name, sql } of tables) {
    const isSecurity = /role|access/.test(name);
    if (name === "millrace_scoped_setting") continue;
    if (isSecurity && name !== "millrace_role_member") continue;
    old.exec(sql.replace(/,\s*list_order BIGINT/, ""));
    if (!isSecurity) old.exec(`INSERT INTO ${name} SELECT * FROM new.${name}`);
  }
  old.exec("INSERT INTO millrace_role_member VALUES (4544, 10, 10, 0)");
  old.exec("INSERT INTO millrace_role_member VALUES (3373, 10, 10, 1)");
  old.exec("UPDATE millrace_setting SET value = '1' WHERE name = 'store_version'");
  old.close();
  const catalog = await open(place);
  const { security } = catalog.definitions.current;
  assert.equal(security.roles.get(BOOTSTRAP_ROLE)?.superuser, true);
  assert.equal(catalog.setting("store_version"), "3");
  await catalog.close();
});

test("PostgreSQL that restarts: changes fail meanwhile, what is known stays, then all goes on", async () => {
  const place = await newPlace("PostgreSQL");
  const catalog = await open(place);
  await schema(catalog, "before");
  postgres.crash();
  const refused = await sqlErrorOf(schema(catalog, "meanwhile"));
  assert.equal(refused.sqlstate, "08006");
  assert.equal(refused.message, "the metadata store cannot be reached");
  assert.ok(catalog.definitions.current.hasSchema("before"));
  assert.ok(!catalog.definitions.current.hasSchema("meanwhile"));
  postgres.begin();
  for (let tries = 0; ; tries++) {
    const error = await schema(catalog, "after").catch((each: unknown) => each);
    if (error === undefined) break;
    assert.ok(error instanceof SqlError && error.sqlstate === "08006", String(error));
    assert.ok(tries < 100, "it does not come back");
    await sleep(100);
  }
  const known = catalog.definitions.current;
  await catalog.close();
  assert.ok(log.problems.some(({ message }) => message === "the metadata store is out of reach"));
  assert.ok(!JSON.stringify(log.entries).includes("secret"));
  const again = await open(place);
  assert.deepEqual([...again.definitions.current.schemas], [...known.schemas]);
  await again.close();
});

test("what another server wrote while this one was cut off is read before anything is written", async () => {
  const place = await newPlace("PostgreSQL");
  const catalog = await open(place);
  await schema(catalog, "mine");
  const path = join(folder, "kept.parquet");
  await describeFile(path, { id: "bigint" }, 7);
  const table = { schema: "mine", name: "kept", ifNotExists: false, columns: [], path };
  await catalog.definitions.change((edit) => edit.createTable(table, () => undefined));
  await catalog.analyzed();
  const kept = catalog.definitions.current.relation(table)?.oid ?? 0;
  await postgres.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity " +
      "WHERE application_name = 'millrace' AND pid <> pg_backend_pid()",
  );
  // Quicker than the server that was cut off, and gone before that looks again.
  const other = await open(elsewhere(place));
  await schema(other, "theirs");
  await other.close();
  const error = await sqlErrorOf(schema(catalog, "theirs"));
  assert.equal(error.sqlstate, "42P06");
  await schema(catalog, "both");
  assert.equal(catalog.sampledRowCount(kept), 7);
  assert.deepEqual(
    [...catalog.definitions.current.schemas.keys()],
    ["public", "mine", "theirs", "both"],
  );
  await catalog.close();
});

/** A way to PostgreSQL on which `COMMIT` arrives and its answer does not, once `cut.armed`. */
async function leakyWay(port: number, cut: { armed: boolean }): Promise<Server> {
  const server = createServer((client) => {
    const upstream = connect(port, "127.0.0.1");
    const end = (): void => {
      client.destroy();
      upstream.destroy();
    };
    client.on("error", end).on("close", end);
    upstream.on("error", end).on("close", end);
    let deaf = false;
    upstream.on("data", (bytes) => {
      if (deaf) end();
      else client.write(bytes);
    });
    client.on("data", (bytes) => {
      deaf ||= cut.armed && bytes.includes("COMMIT");
      if (deaf) cut.armed = false;
      upstream.write(bytes);
    });
  });
  await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
  return server;
}

test("a commit whose answer is lost is told as unknown, and found to be made", async (t) => {
  const place = await newPlace("PostgreSQL");
  const url = new URL(place.catalogUrl ?? "");
  const cut = { armed: false };
  const way = await leakyWay(Number(url.port), cut);
  url.port = String((way.address() as AddressInfo).port);
  t.after(() => way.close());
  const catalog = await open({ ...place, catalogUrl: url.href });
  await schema(catalog, "told");
  cut.armed = true;
  const error = await sqlErrorOf(schema(catalog, "untold"));
  assert.equal(error.sqlstate, "08007");
  assert.equal((await sqlErrorOf(schema(catalog, "untold"))).sqlstate, "42P06");
  await catalog.close();
});

async function sqlErrorOf(work: Promise<unknown>): Promise<SqlError> {
  const error = await work.then(
    () => null,
    (each: unknown) => each,
  );
  assert.ok(error instanceof SqlError, String(error));
  return error;
}
