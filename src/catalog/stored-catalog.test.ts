import assert from "node:assert/strict";
import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { SqlError } from "../errors/index.js";
import { sqlType, type SqlType } from "../types/index.js";
import { PrivatePostgres } from "../testing/private-postgres.js";
import { DescribedFiles, describeFile } from "../testing/described-files.js";
import { ManualClock } from "../testing/manual-clock.js";
import { RecordingLog } from "../testing/recording-log.js";
import { SeededRandom } from "../testing/seeded-random.js";
import type { RelationEntry } from "./catalog-version.js";
import { sameSnapshot, StoredCatalog } from "./stored-catalog.js";

let postgres: PrivatePostgres;
let schemaNumber = 0;
let folder = "";
let catalog: StoredCatalog;
let files: DescribedFiles;
let notices: string[] = [];
/** The PostgreSQL that definitions are kept in; undefined: in the data directory. */
let catalogUrl: string | undefined;

before(async () => {
  postgres = await PrivatePostgres.start();
});

after(() => postgres.stop());

async function open(): Promise<void> {
  files = new DescribedFiles();
  catalog = await StoredCatalog.open({
    dataDirectory: join(folder, "data"),
    inspector: files,
    clock: new ManualClock(),
    random: new SeededRandom(1),
    log: new RecordingLog(),
    ...(catalogUrl === undefined ? {} : { catalogUrl }),
  });
}

async function reopen(): Promise<void> {
  await catalog.close();
  await open();
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
  await catalog.definitions.change((edit) => edit.createTable(definition, notice));
}

function view(name: string, reads: readonly number[], replace = false): Promise<void> {
  const definition = {
    schema: "public",
    name,
    columns: [{ name: "id", type: sqlType("int8") }],
    queryText: "SELECT id FROM t",
    searchPath: ["public"],
    reads,
    replace,
  };
  return catalog.definitions.change((edit) => edit.createView(definition));
}

function schema(name: string, ifNotExists = false): Promise<void> {
  return catalog.definitions.change((edit) => edit.createSchema(name, ifNotExists, notice));
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

function shown({ kind, name }: RelationEntry): string {
  return `${kind} ${name}`;
}

function dropAll(entries: readonly RelationEntry[], cascade: boolean): Promise<void> {
  return catalog.definitions.change((edit) => edit.drop([], entries, cascade, shown, notice));
}

for (const place of ["SQLite", "PostgreSQL"])
  describe(`definitions in ${place}`, () => {
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), "millrace-catalog-"));
      notices = [];
      if (place === "PostgreSQL") {
        schemaNumber += 1;
        catalogUrl = await postgres.newSchema(`s${String(schemaNumber)}`);
      }
      await open();
    });

    afterEach(async () => {
      await catalog.close();
      await rm(folder, { recursive: true, force: true });
    });

    test("definitions, statistics, comments and settings survive a restart, with their OIDs", async () => {
      await schema("s");
      await table("s", "t");
      await table("public", "u");
      await view("v", [entry("u").oid]);
      await catalog.definitions.change((edit) => edit.setComment(entry("u").oid, 1, "the key"));
      await catalog.setSetting("x", "y");
      await catalog.analyzed();
      const before = catalog.definitions.current;
      await reopen();
      const after = catalog.definitions.current;
      assert.equal(after.number, before.number);
      assert.deepEqual([...after.relations], [...before.relations]);
      assert.deepEqual([...after.schemas.keys()], ["public", "s"]);
      assert.equal(catalog.definitions.current.comment(entry("u").oid, 1), "the key");
      assert.equal(catalog.setting("x"), "y");
      assert.equal((await relation("t", "s")).statistics.columns.get("id")?.distinctCount, 3);
      assert.equal(files.analyses, 0);
    });

    test("OIDs start where PostgreSQL's users' do and are never given twice", async () => {
      await table("public", "t");
      const first = entry("t").oid;
      assert.equal(first, 16384);
      await dropAll([entry("t")], false);
      await reopen();
      await table("public", "t");
      assert.equal(entry("t").oid, first + 1);
    });

    test("names that are taken or are not there", async () => {
      await table("public", "t");
      await failsWith("42P07", 'relation "t" already exists', () => table("public", "t"));
      await failsWith("3F000", 'schema "nowhere" does not exist', () => table("nowhere", "t"));
      await failsWith("42501", 'permission denied to create "pg_catalog.t"', () =>
        table("pg_catalog", "t"),
      );
      await failsWith("42P06", 'schema "public" already exists', () => schema("public"));
      await failsWith("42939", 'unacceptable schema name "pg_x"', () => schema("pg_x"));
      await failsWith("42P07", 'relation "t" already exists', () => view("t", []));
      await failsWith("42809", '"t" is not a view', () => view("t", [], true));
      await schema("public", true);
      const again = {
        schema: "public",
        name: "t",
        ifNotExists: true,
        columns: [],
        path: "nowhere",
      };
      await catalog.definitions.change((edit) => edit.createTable(again, notice));
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
      await catalog.definitions.change((edit) =>
        edit.createTable({ ...definition, path: path("t.parquet") }, notice),
      );
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
      const all = { schema: "public", path: path() };
      const take = (wanted: (name: string) => boolean): Promise<void> =>
        definitions.change((edit) => edit.importSchema({ ...all, wanted }, notice));
      await take((name) => name === "orders");
      const { files: parts, statistics } = await relation("orders");
      assert.equal(parts.length, 2);
      assert.equal(statistics.rowCount, 12);
      await failsWith("42P07", 'relation "orders" already exists', () => take(() => true));
      assert.equal(definitions.current.relations.size, 1);
      await take((name) => name !== "orders");
      assert.equal((await relation("nation")).columns[0]?.type.name, "int4");
    });

    test("dropping what views read is refused, or takes them along", async () => {
      await table("public", "t");
      await view("v", [entry("t").oid]);
      await view("w", [entry("v").oid]);
      const refused = await failsWith(
        "2BP01",
        "cannot drop table t because other objects depend on it",
        () => dropAll([entry("t")], false),
      );
      assert.equal(refused.fields.detail, "view v depends on table t\nview w depends on view v");
      assert.equal(refused.fields.hint, "Use DROP ... CASCADE to drop the dependent objects too.");
      await dropAll([entry("t")], true);
      assert.equal(catalog.definitions.current.relations.size, 0);
      assert.deepEqual(notices, ["NOTICE: drop cascades to 2 other objects"]);
    });

    test("dropping a schema takes along what is in it only with CASCADE", async () => {
      const { definitions } = catalog;
      await schema("s");
      await table("s", "t");
      await view("v", [entry("t", "s").oid]);
      const found = definitions.current.schemas.get("s");
      assert.ok(found !== undefined);
      const drop = (cascade: boolean): Promise<void> =>
        definitions.change((edit) => edit.drop([found], [], cascade, shown, notice));
      const message = "cannot drop schema s because other objects depend on it";
      const refused = await failsWith("2BP01", message, () => drop(false));
      assert.equal(refused.fields.detail, "table t depends on schema s\nview v depends on table t");
      await drop(true);
      await reopen();
      assert.deepEqual([...catalog.definitions.current.schemas.keys()], ["public"]);
      assert.equal(catalog.definitions.current.relations.size, 0);
    });

    test("a view may be replaced by one with the same columns and more behind them", async () => {
      await table("public", "t");
      await view("v", [entry("t").oid]);
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
      const replaceBy = (columns: readonly { name: string; type: SqlType }[]): Promise<void> =>
        catalog.definitions.change((edit) => edit.createView({ ...wider, columns }));
      await replaceBy([id, note]);
      assert.equal(entry("v").oid, before);
      await failsWith("42P16", "cannot drop columns from view", () => replaceBy([id]));
      await failsWith("42P16", 'cannot change name of view column "note" to "x"', () =>
        replaceBy([id, { ...note, name: "x" }]),
      );
      const retyped = 'cannot change data type of view column "note" from text to integer';
      await failsWith("42P16", retyped, () => replaceBy([id, { ...note, type: sqlType("int4") }]));
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
      await dropAll([entry("t")], false);
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
  });
