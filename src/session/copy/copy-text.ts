import type { CopyFormat } from "../../fragments/index.js";

const ESCAPES: Readonly<Record<string, string>> = {
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
};

/** A value as COPY's text format writes it. */
export function escapedText(value: string, { delimiter }: CopyFormat): string {
  return [...value].map((c) => ESCAPES[c] ?? (c === delimiter ? `\\${c}` : c)).join("");
}

/** A value as csv has it; `isOnly`: the line has no other. */
export function csvText(
  value: string,
  { delimiter, quote, escape, null: nullText }: CopyFormat,
  isOnly: boolean,
  isForced = false,
): string {
  const marks = [delimiter, quote, "\n", "\r"];
  const endsData = isOnly && value === "\\.";
  const needsQuotes = isForced || value === nullText || endsData;
  if (!needsQuotes && !marks.some((mark) => value.includes(mark))) return value;
  const inner = [...value].map((c) => (c === quote || c === escape ? escape + c : c)).join("");
  return quote + inner + quote;
}
