import type { SourceFile } from "./source-tree.js";

/** A statement of an .slt file with what is recorded of it. */
export interface RecordedBlock {
  readonly path: string;
  /** query, statement, error, explain; options follow it in `options`. */
  readonly directive: string;
  readonly options: readonly string[];
  readonly sql: string;
  readonly answer: readonly string[];
}

const DIRECTIVES: ReadonlySet<string> = new Set(["query", "statement", "error", "explain"]);

/** The recorded blocks of one file; the runner's own reader says what the format means. */
export function recordedBlocks({ path, text }: SourceFile): readonly RecordedBlock[] {
  const paragraphs = text.replace(/^[#@].*$/gm, "").split(/\n\n+/);
  return paragraphs.flatMap((paragraph) => {
    const lines = paragraph.split("\n").filter((line) => line !== "");
    const [directive = "", ...options] = (lines[0] ?? "").split(" ");
    if (!DIRECTIVES.has(directive)) return [];
    const found = lines.indexOf("----");
    const end = found < 0 ? lines.length : found;
    const sql = lines.slice(1, end).join("\n");
    return [{ path, directive, options, sql, answer: lines.slice(end + 1) }];
  });
}

/** Tables of the fixtures' schema, as `data.<name>: "column type, …"`. */
export function fixtureTables(tree: readonly SourceFile[]): Readonly<Record<string, string>> {
  const text = tree.find(({ path }) => path === "sql-tests/data/schema.sql")?.text ?? "";
  const tables = text.matchAll(/^CREATE TABLE (\w+) \((.*)\);$/gm);
  return Object.fromEntries(
    Array.from(tables, ([, name = "", columns = ""]) => [`data.${name}`, columns]),
  );
}
