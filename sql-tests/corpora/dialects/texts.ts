import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../runner/repository.js";

/** The dialects beside PostgreSQL's own. */
export const FOREIGN_DIALECTS = ["mysql", "bigquery", "snowflake", "tsql", "redshift"] as const;

export type ForeignDialect = (typeof FOREIGN_DIALECTS)[number];

/** The 22 queries as a dialect writes them, by name (`q01`). */
export function tpchOf(dialect: ForeignDialect): readonly { name: string; sql: string }[] {
  const path = join(ROOT, "sql-tests", "corpora", "dialects", "tpch", `${dialect}.sql`);
  return readFileSync(path, "utf8")
    .split(/^-- (?=q\d\d$)/m)
    .slice(1)
    .map((part) => ({ name: part.slice(0, 3), sql: part.slice(4).trim() }));
}
