/** What a block wants of its statement. `unrecorded`: an author's bare SQL, for the recorder. */
export type Directive = "query" | "statement" | "error" | "explain" | "unrecorded";

/**
 * rowsort: compare rows in sorted order. types: the first line gives names and types of the columns.
 * millrace, postgres: run on that server only. contains, lacks (explain): each expected line is a
 * part of some line of the plan, in order, or of none. terse: an error without its detail and hint.
 */
const OPTIONS = ["rowsort", "types", "millrace", "postgres", "contains", "lacks", "terse"] as const;
export type Option = (typeof OPTIONS)[number];

/** One statement and what is expected of it. */
export interface Block {
  readonly kind: "block";
  /** Line of the directive, from 1. */
  readonly line: number;
  readonly directive: Directive;
  readonly options: readonly Option[];
  readonly sql: string;
  /** Lines after `----`; null where there is none. */
  readonly expected: readonly string[] | null;
}

/** Lines kept as they are: comments, `@` headers, blank lines. */
export interface Prose {
  readonly kind: "prose";
  readonly lines: readonly string[];
}

export interface SltFile {
  readonly path: string;
  /** Configurations the file stays out of, with the reason. */
  readonly skips: ReadonlyMap<string, string>;
  readonly items: readonly (Block | Prose)[];
}

const SEPARATOR = "----";

export class SltSyntaxError extends Error {}

export function parseSlt(path: string, text: string): SltFile {
  const lines = text.replace(/\n$/, "").split("\n");
  const items: (Block | Prose)[] = [];
  const skips = new Map<string, string>();
  for (let at = 0; at < lines.length;) {
    const line = lines[at] ?? "";
    if (line === "" || line.startsWith("#") || line.startsWith("@")) {
      readHeader(path, at + 1, line, skips);
      items.push({ kind: "prose", lines: [line] });
      at += 1;
      continue;
    }
    const end = endOfBlock(lines, at);
    items.push(parseBlock(path, at + 1, lines.slice(at, end)));
    at = end;
  }
  return { path, skips, items };
}

export function blocksOf(file: SltFile): readonly Block[] {
  return file.items.filter((item): item is Block => item.kind === "block");
}

export function printSlt(file: SltFile): string {
  const lines = file.items.flatMap((item) => {
    if (item.kind === "prose") return item.lines;
    const head =
      item.directive === "unrecorded" ? [] : [[item.directive, ...item.options].join(" ")];
    const tail = item.expected === null ? [] : [SEPARATOR, ...item.expected];
    return [...head, ...item.sql.split("\n"), ...tail];
  });
  return `${lines.join("\n")}\n`;
}

function readHeader(path: string, line: number, text: string, skips: Map<string, string>): void {
  if (!text.startsWith("@")) return;
  const match = /^@(\w+)\s+(\S+)\s*(.*)$/.exec(text);
  const [, header = "", first = "", rest = ""] = match ?? [];
  if (header === "covers") return;
  if (header !== "skip" || rest === "") {
    throw new SltSyntaxError(
      `${path}:${String(line)}: write @covers NAMES or @skip CONFIGURATION REASON`,
    );
  }
  skips.set(first, rest);
}

function endOfBlock(lines: readonly string[], start: number): number {
  const blank = lines.indexOf("", start);
  return blank < 0 ? lines.length : blank;
}

function parseBlock(path: string, line: number, lines: readonly string[]): Block {
  const head = parseDirective(lines[0] ?? "");
  const body = head === null ? lines : lines.slice(1);
  const separator = body.indexOf(SEPARATOR);
  const sql = (separator < 0 ? body : body.slice(0, separator)).join("\n");
  if (sql.trim() === "") throw new SltSyntaxError(`${path}:${String(line)}: no SQL here`);
  return {
    kind: "block",
    line,
    directive: head?.directive ?? "unrecorded",
    options: head?.options ?? [],
    sql,
    expected: separator < 0 ? null : body.slice(separator + 1),
  };
}

/** `unrecorded` may stand with options too, to give them before anything is recorded. */
function parseDirective(line: string): Pick<Block, "directive" | "options"> | null {
  const [word, ...rest] = line.trim().split(/\s+/);
  if (!rest.every((option): option is Option => OPTIONS.some((known) => known === option))) {
    return null;
  }
  switch (word) {
    case "query":
    case "statement":
    case "error":
    case "explain":
      return { directive: word, options: rest };
    default:
      return null;
  }
}
