import pg from "pg";
import { columnType } from "./column-type.js";
import type { Outcome } from "./outcome.js";

const STATEMENT_TIMEOUT_MS = 120_000;

/** Which message flow carries statements. */
export type Protocol = "simple" | "extended";

/** The connection broke or a statement never ended: not an answer, and the end of the session. */
export class ConnectionLost extends Error {}

/** A connection that takes one statement at a time and reports all values as text. */
export class SqlConnection {
  readonly #client: pg.Client;
  readonly #protocol: Protocol;

  private constructor(client: pg.Client, protocol: Protocol) {
    this.#client = client;
    this.#protocol = protocol;
  }

  static async open(url: string, protocol: Protocol = "simple"): Promise<SqlConnection> {
    const client = new pg.Client({
      connectionString: url,
      query_timeout: STATEMENT_TIMEOUT_MS,
      types: { getTypeParser: () => (value: string) => value },
    });
    // Without a listener a broken connection would end the process; the next statement reports it.
    client.on("error", () => undefined);
    await client.connect();
    return new SqlConnection(client, protocol);
  }

  /** Runs one statement. Rejects only with ConnectionLost. */
  async run(sql: string): Promise<Outcome> {
    try {
      const query = { text: sql, rowMode: "array" as const, queryMode: this.#protocol };
      const answer: unknown = await this.#client.query(query);
      return outcomeOf(
        Array.isArray(answer) ? (answer as pg.QueryArrayResult[]) : [answer as pg.QueryArrayResult],
      );
    } catch (error) {
      return errorOutcome(error);
    }
  }

  /** Runs a statement that must succeed, and gives its rows. */
  async mustRun(sql: string): Promise<readonly (readonly (string | null)[])[]> {
    const outcome = await this.run(sql);
    if (outcome.kind === "error") {
      throw new Error(`${outcome.sqlstate}: ${outcome.message}\n  in: ${sql.slice(0, 500)}`);
    }
    return outcome.kind === "rows" ? outcome.rows : [];
  }

  async close(): Promise<void> {
    await this.#client.end().catch(() => undefined);
  }
}

/** Several statements in one text answer as one: all rows, the last columns. */
function outcomeOf(results: readonly pg.QueryArrayResult[]): Outcome {
  const withRows = results.filter(
    (result) => result.fields.length > 0 || result.command === "SELECT",
  );
  const last = withRows.at(-1);
  if (!last) return { kind: "command", tag: results.at(-1)?.command ?? "" };
  return {
    kind: "rows",
    columns: last.fields.map((field) => `${field.name}:${columnType(field)}`),
    rows: withRows.flatMap((result) => result.rows as (string | null)[][]),
  };
}

function errorOutcome(error: unknown): Outcome {
  if (error instanceof pg.DatabaseError && error.code !== undefined) {
    return {
      kind: "error",
      sqlstate: error.code,
      message: error.message,
      position: error.position === undefined ? null : Number(error.position),
      detail: error.detail ?? null,
      hint: error.hint ?? null,
    };
  }
  throw new ConnectionLost(error instanceof Error ? error.message : String(error));
}
