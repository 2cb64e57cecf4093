import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** A file below sql-tests/corpora, found from wherever the compiled tests lie in the repository. */
export function readCorpus(path: string): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "sql-tests", "corpora", path))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`no corpus ${path}`);
    folder = parent;
  }
  return readFileSync(join(folder, "sql-tests", "corpora", path), "utf8");
}

/** A statement and the lines recorded for it. */
export interface RecordedStatement {
  readonly sql: string;
  readonly answer: string;
}

/** Paragraphs of a statement's line and the lines of its answer. */
export function recordedStatements(path: string): readonly RecordedStatement[] {
  return readCorpus(path)
    .split("\n\n")
    .filter((paragraph) => paragraph.trim() !== "")
    .map((paragraph) => {
      const [sql = "", ...answer] = paragraph.trim().split("\n");
      return { sql, answer: answer.join("\n") };
    });
}

/** One row of a recorded matrix: a code for each operand. */
export interface MatrixRow {
  readonly name: string;
  /** The left operand; undefined where there is one operand only. */
  readonly left: string | undefined;
  readonly codes: readonly string[];
}

export interface Matrix {
  /** Column definitions of table x. */
  readonly columns: string;
  readonly operands: readonly string[];
  readonly rows: readonly MatrixRow[];
}

export function recordedMatrix(path: string): Matrix {
  const [columns = "", operands = "", ...rows] = readCorpus(path).trimEnd().split("\n");
  return {
    columns: columns.replace(/^columns /, ""),
    operands: operands.split(" ").slice(1),
    rows: rows.map((row) => {
      const [name = "", left = "_", codes = ""] = row.split(" ");
      return { name, left: left === "_" ? undefined : left, codes: [...codes] };
    }),
  };
}
