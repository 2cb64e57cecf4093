import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { SQL_TESTS } from "./repository.js";
import type { SqlConnection } from "./sql-connection.js";

const DATA = join(SQL_TESTS, "data");
/** Small enough that `many` has several row groups: pruning and parallel scans have work. */
const ROW_GROUP_ROWS = 4096;

interface ColumnDefinition {
  readonly name: string;
  readonly type: string;
}

interface Table {
  readonly name: string;
  readonly columns: readonly ColumnDefinition[];
}

/** Writes every fixture as <folder>/<table>.parquet and <table>.csv, for any user to read. */
export async function writeFixtures(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o755);
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const duckdb = await instance.connect();
  try {
    for (const table of await readTables()) await writeTable(duckdb, table, folder);
  } finally {
    duckdb.closeSync();
    instance.closeSync();
  }
}

async function writeTable(duckdb: DuckDBConnection, table: Table, folder: string): Promise<void> {
  const query = join(DATA, `${table.name}.duckdb.sql`);
  const parquet = join(folder, `${table.name}.parquet`);
  const rows = existsSync(query) ? await readFile(query, "utf8") : csvQuery(table);
  const options = `FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${String(ROW_GROUP_ROWS)}`;
  await duckdb.run(`COPY (${rows}) TO '${parquet}' (${options})`);
  const csv = join(folder, `${table.name}.csv`);
  if (!existsSync(query)) {
    await copyFile(join(DATA, `${table.name}.csv`), csv);
    return;
  }
  await duckdb.run(`COPY (SELECT * FROM '${parquet}') TO '${csv}' (HEADER, NULLSTR '\\N')`);
}

function csvQuery({ name, columns }: Table): string {
  const all = columns.map((column) => `'${column.name}': 'VARCHAR'`).join(", ");
  const values = columns.map((column) => `${fromText(column)} AS ${column.name}`).join(", ");
  return (
    `SELECT ${values} FROM read_csv('${join(DATA, `${name}.csv`)}', header = true, ` +
    `columns = {${all}}, nullstr = '\\N', allow_quoted_nulls = false, auto_detect = false, ` +
    `quote = '"', escape = '"', delim = ',')`
  );
}

/** DuckDB's reading of a value as PostgreSQL writes it. */
function fromText({ name, type }: ColumnDefinition): string {
  const [, base = type, length] = /^(\w+)(?:\((\d+)\))?$/.exec(type) ?? [];
  switch (base) {
    case "bytea":
      return `unhex(substr(${name}, 3))`;
    case "char":
      return `rpad(${name}, ${length ?? "1"}, ' ')`;
    case "text":
    case "varchar":
      return name;
    case "date":
    case "timestamp":
    case "timestamptz":
      return `regexp_replace(${name}, '^(\\S+)(.*) BC$', '\\1 (BC)\\2')::${base}`;
    default:
      return `${name}::${type}`;
  }
}

/** Gives Millrace the fixtures as foreign tables over the files in `folder`. */
export async function attachFixtures(connection: SqlConnection, folder: string): Promise<void> {
  await connection.mustRun("CREATE SCHEMA data");
  for (const { name, columns } of await readTables()) {
    const list = columns.map((column) => `${column.name} ${column.type}`).join(", ");
    const path = join(folder, `${name}.parquet`);
    await connection.mustRun(
      `CREATE FOREIGN TABLE data.${name} (${list}) SERVER parquet OPTIONS (path '${path}')`,
    );
  }
}

/** Gives PostgreSQL the fixtures as tables. */
export async function loadFixtures(connection: SqlConnection, folder: string): Promise<void> {
  await connection.mustRun("CREATE SCHEMA data");
  for (const { name, columns } of await readTables()) {
    const list = columns.map((column) => `${column.name} ${column.type}`).join(", ");
    await connection.mustRun(`CREATE TABLE data.${name} (${list})`);
    await loadCsv(connection, `data.${name}`, join(folder, `${name}.csv`));
  }
  await connection.mustRun("ANALYZE");
}

/** Gives PostgreSQL the fixtures as foreign tables, the kind of relation that they are here. */
export async function linkFixtures(connection: SqlConnection, folder: string): Promise<void> {
  await connection.mustRun("CREATE EXTENSION file_fdw");
  await connection.mustRun("CREATE SERVER parquet FOREIGN DATA WRAPPER file_fdw");
  await connection.mustRun("CREATE SCHEMA data");
  for (const { name, columns } of await readTables()) {
    const list = columns.map((column) => `${column.name} ${column.type}`).join(", ");
    const path = join(folder, `${name}.csv`);
    await connection.mustRun(
      `CREATE FOREIGN TABLE data.${name} (${list}) SERVER parquet ` +
        `OPTIONS (filename '${path}', format 'csv', header 'true', null '\\N')`,
    );
  }
}

/** Fills a table of PostgreSQL from a file that its server can read. */
export async function loadCsv(
  connection: SqlConnection,
  table: string,
  path: string,
): Promise<void> {
  await connection.mustRun(`COPY ${table} FROM '${path}' (FORMAT csv, HEADER true, NULL '\\N')`);
}

async function readTables(): Promise<readonly Table[]> {
  const text = await readFile(join(DATA, "schema.sql"), "utf8");
  return Array.from(text.matchAll(/^CREATE TABLE (\w+) \((.*)\);$/gm), ([, name, list]) => ({
    name: name!,
    columns: list!.split(/, (?=\w+ )/).map((column) => {
      const [head = "", ...type] = column.split(" ");
      return { name: head, type: type.join(" ") };
    }),
  }));
}
