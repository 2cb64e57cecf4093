import { DuckDBInstance } from "@duckdb/node-api";
import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";

/** The relations that the statements speak of, as foreign tables and views. */
const TABLES = [
  {
    name: "public.customers",
    columns: `id integer NOT NULL, name text NOT NULL, email character varying(200),
      tags text, prefs text, price numeric(8,2), active boolean, created timestamp with time zone`,
    row: `1::INTEGER AS id, 'Ann' AS "name", 'ann@example.org' AS email, 'a,b' AS tags, '{}' AS prefs,
      12.50::DECIMAL(8,2) AS price, true AS active, '2024-01-02 03:04:05+00'::TIMESTAMPTZ AS created`,
  },
  {
    name: "sales.orders",
    columns: `order_id bigint NOT NULL, customer_id integer NOT NULL, day date,
      amount numeric(12,2), note text`,
    row: `7::BIGINT AS order_id, 1::INTEGER AS customer_id, '2024-02-03'::DATE AS "day",
      99.90::DECIMAL(12,2) AS amount, 'first' AS note`,
  },
  {
    name: "public.parted",
    columns: "id integer, day date",
    row: `1::INTEGER AS id, '2024-01-01'::DATE AS "day"`,
  },
  {
    name: "public.parted_2024",
    columns: "id integer, day date",
    row: `1::INTEGER AS id, '2024-01-01'::DATE AS "day"`,
  },
] as const;

/**
 * Only PostgreSQL must be told: in Millrace the server is built in. Another wrapper's handler answers
 * whether the tables can be updated; it can read none.
 */
export const FOREIGN_SERVER = [
  `CREATE FUNCTION pg_catalog.parquet_handler() RETURNS fdw_handler
     LANGUAGE c STRICT AS '$libdir/file_fdw', 'file_fdw_handler'`,
  "CREATE FOREIGN DATA WRAPPER parquet HANDLER parquet_handler",
  "CREATE SERVER parquet FOREIGN DATA WRAPPER parquet",
] as const;

/** What ANALYZE leaves behind, each side's own way. */
export const OUR_STATISTICS = ["ANALYZE"] as const;
export const THEIR_STATISTICS = [
  "UPDATE pg_catalog.pg_class SET reltuples = 1, relpages = 1 WHERE relkind = 'f'",
] as const;

/** The definitions that both sides get, in this order. */
export function definitions(folder: string): readonly string[] {
  const tables = TABLES.map(({ name, columns }) => {
    const path = join(folder, `${name}.parquet`);
    return `CREATE FOREIGN TABLE ${name} (${columns}) SERVER parquet OPTIONS (path '${path}')`;
  });
  return [
    "CREATE SCHEMA sales",
    ...tables,
    `CREATE VIEW sales.daily AS
       SELECT day, count(*) AS n, sum(amount) AS total FROM sales.orders GROUP BY day`,
    "CREATE VIEW public.good_customers AS SELECT id, name FROM customers WHERE active",
    "COMMENT ON SCHEMA sales IS 'what was sold'",
    "COMMENT ON FOREIGN TABLE customers IS 'all customers'",
    "COMMENT ON COLUMN customers.email IS 'where to write'",
    "COMMENT ON VIEW sales.daily IS 'orders by day'",
    "CREATE ROLE analysts",
    "CREATE ROLE reader LOGIN",
    "GRANT analysts TO reader",
    "GRANT USAGE ON SCHEMA sales TO analysts",
    "GRANT SELECT ON sales.orders TO analysts",
    "GRANT SELECT (id, name), UPDATE (email) ON customers TO reader",
    "CREATE ROLE keeper",
    "CREATE SCHEMA archive AUTHORIZATION keeper",
  ];
}

/** The same as tables of PostgreSQL, with their rows: for statements that read them. */
export const PLAIN_TABLES: readonly string[] = [
  "CREATE SCHEMA sales",
  ...TABLES.flatMap(({ name, columns, row }) => [
    `CREATE TABLE ${name} (${columns})`,
    // Of DuckDB's names for types PostgreSQL knows all.
    `INSERT INTO ${name} SELECT ${row}`,
  ]),
];

/** Writes the tables' files, a row each. */
export async function writeFiles(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o755);
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const duckdb = await instance.connect();
  try {
    for (const { name, row } of TABLES) {
      const path = join(folder, `${name}.parquet`);
      await duckdb.run(`COPY (SELECT ${row}) TO '${path}' (FORMAT parquet)`);
    }
  } finally {
    duckdb.closeSync();
    instance.closeSync();
  }
}
