import { DuckDBInstance } from "@duckdb/node-api";
import { existsSync, statSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "./child-process.js";
import { loadCsv } from "./fixtures.js";
import { ROOT } from "./repository.js";
import type { SqlConnection } from "./sql-connection.js";

/** The native generator, built by set-up. */
export const TPCH_GENERATOR = join(ROOT, "build", "Release", "millrace-tpch");

export const TPCH_TABLES: Readonly<Record<string, string>> = {
  region: "r_regionkey bigint, r_name text, r_comment text",
  nation: "n_nationkey bigint, n_name text, n_regionkey bigint, n_comment text",
  supplier:
    "s_suppkey bigint, s_name text, s_address text, s_nationkey bigint, s_phone text, " +
    "s_acctbal numeric(15,2), s_comment text",
  customer:
    "c_custkey bigint, c_name text, c_address text, c_nationkey bigint, c_phone text, " +
    "c_acctbal numeric(15,2), c_mktsegment text, c_comment text",
  part:
    "p_partkey bigint, p_name text, p_mfgr text, p_brand text, p_type text, p_size integer, " +
    "p_container text, p_retailprice numeric(15,2), p_comment text",
  partsupp:
    "ps_partkey bigint, ps_suppkey bigint, ps_availqty integer, ps_supplycost numeric(15,2), " +
    "ps_comment text",
  orders:
    "o_orderkey bigint, o_custkey bigint, o_orderstatus text, o_totalprice numeric(15,2), " +
    "o_orderdate date, o_orderpriority text, o_clerk text, o_shippriority integer, o_comment text",
  lineitem:
    "l_orderkey bigint, l_partkey bigint, l_suppkey bigint, l_linenumber integer, " +
    "l_quantity numeric(15,2), l_extendedprice numeric(15,2), l_discount numeric(15,2), " +
    "l_tax numeric(15,2), l_returnflag text, l_linestatus text, l_shipdate date, " +
    "l_commitdate date, l_receiptdate date, l_shipinstruct text, l_shipmode text, l_comment text",
};

/** Where a scale's files lie unless a command says otherwise. */
export function tpchFolder(scale: string): string {
  return join(ROOT, "tpch-data", `sf${scale}`);
}

/** Where tests keep theirs, apart from what a person made. */
export function tpchTestFolder(scale: string): string {
  return join(ROOT, "build", "tpch", `sf${scale}`);
}

/**
 * Sees to the files of a scale; a folder that is there is whole, since it gets its name last. With
 * `current`, files older than the generator are made again. Resolves to the folder.
 */
export async function ensureTpch(
  scale: string,
  folder: string,
  { current }: { readonly current: boolean },
): Promise<string> {
  const isGood = (): boolean => existsSync(folder) && !(current && isOlder(folder, TPCH_GENERATOR));
  if (isGood()) return folder;
  const draft = `${folder}.${String(process.pid)}`;
  await mkdir(draft, { recursive: true });
  try {
    await runCommand(TPCH_GENERATOR, ["--scale", scale, "--out", draft]);
    // Another process may have been quicker, and may be reading what it made.
    if (!isGood()) {
      await rm(folder, { recursive: true, force: true });
      await rename(draft, folder);
    }
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return folder;
}

function isOlder(path: string, other: string): boolean {
  return statSync(path).mtimeMs < statSync(other).mtimeMs;
}

/** Gives Millrace the tables as schema tpch. */
export async function attachTpch(connection: SqlConnection, folder: string): Promise<void> {
  await importTpch(connection, folder, "tpch");
}

/** Gives Millrace the tables of a folder as a new schema. */
export async function importTpch(
  connection: SqlConnection,
  folder: string,
  schema: string,
): Promise<void> {
  await connection.mustRun(`CREATE SCHEMA ${schema}`);
  await connection.mustRun(
    `IMPORT FOREIGN SCHEMA "files" FROM SERVER parquet INTO ${schema} OPTIONS (path '${folder}')`,
  );
}

/** Gives PostgreSQL the tables as schema tpch, with the indexes its planner needs to be quick. */
export async function loadTpch(connection: SqlConnection, folder: string): Promise<void> {
  const csvFolder = await mkdtemp(join(tmpdir(), "millrace-tpch-"));
  await chmod(csvFolder, 0o755);
  const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
  const duckdb = await instance.connect();
  try {
    await connection.mustRun("CREATE SCHEMA tpch");
    for (const [table, columns] of Object.entries(TPCH_TABLES)) {
      const csv = join(csvFolder, `${table}.csv`);
      const names = columns.split(", ").map((column) => column.split(" ")[0]);
      const rows = `SELECT ${names.join(", ")} FROM read_parquet('${parquetFiles(folder, table)}')`;
      await duckdb.run(`COPY (${rows}) TO '${csv}' (HEADER, NULLSTR '\\N')`);
      await connection.mustRun(`CREATE TABLE tpch.${table} (${columns})`);
      await loadCsv(connection, `tpch.${table}`, csv);
    }
    for (const [table, key] of INDEXES) {
      await connection.mustRun(`CREATE INDEX ON tpch.${table} (${key})`);
    }
    await connection.mustRun("ANALYZE");
  } finally {
    duckdb.closeSync();
    instance.closeSync();
    await rm(csvFolder, { recursive: true, force: true });
  }
}

const INDEXES = [
  ["orders", "o_orderkey"],
  ["orders", "o_custkey"],
  ["lineitem", "l_orderkey"],
  ["lineitem", "l_partkey, l_suppkey"],
  ["partsupp", "ps_partkey, ps_suppkey"],
  ["part", "p_partkey"],
  ["supplier", "s_suppkey"],
  ["customer", "c_custkey"],
] as const;

/** A table is one file or a folder of files. */
export function parquetFiles(folder: string, table: string): string {
  const single = join(folder, `${table}.parquet`);
  return existsSync(single) ? single : join(folder, table, "*.parquet");
}
