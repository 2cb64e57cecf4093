import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { rowText } from "../../runner/outcome.js";
import { SQL_TESTS } from "../../runner/repository.js";

const FOLDER = join(SQL_TESTS, "corpora", "tpch");
const RELATIVE_TOLERANCE = 1e-9;
const SHOWN_ROWS = 5;

export type Rows = readonly (readonly (string | null)[])[];

export interface TpchQuery {
  /** q01 … q22. */
  readonly name: string;
  readonly sql: string;
}

export const TPCH_QUERIES: readonly TpchQuery[] = Array.from({ length: 22 }, (_nothing, index) => {
  const name = `q${String(index + 1).padStart(2, "0")}`;
  return { name, sql: readFileSync(join(FOLDER, "queries", `${name}.sql`), "utf8") };
});

/** Columns that ORDER BY names, for queries whose order leaves rows with equal keys open. */
const OPEN_ORDERS: Readonly<Record<string, readonly number[]>> = {
  q03: [1, 2],
  q05: [1],
  q10: [2],
  q11: [1],
  q18: [4, 3],
};

interface Digest {
  readonly rows: number;
  readonly sha256: string;
}

const DIGESTS = JSON.parse(
  readFileSync(join(FOLDER, "expected", "digests.json"), "utf8"),
) as Readonly<Record<string, Digest>>;

/** "exact": PostgreSQL's text. "close": numbers to a relative 1e-9, as another engine prints them. */
export type Exactness = "exact" | "close";

/** Whether the answers at a scale are known, and how exactly they compare. */
export function knownExactness(scale: string): Exactness | null {
  if (!existsSync(join(FOLDER, "expected", `sf${scale}`))) return null;
  return scale === "10" ? "close" : "exact";
}

/** Null if the rows are the query's answer at the scale; otherwise what differs. */
export function answerDifference(
  query: string,
  scale: string,
  rows: Rows,
  exactness: Exactness,
): string | null {
  const digest = DIGESTS[`sf${scale}/${query}`];
  if (digest !== undefined) return digestDifference(digest, rows);
  const path = join(FOLDER, "expected", `sf${scale}`, `${query}.txt`);
  const expected = readFileSync(path, "utf8").split("\n").slice(0, -1);
  return compare(query, expected, rows.map(rowText), exactness);
}

function digestDifference(digest: Digest, rows: Rows): string | null {
  const text = rows.map((row) => `${rowText(row)}\n`).join("");
  if (createHash("sha256").update(text).digest("hex") === digest.sha256) return null;
  return `other rows than expected: ${String(rows.length)}, expected ${String(digest.rows)}`;
}

function compare(
  query: string,
  expected: readonly string[],
  actual: readonly string[],
  exactness: Exactness,
): string | null {
  if (expected.length !== actual.length) {
    return `${String(actual.length)} rows, expected ${String(expected.length)}`;
  }
  const keys = OPEN_ORDERS[query];
  const [want, got] = keys ? [settle(expected, keys), settle(actual, keys)] : [expected, actual];
  const differing = want.flatMap((line, index) => {
    const other = got[index] ?? "";
    return sameLine(line, other, exactness) ? [] : [`- ${line}\n+ ${other}`];
  });
  return differing.length === 0 ? null : differing.slice(0, SHOWN_ROWS).join("\n");
}

/** Sorts rows among neighbours of equal keys: those are the ones the query leaves open. */
function settle(lines: readonly string[], keys: readonly number[]): readonly string[] {
  const keyOf = (line: string): string => {
    const values = line.split("|");
    return keys.map((key) => values[key]).join("|");
  };
  const settled: string[] = [];
  for (let start = 0; start < lines.length;) {
    const key = keyOf(lines[start] ?? "");
    let end = start + 1;
    while (end < lines.length && keyOf(lines[end] ?? "") === key) end += 1;
    settled.push(...lines.slice(start, end).sort());
    start = end;
  }
  return settled;
}

function sameLine(expected: string, actual: string, exactness: Exactness): boolean {
  if (expected === actual) return true;
  if (exactness === "exact") return false;
  const [wanted, got] = [expected.split("|"), actual.split("|")];
  return wanted.length === got.length && wanted.every((value, i) => isClose(value, got[i] ?? ""));
}

function isClose(expected: string, actual: string): boolean {
  if (expected === actual) return true;
  const isNumber = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;
  if (!isNumber.test(expected) || !isNumber.test(actual)) return false;
  const [want, got] = [Number(expected), Number(actual)];
  return Math.abs(want - got) <= RELATIVE_TOLERANCE * Math.max(Math.abs(want), 1);
}
