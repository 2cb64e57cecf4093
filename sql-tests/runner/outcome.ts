import type { Block } from "./slt-file.js";

/** What a server answered to one statement. */
export type Outcome =
  | {
      readonly kind: "rows";
      /** `name:type`, a column each. */
      readonly columns: readonly string[];
      readonly rows: readonly (readonly (string | null)[])[];
    }
  | { readonly kind: "command"; readonly tag: string }
  | {
      readonly kind: "error";
      readonly sqlstate: string;
      readonly message: string;
      /** Character of the statement, from 1; null where the error has no place. */
      readonly position: number | null;
      readonly detail: string | null;
      readonly hint: string | null;
    };

/** What a row without a character is written as, lest it end the block. */
const EMPTY_ROW = "(empty)";

/** The expected lines that a block would have, had it been recorded from this outcome. */
export function expectedLines(block: Block, outcome: Outcome): readonly string[] | null {
  switch (outcome.kind) {
    case "command":
      return null;
    case "error":
      return errorLines(outcome, block.options.includes("terse"));
    case "rows": {
      const rows = outcome.rows.map(rowText);
      if (block.options.includes("rowsort")) rows.sort(byCodeUnit);
      return block.options.includes("types") ? [outcome.columns.join("|"), ...rows] : rows;
    }
  }
}

function errorLines(error: Extract<Outcome, { kind: "error" }>, terse: boolean): readonly string[] {
  const { sqlstate, message, position, detail, hint } = error;
  return [
    `${sqlstate}: ${oneLine(message)}`,
    ...(position === null ? [] : [`position ${String(position)}`]),
    ...(detail === null || terse ? [] : [`detail ${oneLine(detail)}`]),
    ...(hint === null || terse ? [] : [`hint ${oneLine(hint)}`]),
  ];
}

function oneLine(text: string): string {
  return text.replaceAll("\n", "⏎").replaceAll("\r", "␍");
}

/** psql's unaligned form: `|` between values, NULL for NULL. */
export function rowText(row: readonly (string | null)[]): string {
  const line = oneLine(row.map((value) => value ?? "NULL").join("|"));
  return line === "" ? EMPTY_ROW : line;
}

/** Null if the outcome is what the block expects; otherwise what to tell, in lines. */
export function mismatch(block: Block, outcome: Outcome): readonly string[] | null {
  const needsRecord = block.directive !== "statement";
  if (block.directive === "unrecorded" || (needsRecord && block.expected === null)) {
    return ["not recorded yet: run `npm run sql -- record` on this file"];
  }
  const wanted = block.directive === "query" || block.directive === "explain" ? "rows" : "other";
  if (block.directive === "statement") {
    return outcome.kind === "error" ? unexpected(block, outcome) : null;
  }
  if (block.directive === "error" && outcome.kind !== "error") return unexpected(block, outcome);
  if (wanted === "rows" && outcome.kind !== "rows") return unexpected(block, outcome);
  const actual = expectedLines(block, outcome) ?? [];
  const expected = block.expected ?? [];
  if (block.options.includes("contains")) return partsMissing(expected, actual);
  if (block.options.includes("lacks")) return partsPresent(expected, actual);
  return sameLines(expected, actual) ? null : difference(expected, actual);
}

function unexpected(block: Block, outcome: Outcome): readonly string[] {
  return difference(
    block.expected ?? ["(success)"],
    expectedLines(block, outcome) ?? ["(success)"],
  );
}

function sameLines(expected: readonly string[], actual: readonly string[]): boolean {
  return expected.length === actual.length && expected.every((line, i) => line === actual[i]);
}

const SHOWN_LINES = 12;

/** The first differing lines, `-` expected and `+` actual. */
function difference(expected: readonly string[], actual: readonly string[]): readonly string[] {
  const count = Math.max(expected.length, actual.length);
  const lines: string[] = [];
  for (let i = 0; i < count && lines.length < SHOWN_LINES; i += 1) {
    const [want, got] = [expected[i], actual[i]];
    if (want === got) continue;
    if (want !== undefined) lines.push(`- ${want}`);
    if (got !== undefined) lines.push(`+ ${got}`);
  }
  return expected.length === actual.length
    ? lines
    : [`${String(expected.length)} lines expected, got ${String(actual.length)}`, ...lines];
}

function partsMissing(
  parts: readonly string[],
  lines: readonly string[],
): readonly string[] | null {
  let from = 0;
  for (const part of parts) {
    const found = lines.findIndex((line, index) => index >= from && line.includes(part.trim()));
    if (found < 0) return [`no line with: ${part.trim()}`, ...lines.map((line) => `+ ${line}`)];
    from = found + 1;
  }
  return parts.length > 0 ? null : ["contains without a line contains anything"];
}

function partsPresent(
  parts: readonly string[],
  lines: readonly string[],
): readonly string[] | null {
  const found = parts.filter((part) => lines.some((line) => line.includes(part.trim())));
  if (parts.length === 0) return ["lacks without a line lacks nothing"];
  if (found.length === 0) return null;
  return [...found.map((part) => `present: ${part.trim()}`), ...lines.map((line) => `+ ${line}`)];
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
