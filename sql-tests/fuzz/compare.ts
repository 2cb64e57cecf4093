import { SeededRandom } from "../../src/testing/seeded-random.js";
import { rowText, type Outcome } from "../runner/outcome.js";
import type { SqlConnection } from "../runner/sql-connection.js";
import { writeQuery } from "./query-writer.js";

/** What one query came to. `refused`: 0A000, or the engine's documented limit. */
export type Verdict =
  | { readonly kind: "same"; readonly sqlstate: string | null }
  | { readonly kind: "refused"; readonly sql: string; readonly message: string }
  /** PostgreSQL met an error in a value that Millrace need not have evaluated, or another one. */
  | { readonly kind: "avoided"; readonly sql: string }
  | {
      readonly kind: "different";
      readonly sql: string;
      readonly expected: readonly string[];
      readonly actual: readonly string[];
    };

const DIGIT_LIMIT = "numeric value exceeds 38 significant digits";

/** Runs the seed's query on both servers, one after the other. */
export async function compareSeed(
  seed: number,
  millrace: SqlConnection,
  postgres: SqlConnection,
): Promise<Verdict> {
  const sql = writeQuery(new SeededRandom(seed));
  return compareQuery(sql, await millrace.run(sql), await postgres.run(sql));
}

/** Rows are compared sorted, errors by SQLSTATE; of two errors in values, either may come first. */
export function compareQuery(sql: string, actual: Outcome, expected: Outcome): Verdict {
  if (actual.kind === "error" && expected.kind !== "error") {
    const isLimit = actual.sqlstate === "22003" && actual.message === DIGIT_LIMIT;
    if (actual.sqlstate === "0A000" || isLimit) {
      return { kind: "refused", sql, message: actual.message };
    }
  }
  if (expected.kind === "error" && isOfValues(expected)) {
    if (actual.kind !== "error") return { kind: "avoided", sql };
    if (actual.sqlstate === "0A000") return { kind: "refused", sql, message: actual.message };
    if (isOfValues(actual)) return { kind: "same", sqlstate: expected.sqlstate };
  }
  const [want, got] = [printed(expected, sql), printed(actual, sql)];
  if (want.join("\n") === got.join("\n")) {
    return { kind: "same", sqlstate: expected.kind === "error" ? expected.sqlstate : null };
  }
  return { kind: "different", sql, expected: want, actual: got };
}

function isOfValues(error: Extract<Outcome, { kind: "error" }>): boolean {
  return /^(22|21000|0A000)/.test(error.sqlstate);
}

/** Modifiers of types that branches share depend in PostgreSQL on those its plan has left. */
function printed(outcome: Outcome, sql: string): readonly string[] {
  switch (outcome.kind) {
    case "error":
      return [`${outcome.sqlstate}`];
    case "command":
      return [outcome.tag];
    case "rows":
      return [columnsOf(outcome.columns, sql), ...outcome.rows.map(rowText).sort()];
  }
}

function columnsOf(columns: readonly string[], sql: string): string {
  const all = columns.join("|");
  return / UNION | INTERSECT | EXCEPT |CASE /.test(sql) ? all.replace(/\([\d,]+\)/g, "") : all;
}

/** A failure to read: the seed, the statement and what differs. */
export function describeDifference(
  seed: number,
  { sql, expected, actual }: Extract<Verdict, { kind: "different" }>,
): string {
  const only = (a: readonly string[], b: readonly string[], mark: string): readonly string[] => {
    const rest = [...b];
    return a
      .filter((line) => {
        const at = rest.indexOf(line);
        if (at >= 0) rest.splice(at, 1);
        return at < 0;
      })
      .slice(0, 6)
      .map((line) => `  ${mark} ${line}`);
  };
  const lines = [...only(expected, actual, "-"), ...only(actual, expected, "+")];
  return [`seed ${String(seed)}`, `  ${sql}`, ...lines].join("\n");
}
