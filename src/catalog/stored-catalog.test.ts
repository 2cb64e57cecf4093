import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { SqlError } from "../errors/index.js";
import { sqlType } from "../types/index.js";
import { DescribedFiles, describeFile } from "../testing/described-files.js";
import { ManualClock } from "../testing/manual-clock.js";
import { RecordingLog } from "../testing/recording-log.js";
import { SeededRandom } from "../testing/seeded-random.js";
import type { RelationEntry } from "./catalog-version.js";
import { MetadataStore } from "./store/metadata-store.js";
import { sameSnapshot, StoredCatalog } from "./stored-catalog.js";

let folder = "";
let catalog: StoredCatalog;
let files: DescribedFiles;
let notices: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-catalog-"));
  notices = [];
  open();
});

afterEach(async () => {
  await catalog.close();
  await rm(folder, { recursive: true, force: true });
});

function open(): void {
  files = new DescribedFiles();
  catalog = StoredCatalog.open({
    dataDirectory: join(folder, "data"),
    inspector: files,
    clock: new ManualClock(),
    random: new SeededRandom(1),
    log: new RecordingLog(),
  });
}

async function reopen(): Promise<void> {
  await catalog.close();
  open();
}

function notice(condition: SqlError): void {
  notices.push(`${condition.fields.severity ?? ""}: ${condition.message}`);
}

function path(...parts: readonly string[]): string {
  return join(folder, "files", ...parts);
}

async function table(schema: string, name: string, from = path(`${name}.parquet`)): Promise<void> {
  await describeFile(path(`${name}.parquet`), { id: "bigint", note: "text" });
  const definition = { schema, name, ifNotExists: false, columns: [], path: from };
  await catalog.definitions.createTable(definition, notice);
}

function view(name: string, reads: readonly number[], replace = false): void {
  catalog.definitions.createView({
    schema: "public",
    name,
    columns: [{ name: "id", type: sqlType("int8") }],
    queryText: "SELECT id FROM t",
    searchPath: ["public"],
    reads,
    replace,
  });
}

function entry(name: string, schema = "public"): RelationEntry {
  const found = catalog.definitions.current.relation({ schema, name });
  assert.ok(found !== undefined, `${schema}.${name}`);
  return found;
}

async function relation(name: string, schema = "public") {
  const request = { relations: [{ schema, name }], fileScans: [] };
  const found = (await catalog.snapshot(request)).relation({ schema, name });
  assert.ok(found?.kind === "table");
  return found.relation;
}

async function failsWith(
  sqlstate: string,
  message: string,
  work: () => unknown,
): Promise<SqlError> {
  let caught: unknown;
  await assert.rejects(
    async () => {
      await work();
    },
    (error) => {
      caught = error;
      return true;
    },
  );
  assert.ok(caught instanceof SqlError, String(caught));
  assert.deepEqual([caught.sqlstate, caught.message], [sqlstate, message]);
  return caught;
}

function dropAll(entries: readonly RelationEntry[], cascade: boolean): void {
  const describe = (one: RelationEntry): string => `${one.kind} ${one.name}`;
  catalog.definitions.drop([], entries, cascade, describe, notice);
}

test("definitions, statistics, comments and settings survive a restart, with their OIDs", async () => {
  catalog.definitions.createSchema("s", false, notice);
  await table("s", "t");
  await table("public", "u");
  view("v", [entry("u").oid]);
  catalog.definitions.setComment(entry("u").oid, 1, "the key");
  catalog.setSetting("x", "y");
  await catalog.analyzed();
  const before = catalog.definitions.current;
  await reopen();
  const after = catalog.definitions.current;
  assert.equal(after.number, before.number);
  assert.deepEqual([...after.relations], [...before.relations]);
  assert.deepEqual([...after.schemas.keys()], ["public", "s"]);
  assert.equal(catalog.definitions.comment(entry("u").oid, 1), "the key");
  assert.equal(catalog.setting("x"), "y");
  assert.equal((await relation("t", "s")).statistics.columns.get("id")?.distinctCount, 3);
  assert.equal(files.analyses, 0);
});

test("OIDs start where PostgreSQL's users' do and are never given twice", async () => {
  await table("public", "t");
  const first = entry("t").oid;
  assert.equal(first, 16384);
  dropAll([entry("t")], false);
  await reopen();
  await table("public", "t");
  assert.equal(entry("t").oid, first + 1);
});

test("names that are taken or are not there", async () => {
  const { definitions } = catalog;
  await table("public", "t");
  await failsWith("42P07", 'relation "t" already exists', () => table("public", "t"));
  await failsWith("3F000", 'schema "nowhere" does not exist', () => table("nowhere", "t"));
  await failsWith("42501", 'permission denied to create "pg_catalog.t"', () =>
    table("pg_catalog", "t"),
  );
  await failsWith("42P06", 'schema "public" already exists', () =>
    definitions.createSchema("public", false, notice),
  );
  await failsWith("42939", 'unacceptable schema name "pg_x"', () =>
    definitions.createSchema("pg_x", false, notice),
  );
  await failsWith("42P07", 'relation "t" already exists', () => view("t", []));
  await failsWith("42809", '"t" is not a view', () => view("t", [], true));
  definitions.createSchema("public", true, notice);
  await definitions.createTable(
    { schema: "public", name: "t", ifNotExists: true, columns: [], path: "nowhere" },
    notice,
  );
  assert.deepEqual(notices, [
    'NOTICE: schema "public" already exists, skipping',
    'NOTICE: relation "t" already exists, skipping',
  ]);
});

test("files that are not there, or are no files of the format, make no table", async () => {
  const missing = path("missing.parquet");
  await failsWith(
    "58P01",
    `could not open file "${missing}" for reading: No such file or directory`,
    () => table("public", "t", missing),
  );
  await failsWith("58P01", `no Parquet files match "${path("*.none")}"`, () =>
    table("public", "t", path("*.none")),
  );
  await writeFile(path("broken.parquet"), "PAR1");
  await failsWith("XX001", `file "${path("broken.parquet")}" is not a Parquet file`, () =>
    table("public", "t", path("broken.parquet")),
  );
  assert.equal(catalog.definitions.current.relations.size, 0);
});

test("a column that cannot be read is left out with a warning", async () => {
  await describeFile(path("t.parquet"), { a: "integer", tags: "{list}" });
  const definition = { schema: "public", name: "t", ifNotExists: false, columns: [] };
  await catalog.definitions.createTable({ ...definition, path: path("t.parquet") }, notice);
  assert.deepEqual(
    (await relation("t")).columns.map(({ name }) => name),
    ["a"],
  );
  const left = `WARNING: column "tags" of file "${path("t.parquet")}" is left out`;
  assert.deepEqual(notices, [`${left}: nested types are not supported`]);
});

test("importing makes one table of each folder and file, all or none", async () => {
  const { definitions } = catalog;
  await describeFile(path("Orders", "part-1.parquet"), { id: "bigint" }, 5);
  await describeFile(path("Orders", "part-2.parquet"), { id: "bigint" }, 7);
  await describeFile(path("nation.parquet"), { id: "integer" });
  await describeFile(path("_draft.parquet"), { id: "integer" });
  await writeFile(path("readme.txt"), "");
  const all = { schema: "public", path: path(), wanted: () => true };
  await definitions.importSchema({ ...all, wanted: (name) => name === "orders" }, notice);
  const { files: parts, statistics } = await relation("orders");
  assert.equal(parts.length, 2);
  assert.equal(statistics.rowCount, 12);
  await failsWith("42P07", 'relation "orders" already exists', () =>
    definitions.importSchema(all, notice),
  );
  assert.equal(definitions.current.relations.size, 1);
  await definitions.importSchema({ ...all, wanted: (name) => name !== "orders" }, notice);
  assert.equal((await relation("nation")).columns[0]?.type.name, "int4");
});

test("dropping what views read is refused, or takes them along", async () => {
  await table("public", "t");
  view("v", [entry("t").oid]);
  view("w", [entry("v").oid]);
  const refused = await failsWith(
    "2BP01",
    "cannot drop table t because other objects depend on it",
    () => dropAll([entry("t")], false),
  );
  assert.equal(refused.fields.detail, "view v depends on table t\nview w depends on view v");
  assert.equal(refused.fields.hint, "Use DROP ... CASCADE to drop the dependent objects too.");
  dropAll([entry("t")], true);
  assert.equal(catalog.definitions.current.relations.size, 0);
  assert.deepEqual(notices, ["NOTICE: drop cascades to 2 other objects"]);
});

test("dropping a schema takes along what is in it only with CASCADE", async () => {
  const { definitions } = catalog;
  definitions.createSchema("s", false, notice);
  await table("s", "t");
  view("v", [entry("t", "s").oid]);
  const schema = definitions.current.schemas.get("s");
  assert.ok(schema !== undefined);
  const describe = (one: RelationEntry): string => `${one.kind} ${one.name}`;
  const drop = (cascade: boolean): void =>
    definitions.drop([schema], [], cascade, describe, notice);
  const message = "cannot drop schema s because other objects depend on it";
  const refused = await failsWith("2BP01", message, () => drop(false));
  assert.equal(refused.fields.detail, "table t depends on schema s\nview v depends on table t");
  drop(true);
  await reopen();
  assert.deepEqual([...catalog.definitions.current.schemas.keys()], ["public"]);
  assert.equal(catalog.definitions.current.relations.size, 0);
});

test("a view may be replaced by one with the same columns and more behind them", async () => {
  await table("public", "t");
  view("v", [entry("t").oid]);
  const before = entry("v").oid;
  const wider = {
    schema: "public",
    name: "v",
    queryText: "SELECT id, note FROM t",
    searchPath: ["public"],
    reads: [],
    replace: true,
  };
  const [id, note] = [
    { name: "id", type: sqlType("int8") },
    { name: "note", type: sqlType("text") },
  ];
  catalog.definitions.createView({ ...wider, columns: [id, note] });
  assert.equal(entry("v").oid, before);
  await failsWith("42P16", "cannot drop columns from view", () =>
    catalog.definitions.createView({ ...wider, columns: [id] }),
  );
  await failsWith("42P16", 'cannot change name of view column "note" to "x"', () =>
    catalog.definitions.createView({ ...wider, columns: [id, { ...note, name: "x" }] }),
  );
  const retyped = 'cannot change data type of view column "note" from text to integer';
  await failsWith("42P16", retyped, () =>
    catalog.definitions.createView({ ...wider, columns: [id, { ...note, type: sqlType("int4") }] }),
  );
  await reopen();
  const reloaded = entry("v");
  assert.ok(reloaded.kind === "view");
  assert.equal(reloaded.queryText, "SELECT id, note FROM t");
  assert.equal(reloaded.columns.length, 2);
});

test("a snapshot stays as it was; the next one sees what changed", async () => {
  await table("public", "t");
  await catalog.analyzed();
  const request = { relations: [{ schema: "public", name: "t" }], fileScans: [] };
  const before = await catalog.snapshot(request);
  const again = await catalog.snapshot(request);
  assert.equal(sameSnapshot(before, again), true);
  const inspected = files.inspections;
  await describeFile(path("t.parquet"), { id: "bigint", note: "text" }, 1000);
  await utimes(path("t.parquet"), 1, 1);
  const after = await catalog.snapshot(request);
  assert.equal(files.inspections, inspected + 1);
  assert.equal(sameSnapshot(before, after), false);
  const rows = [before, after].map((one) => {
    const found = one.relation({ schema: "public", name: "t" });
    return found?.kind === "table" ? found.relation.statistics.rowCount : null;
  });
  assert.deepEqual(rows, [10, 1000]);
  dropAll([entry("t")], false);
  assert.notEqual(after.relation({ schema: "public", name: "t" }), undefined);
  const based = await catalog.snapshot({ relations: [], fileScans: [] }, after);
  assert.equal(based.version, after.version);
  const gone = await catalog.snapshot(request);
  assert.equal(gone.relation({ schema: "public", name: "t" }), undefined);
});

test("a table whose files are gone fails only those who read it", async () => {
  await table("public", "t");
  await table("public", "u");
  await rm(path("t.parquet"));
  const relations = ["t", "u"].map((name) => ({ schema: "public", name }));
  const snapshot = await catalog.snapshot({ relations, fileScans: [] });
  assert.equal(snapshot.relation({ schema: "public", name: "u" })?.kind, "table");
  const message = `could not open file "${path("t.parquet")}" for reading: No such file or directory`;
  await failsWith("58P01", message, () => snapshot.relation({ schema: "public", name: "t" }));
});

test("files that are named in a query are found, and their absence is an error", async () => {
  await describeFile(path("a.parquet"), { id: "bigint" }, 3);
  await describeFile(path("b.parquet"), { id: "bigint" }, 4);
  const scan = { functionName: "read_parquet", path: path("*.parquet") };
  const snapshot = await catalog.snapshot({ relations: [], fileScans: [scan] });
  assert.equal(snapshot.fileScan(scan)?.statistics.rowCount, 7);
  const none = { functionName: "read_parquet", path: path("*.csv") };
  await failsWith("58P01", `no Parquet files match "${none.path}"`, () =>
    catalog.snapshot({ relations: [], fileScans: [none] }),
  );
});

const STORE = fileURLToPath(new URL("./store/metadata-store.js", import.meta.url));

/** A process that opens the store of a directory and makes one schema after the other. */
const WRITER = `
  const { MetadataStore } = await import(process.argv[1]);
  const clock = { nowMicros: () => 0n, monotonicMs: () => 0, after: () => ({ cancel() {} }) };
  const random = { bytes: (count) => new Uint8Array(count) };
  try {
    const store = MetadataStore.open(process.argv[2], clock, random);
    let version = store.load();
    for (let i = 0; ; i++) {
      version = store.createSchema(version, "s" + i);
      process.stdout.write("s" + i + "\\n");
      await new Promise((done) => setImmediate(done));
    }
  } catch (error) {
    process.stdout.write("failed: " + error.message + "\\n");
  }
`;

function writer(directory: string) {
  const args = ["--input-type=module", "-e", WRITER, STORE, directory];
  return spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
}

test("a second process is refused in one line", async () => {
  const directory = join(folder, "data");
  const child = writer(directory);
  let output = "";
  for await (const chunk of child.stdout) output += String(chunk);
  assert.equal(output, `failed: data directory "${directory}" is in use by another server\n`);
});

test("what was said to be done stands after kill -9", async () => {
  const directory = join(folder, "killed");
  const child = writer(directory);
  let output = "";
  for await (const chunk of child.stdout) {
    output += String(chunk);
    if (output.split("\n").length > 20) child.kill("SIGKILL");
  }
  const told = output.split("\n").slice(0, -1);
  assert.ok(told.length >= 20);
  const store = MetadataStore.open(directory, new ManualClock(), new SeededRandom(1));
  try {
    const { schemas } = store.load();
    for (const name of told) assert.ok(schemas.has(name), `schema ${name}`);
  } finally {
    store.close();
  }
});

test("a store of another version is refused", () => {
  const directory = join(folder, "other");
  const clock = new ManualClock();
  const store = MetadataStore.open(directory, clock, new SeededRandom(1));
  store.setSetting("store_version", "99");
  store.close();
  assert.throws(() => MetadataStore.open(directory, clock, new SeededRandom(1)), {
    name: "DataDirectoryError",
    message: `data directory "${directory}" has a catalog of version 99; this server reads version 1`,
  });
});
