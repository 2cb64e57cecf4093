import Database from "libsql";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Clock, Random } from "../../env/index.js";
import type { SqlType, TypeName } from "../../types/index.js";
import {
  CatalogVersion,
  type RelationEntry,
  type SchemaEntry,
  type TableEntry,
  type ViewEntry,
} from "../catalog-version.js";
import type { SampledColumn } from "../files/file-inspector.js";
import type { TableSample } from "../statistics/table-statistics.js";
import { BOOTSTRAP_ROLE } from "../security/role.js";
import { SecurityVersion } from "../security/security-version.js";
import { FIRST_OID, PUBLIC_OID, STORE_SCHEMA, STORE_VERSION } from "./schema.js";
import { SecurityStore } from "./security-store.js";

/** The data directory cannot be served; the message is one line for whoever started the server. */
export class DataDirectoryError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "DataDirectoryError";
  }
}

type Row = Readonly<Record<string, string | number | null>>;
type Value = string | number | null;

const FILE_NAME = "catalog.sqlite";

/**
 * Definitions and statistics on the disk: SQLite, one process at a time, each commit synced. All
 * calls block for as long as the disk takes; none is made while a query runs.
 */
export class MetadataStore {
  private readonly securityStore: SecurityStore;
  /** As it stands on the disk. */
  private security = SecurityVersion.initial();

  private constructor(
    private readonly database: Database.Database,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {
    this.securityStore = new SecurityStore(database);
  }

  /** Opens the store of a data directory, making both where they are not there. */
  static open(directory: string, clock: Clock, random: Random): MetadataStore {
    const database = openDatabase(directory);
    const store = new MetadataStore(database, clock, random);
    try {
      store.prepareTables();
    } catch (error) {
      database.close();
      throw asDirectoryError(directory, error);
    }
    return store;
  }

  /** Lets go of the files: the library keeps them open for as long as it remembers statements. */
  close(): void {
    this.database.pragma("journal_mode = DELETE");
    this.database.pragma("locking_mode = NORMAL");
    this.setting("store_version");
    this.database.close();
  }

  setting(name: string): string | undefined {
    const [row] = this.all("SELECT value FROM millrace_setting WHERE name = ?", name);
    return row === undefined ? undefined : text(row["value"]);
  }

  setSetting(name: string, value: string): void {
    this.run("INSERT OR REPLACE INTO millrace_setting VALUES (?, ?)", name, value);
  }

  /** Everything that is defined now. */
  load(): CatalogVersion {
    const [last] = this.all("SELECT max(snapshot_id) AS id FROM ducklake_snapshot");
    const schemas = this.all("SELECT * FROM ducklake_schema WHERE end_snapshot IS NULL").map(
      (row) => ({ oid: Number(row["schema_id"]), name: text(row["schema_name"]) }),
    );
    const schemaNames = new Map(schemas.map(({ oid, name }) => [oid, name]));
    const relations = [...this.loadTables(schemaNames), ...this.loadViews(schemaNames)];
    return new CatalogVersion(
      BigInt(Number(last?.["id"] ?? 0)),
      new Map(schemas.map((schema) => [schema.name, schema])),
      new Map(relations.map((entry) => [entry.oid, entry])),
      this.security,
    );
  }

  loadSamples(): ReadonlyMap<number, TableSample> {
    const rows = this.all("SELECT * FROM millrace_statistics");
    return new Map(
      rows.map((row) => {
        const columns = JSON.parse(text(row["columns"])) as readonly SampledColumn[];
        const byName = new Map(columns.map((column) => [column.name, column]));
        return [Number(row["table_id"]), { rowCount: Number(row["row_count"]), columns: byName }];
      }),
    );
  }

  /** Statistics are no version of their own: they decide no answer. */
  saveSample(oid: number, sample: TableSample): void {
    const columns = JSON.stringify([...sample.columns.values()]);
    const sql = "INSERT OR REPLACE INTO millrace_statistics VALUES (?, ?, ?)";
    this.run(sql, oid, sample.rowCount, columns);
  }

  createSchema(before: CatalogVersion, name: string, owner = BOOTSTRAP_ROLE): CatalogVersion {
    return this.commit(`created_schema:${quoted(name)}`, (number, newOid) => {
      const oid = newOid();
      this.insertSchema(oid, name, number);
      const after = before.withSchema(number, { oid, name });
      const security = before.security.withNewObjects([oid], "schema", owner, undefined);
      return after.withSecurity(number, security);
    });
  }

  /** Another state of roles and rights; `edit` may take OIDs for new roles. */
  changeSecurity(
    before: CatalogVersion,
    edit: (newOid: () => number) => SecurityVersion,
  ): CatalogVersion {
    return this.commit("altered_security", (number, newOid) =>
      before.withSecurity(number, edit(newOid)),
    );
  }

  /** All tables or none. */
  createTables(
    before: CatalogVersion,
    definitions: readonly Omit<TableEntry, "oid" | "kind">[],
    owner = BOOTSTRAP_ROLE,
  ): CatalogVersion {
    const names = definitions.map(({ schema, name }) => `${quoted(schema)}.${quoted(name)}`);
    const changes = names.map((name) => `created_table:${name}`).join(",");
    return this.commit(changes, (number, newOid) => {
      const entries = definitions.map((definition) => {
        const entry = { kind: "table", oid: newOid(), ...definition } as const;
        this.insertTable(entry, before, number);
        return entry;
      });
      return withNewRelations(before, number, entries, owner);
    });
  }

  /** A new view, or another definition of the view with the same OID. */
  createView(
    before: CatalogVersion,
    definition: Omit<ViewEntry, "oid" | "kind">,
    replaced: ViewEntry | undefined,
    owner = BOOTSTRAP_ROLE,
  ): CatalogVersion {
    const name = `${quoted(definition.schema)}.${quoted(definition.name)}`;
    const change = replaced ? `altered_view:${String(replaced.oid)}` : `created_view:${name}`;
    return this.commit(change, (number, newOid) => {
      const entry = { kind: "view", oid: replaced?.oid ?? newOid(), ...definition } as const;
      if (replaced !== undefined) this.endView(replaced.oid, number);
      this.insertView(entry, before, number);
      if (replaced !== undefined) return before.withRelations(number, [entry]);
      return withNewRelations(before, number, [entry], owner);
    });
  }

  drop(
    before: CatalogVersion,
    schemas: readonly SchemaEntry[],
    relations: readonly RelationEntry[],
  ): CatalogVersion {
    const changes = [
      ...schemas.map(({ oid }) => `dropped_schema:${String(oid)}`),
      ...relations.map(({ kind, oid }) => `dropped_${kind}:${String(oid)}`),
    ].join(",");
    return this.commit(changes, (number) => {
      for (const entry of relations) {
        if (entry.kind === "view") this.endView(entry.oid, number);
        else this.endTable(entry.oid, number);
        this.endComments(entry.oid, number);
      }
      for (const { oid } of schemas) {
        const sql = "UPDATE ducklake_schema SET end_snapshot = ? WHERE schema_id = ?";
        this.run(`${sql} AND end_snapshot IS NULL`, Number(number), oid);
        this.endComments(oid, number);
      }
      return before.without(number, schemas, relations);
    });
  }

  /** Sets or, with undefined, takes away the comment on an object or on its `column` (from 1). */
  setComment(
    before: CatalogVersion,
    oid: number,
    column: number | undefined,
    comment: string | undefined,
  ): CatalogVersion {
    return this.commit(`altered_table:${String(oid)}`, (number) => {
      const at = Number(number);
      this.endComment(oid, column, number);
      if (comment !== undefined && column === undefined) {
        const sql = "INSERT INTO ducklake_tag VALUES (?, ?, NULL, 'comment', ?)";
        this.run(sql, oid, at, comment);
      } else if (comment !== undefined) {
        const sql = "INSERT INTO ducklake_column_tag VALUES (?, ?, ?, NULL, 'comment', ?)";
        this.run(sql, oid, column ?? 0, at, comment);
      }
      return before.withRelations(number, []);
    });
  }

  comment(oid: number, column: number | undefined): string | undefined {
    const [row] =
      column === undefined
        ? this.all(
            "SELECT value FROM ducklake_tag WHERE object_id = ? AND end_snapshot IS NULL",
            oid,
          )
        : this.all(
            "SELECT value FROM ducklake_column_tag " +
              "WHERE table_id = ? AND column_id = ? AND end_snapshot IS NULL",
            oid,
            column,
          );
    return row === undefined ? undefined : text(row["value"]);
  }

  /** All comments there are: on objects by OID, on columns by OID and number. */
  comments(): readonly { readonly oid: number; readonly column: number; readonly text: string }[] {
    const sql =
      "SELECT object_id AS oid, 0 AS number, value FROM ducklake_tag " +
      "WHERE end_snapshot IS NULL AND key = 'comment' UNION ALL " +
      "SELECT table_id, column_id, value FROM ducklake_column_tag " +
      "WHERE end_snapshot IS NULL AND key = 'comment'";
    return this.all(sql).map((row) => ({
      oid: Number(row["oid"]),
      column: Number(row["number"]),
      text: text(row["value"]),
    }));
  }

  private prepareTables(): void {
    this.database.pragma("locking_mode = EXCLUSIVE");
    this.database.pragma("journal_mode = WAL");
    this.database.pragma("synchronous = FULL");
    this.inTransaction(() => {
      const [found] = this.all("SELECT count(*) AS count FROM sqlite_schema");
      if (Number(found?.["count"]) === 0) this.makeStore();
      const version = this.setting("store_version");
      if (version !== STORE_VERSION) throw new UnknownVersion(version ?? "unknown");
      this.securityStore.prepare();
      this.security = this.securityStore.load();
    });
  }

  private makeStore(): void {
    this.database.exec(STORE_SCHEMA);
    const insert = "INSERT INTO ducklake_metadata (key, value) VALUES (?, ?)";
    this.run(insert, "version", "1.0");
    this.run(insert, "created_by", "Millrace");
    this.run(insert, "encrypted", "false");
    this.setSetting("store_version", STORE_VERSION);
    this.insertSnapshot(0n, 0, FIRST_OID, 'created_schema:"public"');
    this.insertSchema(PUBLIC_OID, "public", 0n);
  }

  /** Runs `write` for the next version number; all it did stands on the disk when this returns. */
  private commit(
    changes: string,
    write: (number: bigint, newOid: () => number) => CatalogVersion,
  ): CatalogVersion {
    const after = this.inTransaction(() => {
      const sql = "SELECT * FROM ducklake_snapshot ORDER BY snapshot_id DESC LIMIT 1";
      const [last] = this.all(sql);
      const number = BigInt(Number(last?.["snapshot_id"])) + 1n;
      let nextOid = Number(last?.["next_catalog_id"]);
      const result = write(number, () => nextOid++);
      this.insertSnapshot(number, Number(last?.["schema_version"]) + 1, nextOid, changes);
      this.securityStore.save(this.security, result.security);
      return result;
    });
    this.security = after.security;
    return after;
  }

  private inTransaction<T>(work: () => T): T {
    this.database.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.database.exec("COMMIT");
      return result;
    } catch (error) {
      if (this.database.inTransaction) this.database.exec("ROLLBACK");
      throw error;
    }
  }

  private insertSnapshot(
    number: bigint,
    schemaVersion: number,
    nextOid: number,
    changes: string,
  ): void {
    const millis = Number(this.clock.nowMicros() / 1000n);
    const time = new Date(millis).toISOString();
    const insert = "INSERT INTO ducklake_snapshot VALUES (?, ?, ?, ?, 0)";
    this.run(insert, Number(number), time, schemaVersion, nextOid);
    const change =
      "INSERT INTO ducklake_snapshot_changes (snapshot_id, changes_made) VALUES (?, ?)";
    this.run(change, Number(number), changes);
  }

  private insertSchema(oid: number, name: string, number: bigint): void {
    const sql = "INSERT INTO ducklake_schema VALUES (?, ?, ?, NULL, ?, ?, 1)";
    this.run(sql, oid, this.newUuid(), Number(number), name, `${name}/`);
  }

  private insertTable(entry: TableEntry, version: CatalogVersion, number: bigint): void {
    const schema = schemaOid(version, entry.schema);
    this.run(
      "INSERT INTO millrace_foreign_table VALUES (?, ?, ?, NULL, ?, ?, 'parquet', ?, ?)",
      entry.oid,
      this.newUuid(),
      Number(number),
      schema,
      entry.name,
      entry.path,
      entry.location,
    );
    entry.columns.forEach(({ name, type, nullable }, index) => {
      this.run(
        "INSERT INTO millrace_foreign_column VALUES (?, ?, ?, ?, ?, ?)",
        entry.oid,
        index + 1,
        name,
        type.name,
        type.typmod,
        Number(nullable),
      );
    });
  }

  private insertView(entry: ViewEntry, version: CatalogVersion, number: bigint): void {
    this.run(
      "INSERT INTO ducklake_view VALUES (?, ?, ?, NULL, ?, ?, 'millrace', ?, NULL)",
      entry.oid,
      this.newUuid(),
      Number(number),
      schemaOid(version, entry.schema),
      entry.name,
      entry.queryText,
    );
    this.run(
      "INSERT INTO millrace_view VALUES (?, ?, ?, ?, ?)",
      entry.oid,
      Number(number),
      JSON.stringify(entry.searchPath),
      JSON.stringify(entry.columns),
      JSON.stringify(entry.reads),
    );
  }

  private endView(oid: number, number: bigint): void {
    const sql = "UPDATE ducklake_view SET end_snapshot = ? WHERE view_id = ?";
    this.run(`${sql} AND end_snapshot IS NULL`, Number(number), oid);
  }

  private endTable(oid: number, number: bigint): void {
    const sql = "UPDATE millrace_foreign_table SET end_snapshot = ? WHERE table_id = ?";
    this.run(sql, Number(number), oid);
    this.run("DELETE FROM millrace_statistics WHERE table_id = ?", oid);
  }

  private endComment(oid: number, column: number | undefined, number: bigint): void {
    const [table, condition] =
      column === undefined
        ? ["ducklake_tag", "object_id = ?"]
        : ["ducklake_column_tag", "table_id = ? AND column_id = ?"];
    const sql = `UPDATE ${table} SET end_snapshot = ? WHERE end_snapshot IS NULL AND ${condition}`;
    this.run(sql, Number(number), oid, ...(column === undefined ? [] : [column]));
  }

  private endComments(oid: number, number: bigint): void {
    this.endComment(oid, undefined, number);
    const sql = "UPDATE ducklake_column_tag SET end_snapshot = ? WHERE table_id = ?";
    this.run(`${sql} AND end_snapshot IS NULL`, Number(number), oid);
  }

  private loadTables(schemaNames: ReadonlyMap<number, string>): readonly TableEntry[] {
    const columns = new Map<number, TableEntry["columns"][number][]>();
    const sql = "SELECT * FROM millrace_foreign_column ORDER BY table_id, column_order";
    for (const row of this.all(sql)) {
      const table = Number(row["table_id"]);
      const type = {
        name: text(row["column_type"]) as TypeName,
        typmod: Number(row["type_modifier"]),
      };
      const nullable = Number(row["nulls_allowed"]) !== 0;
      const column = { name: text(row["column_name"]), type, nullable };
      columns.set(table, [...(columns.get(table) ?? []), column]);
    }
    return this.all("SELECT * FROM millrace_foreign_table WHERE end_snapshot IS NULL").map(
      (row) => ({
        kind: "table",
        oid: Number(row["table_id"]),
        schema: schemaNames.get(Number(row["schema_id"])) ?? "",
        name: text(row["table_name"]),
        path: text(row["path"]),
        location: text(row["location"]),
        columns: columns.get(Number(row["table_id"])) ?? [],
      }),
    );
  }

  private loadViews(schemaNames: ReadonlyMap<number, string>): readonly ViewEntry[] {
    const sql =
      "SELECT * FROM ducklake_view JOIN millrace_view USING (view_id, begin_snapshot) " +
      "WHERE end_snapshot IS NULL";
    return this.all(sql).map((row) => ({
      kind: "view",
      oid: Number(row["view_id"]),
      schema: schemaNames.get(Number(row["schema_id"])) ?? "",
      name: text(row["view_name"]),
      queryText: text(row["sql"]),
      searchPath: JSON.parse(text(row["search_path"])) as readonly string[],
      columns: JSON.parse(text(row["columns"])) as readonly { name: string; type: SqlType }[],
      reads: JSON.parse(text(row["reads"])) as readonly number[],
    }));
  }

  private all(sql: string, ...values: readonly Value[]): readonly Row[] {
    return this.database.prepare<unknown[]>(sql).all(...values) as readonly Row[];
  }

  private run(sql: string, ...values: readonly Value[]): void {
    this.database.prepare<unknown[]>(sql).run(...values);
  }

  private newUuid(): string {
    const bytes = Buffer.from(this.random.bytes(16));
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    const hex = bytes.toString("hex");
    return [
      hex.slice(0, 8),
      hex.slice(8, 12),
      hex.slice(12, 16),
      hex.slice(16, 20),
      hex.slice(20),
    ].join("-");
  }
}

/** The store was written by another version of the server. */
class UnknownVersion extends Error {}

function openDatabase(directory: string): Database.Database {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return new Database(join(directory, FILE_NAME));
  } catch (error) {
    throw asDirectoryError(directory, error);
  }
}

function asDirectoryError(directory: string, error: unknown): DataDirectoryError {
  const where = `data directory "${directory}"`;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const reason = error instanceof Error ? error.message : String(error);
  if (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED")) {
    return new DataDirectoryError(`${where} is in use by another server`);
  }
  if (error instanceof UnknownVersion) {
    return new DataDirectoryError(
      `${where} has a catalog of version ${reason}; this server reads version ${STORE_VERSION}`,
    );
  }
  return new DataDirectoryError(`cannot open ${where}: ${reason}`);
}

function withNewRelations(
  before: CatalogVersion,
  number: bigint,
  entries: readonly RelationEntry[],
  owner: number,
): CatalogVersion {
  let { security } = before;
  for (const { oid, schema } of entries) {
    security = security.withNewObjects([oid], "relation", owner, schemaOid(before, schema));
  }
  return before.withRelations(number, entries).withSecurity(number, security);
}

function schemaOid(version: CatalogVersion, name: string): number {
  return version.schemas.get(name)?.oid ?? 0;
}

function text(value: Value | undefined): string {
  return String(value ?? "");
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
