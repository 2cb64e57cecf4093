/**
 * DuckDB for comparison, in a process of its own: duckdb-peer.js THREADS FOLDER. Takes SQL messages
 * from its parent, one at a time, and answers with the time and the rows as text.
 */
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { parquetFiles, TPCH_TABLES } from "../runner/tpch-data.js";

export type PeerAnswer =
  | { readonly ok: true; readonly milliseconds: number; readonly rows: (string | null)[][] }
  | { readonly ok: false; readonly error: string };

const [threads = "1", folder = "."] = process.argv.slice(2);
const instance = await DuckDBInstance.create(":memory:", { threads });
const connection = await instance.connect();
for (const table of Object.keys(TPCH_TABLES)) {
  const files = parquetFiles(folder, table);
  await connection.run(`CREATE VIEW ${table} AS SELECT * FROM read_parquet('${files}')`);
}

process.on("message", (sql: string) => {
  void answer(connection, sql).then((message) => process.send?.(message));
});
process.on("disconnect", () => process.exit(0));
process.send?.({ ok: true, milliseconds: 0, rows: [] } satisfies PeerAnswer);

async function answer(on: DuckDBConnection, sql: string): Promise<PeerAnswer> {
  try {
    const start = performance.now();
    const result = await on.run(sql);
    const chunks = await result.fetchAllChunks();
    const milliseconds = performance.now() - start;
    const rows = chunks.flatMap((chunk) => chunk.getRows());
    const texts = rows.map((row) => row.map((value) => (value === null ? null : String(value))));
    return { ok: true, milliseconds, rows: texts };
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error.message : String(error) };
  }
}
