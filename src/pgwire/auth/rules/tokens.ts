import type { RuleWord } from "./rule.js";

/** A rule file makes no sense; the message names the line. */
export class RuleFileError extends Error {
  constructor(fileName: string, line: number, problem: string) {
    super(`line ${String(line)} of "${fileName}": ${problem}`);
    this.name = "RuleFileError";
  }
}

/** A field: words that commas part. */
export type Field = readonly RuleWord[];

export interface Line {
  readonly number: number;
  readonly fields: readonly Field[];
}

/** What is wrong with one line. */
export class Problem extends Error {}

/** The lines that say something; a backslash at the end of one joins the next. */
export function splitLines(text: string, fileName: string): readonly Line[] {
  const lines: Line[] = [];
  const raw = text.split(/\r?\n/);
  for (let at = 0; at < raw.length; at++) {
    const number = at + 1;
    let whole = raw[at] ?? "";
    while (whole.endsWith("\\") && at + 1 < raw.length)
      whole = whole.slice(0, -1) + (raw[++at] ?? "");
    try {
      const fields = splitFields(whole);
      if (fields.length > 0) lines.push({ number, fields });
    } catch (error) {
      if (error instanceof Problem) throw new RuleFileError(fileName, number, error.message);
      throw error;
    }
  }
  return lines;
}

function splitFields(line: string): readonly Field[] {
  const fields: RuleWord[][] = [];
  const token = /[ \t]*(?:"([^"]*)"|([^\s",#][^\s",#]*))([ \t]*,)?|[ \t]*(#.*)?$/y;
  let continues = false;
  while (token.lastIndex < line.length) {
    const start = token.lastIndex;
    const match = token.exec(line);
    if (match === null) {
      const isOpen = (line.slice(start).match(/"/g) ?? []).length % 2 === 1;
      throw new Problem(isOpen ? "unterminated quoted word" : "unexpected comma");
    }
    const [, quoted, plain, comma] = match;
    const text = quoted ?? plain;
    if (text === undefined) break;
    const word = { text, quoted: quoted !== undefined };
    if (continues) fields.at(-1)?.push(word);
    else fields.push([word]);
    continues = comma !== undefined;
  }
  return fields;
}

/** A list's own path and its text, by its name as a file writes it behind `@`. */
export type ListReader = (name: string, from: string) => ListFile;

export interface ListFile {
  readonly path: string;
  readonly text: string;
}

/** Lists may name lists, but not themselves for ever. */
const DEEPEST_LIST = 10;

/** Puts the words of the files that `@file` words name in their places. */
export function joinLists(
  fields: readonly Field[],
  fileName: string,
  readList: ListReader | undefined,
  depth = 0,
): readonly Field[] {
  return fields.map((field) =>
    field.flatMap((word) => {
      const isList = !word.quoted && word.text.startsWith("@") && word.text.length > 1;
      if (!isList) return [word];
      if (readList === undefined) throw new Problem("lists in files are not supported here");
      if (depth === DEEPEST_LIST) throw new Problem("lists in files name each other too deeply");
      const { path, text } = readList(word.text.slice(1), fileName);
      const inner = splitLines(text, path).flatMap((line) => line.fields);
      return joinLists(inner, path, readList, depth + 1).flat();
    }),
  );
}
