/** Whose SQL a session writes. */
export const DIALECTS = ["postgres", "mysql", "bigquery", "snowflake", "tsql", "redshift"] as const;

export type Dialect = (typeof DIALECTS)[number];

/** All but PostgreSQL's own, which needs no rewriting. */
export type ForeignDialect = Exclude<Dialect, "postgres">;

/** Calls under this schema mean what a dialect means by an operator; only rewritten trees have them. */
export const DIALECT_SCHEMA = "millrace_dialect";
