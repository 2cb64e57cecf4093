import { grammarError, type ConditionName, type SqlError } from "../../errors/index.js";

interface Detail {
  readonly pattern: RegExp;
  /** What the text must look like where the error points, for a message that stands for two. */
  readonly at?: RegExp;
  readonly condition: ConditionName;
  readonly hint?: string;
}

/** The grammar reports text and position only; these are its messages that are not bare 42601. */
const DETAILS: readonly Detail[] = [
  {
    pattern: /^LIMIT #,# syntax is not supported$/,
    condition: "syntaxError",
    hint: "Use separate LIMIT and OFFSET clauses.",
  },
  {
    pattern: /^invalid Unicode escape$/,
    at: /^\\u/i,
    condition: "invalidEscapeSequence",
    hint: "Unicode escapes must be \\uXXXX or \\UXXXXXXXX.",
  },
  {
    pattern: /^invalid Unicode escape$/,
    condition: "syntaxError",
    hint: "Unicode escapes must be \\XXXX or \\+XXXXXX.",
  },
  { pattern: /^frame (start|end|starting) .*$/, condition: "windowingError" },
  { pattern: /^precision for type float must be /, condition: "invalidParameterValue" },
  { pattern: /^column number must be in range /, condition: "invalidParameterValue" },
  { pattern: /^invalid byte sequence for encoding /, condition: "characterNotInRepertoire" },
  { pattern: /^stack depth limit exceeded$/, condition: "statementTooComplex" },
  { pattern: /^role name .* is reserved$/, condition: "reservedName" },
  { pattern: /^out of memory$/, condition: "outOfMemory" },
  {
    pattern: /(not yet implemented|no longer supported|not supported on recursive views)$/,
    condition: "featureNotSupported",
  },
  { pattern: / cannot include schema elements$/, condition: "featureNotSupported" },
  { pattern: / constraints cannot be (marked|NOT VALID)/, condition: "featureNotSupported" },
  { pattern: /^aggregates cannot /, condition: "featureNotSupported" },
  { pattern: /^current database cannot be changed$/, condition: "featureNotSupported" },
];

/** A message of the grammar as PostgreSQL would send it; `position` counts characters from 1. */
export function toSqlError(message: string, position: number | undefined, text: string): SqlError {
  const detail = DETAILS.find(
    ({ pattern, at }) =>
      pattern.test(message) && (at === undefined || at.test(textAt(text, position ?? 1))),
  );
  return grammarError(detail?.condition ?? "syntaxError", message, detail?.hint, position);
}

/** A few characters from a position on. */
function textAt(text: string, position: number): string {
  return [...text].slice(position - 1, position + 7).join("");
}
