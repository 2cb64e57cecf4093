import {
  badCopyCharacters,
  conflictingOptions,
  copyFormatUnknown,
  copyOptionUnknown,
  csvModeOnly,
  headerInBinaryMode,
  headerMatchWithCopyTo,
  inNullSpecification,
  notInBinaryMode,
  notOneByte,
  oneDirectionOnly,
  optionNeedsBoolean,
  optionNeedsColumnNames,
  optionNeedsEncoding,
  optionNeedsHeaderChoice,
  optionNeedsValue,
  SqlError,
  SQLSTATE,
} from "../../errors/index.js";
import type { Copy, CopyOption } from "../../parser/index.js";
import { checkCopyEncoding } from "../settings/index.js";

/** Columns that an option names. */
export type ColumnChoice = "all" | readonly string[];

/** COPY's options, checked against each other, with the values that hold. */
export interface CopyOptions {
  readonly format: "text" | "csv" | "binary";
  readonly header: "none" | "names" | "match";
  readonly delimiter: string;
  readonly null: string;
  readonly quote: string;
  readonly escape: string;
  readonly forceQuote: ColumnChoice;
  readonly forceNotNull: ColumnChoice;
  readonly forceNull: ColumnChoice;
  /** Whether ENCODING says what the text is in. */
  readonly isEncodingNamed: boolean;
}

/** What was written. */
interface Given {
  format?: CopyOptions["format"];
  freeze?: boolean;
  delimiter?: string;
  null?: string;
  header?: CopyOptions["header"];
  quote?: string;
  escape?: string;
  forceQuote?: ColumnChoice;
  forceNotNull?: ColumnChoice;
  forceNull?: ColumnChoice;
  encoding?: string;
}

/** Reads the options in the order in which PostgreSQL finds fault with them. */
export function readCopyOptions(
  options: readonly CopyOption[],
  direction: Copy["direction"],
): CopyOptions {
  const given: Given = {};
  for (const option of options) readOption(option, direction, given);
  return settled(given, direction);
}

function readOption(option: CopyOption, direction: Copy["direction"], given: Given): void {
  const { name, position } = option;
  const once = <K extends keyof Given>(key: K, read: () => Required<Given>[K]): void => {
    if (given[key] !== undefined) throw conflictingOptions(position);
    given[key] = read();
  };
  switch (name) {
    case "format":
      return once("format", () => formatOf(option));
    case "freeze":
      return once("freeze", () => booleanOf(option));
    case "delimiter":
    case "null":
    case "quote":
    case "escape":
      return once(name, () => wordOf(option));
    case "header":
      return once("header", () => headerOf(option, direction));
    case "force_quote":
      return once("forceQuote", () => columnsOf(option, true));
    case "force_not_null":
      return once("forceNotNull", () => columnsOf(option, false));
    case "force_null":
      return once("forceNull", () => columnsOf(option, false));
    case "encoding":
      return once("encoding", () => encodingOf(option));
    default:
      throw copyOptionUnknown(name, position);
  }
}

function wordOf({ name, value }: CopyOption): string {
  if (value?.kind !== "word") throw optionNeedsValue(name);
  return value.text;
}

function formatOf(option: CopyOption): CopyOptions["format"] {
  const format = wordOf(option);
  if (format !== "text" && format !== "csv" && format !== "binary") {
    throw copyFormatUnknown(format, option.position);
  }
  return format;
}

/** The words of PostgreSQL's options; settings know more. */
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["on", true],
  ["1", true],
  ["false", false],
  ["off", false],
  ["0", false],
]);

function booleanOf({ name, value }: CopyOption): boolean {
  if (value === undefined) return true;
  const found = value.kind === "word" ? BOOLEANS.get(value.text.toLowerCase()) : undefined;
  if (found === undefined) throw optionNeedsBoolean(name);
  return found;
}

function headerOf(option: CopyOption, direction: Copy["direction"]): CopyOptions["header"] {
  const { name, value } = option;
  if (value === undefined) return "names";
  const text = value.kind === "word" ? value.text.toLowerCase() : "";
  const choice = BOOLEANS.get(text);
  if (choice !== undefined) return choice ? "names" : "none";
  if (text !== "match") throw optionNeedsHeaderChoice(name);
  if (direction === "to") throw headerMatchWithCopyTo();
  return "match";
}

function columnsOf({ name, value, position }: CopyOption, mayBeAll: boolean): ColumnChoice {
  if (value?.kind === "names") return value.names;
  if (mayBeAll && value?.kind === "all") return "all";
  throw optionNeedsColumnNames(name, position);
}

function encodingOf(option: CopyOption): string {
  const name = wordOf(option);
  try {
    return checkCopyEncoding(name);
  } catch (error) {
    if (error instanceof SqlError && error.sqlstate === SQLSTATE.featureNotSupported) throw error;
    throw optionNeedsEncoding(option.name, option.position);
  }
}

const DEFAULTS = {
  text: { delimiter: "\t", null: "\\N" },
  csv: { delimiter: ",", null: "" },
  binary: { delimiter: "\t", null: "" },
} as const;

function settled(given: Given, direction: Copy["direction"]): CopyOptions {
  const format = given.format ?? "text";
  if (format === "binary" && given.delimiter !== undefined) throw notInBinaryMode("DELIMITER");
  if (format === "binary" && given.null !== undefined) throw notInBinaryMode("NULL");
  const quote = given.quote ?? '"';
  const options: CopyOptions = {
    format,
    header: given.header ?? "none",
    delimiter: given.delimiter ?? DEFAULTS[format].delimiter,
    null: given.null ?? DEFAULTS[format].null,
    quote,
    escape: given.escape ?? quote,
    forceQuote: given.forceQuote ?? [],
    forceNotNull: given.forceNotNull ?? [],
    forceNull: given.forceNull ?? [],
    isEncodingNamed: given.encoding !== undefined,
  };
  checkSeparators(options);
  checkQuotes(options, given);
  checkForced(given, format, direction);
  checkNull(options);
  return options;
}

const BREAKS = /[\r\n]/;
/** What a text line uses itself. */
const TAKEN_IN_TEXT = /[\\.a-z0-9]/;

function checkSeparators({ format, delimiter, null: nullText, header }: CopyOptions): void {
  if (Buffer.byteLength(delimiter) !== 1) throw notOneByte("delimiter");
  if (BREAKS.test(delimiter)) {
    throw badCopyCharacters("COPY delimiter cannot be newline or carriage return");
  }
  if (BREAKS.test(nullText)) {
    throw badCopyCharacters("COPY null representation cannot use newline or carriage return");
  }
  if (format !== "csv" && TAKEN_IN_TEXT.test(delimiter)) {
    throw badCopyCharacters(`COPY delimiter cannot be "${delimiter}"`);
  }
  if (format === "binary" && header !== "none") throw headerInBinaryMode();
}

function checkQuotes({ format, delimiter, quote, escape }: CopyOptions, given: Given): void {
  const isCsv = format === "csv";
  if (!isCsv && given.quote !== undefined) throw csvModeOnly("quote");
  if (isCsv && Buffer.byteLength(quote) !== 1) throw notOneByte("quote");
  if (isCsv && delimiter === quote) {
    throw badCopyCharacters("COPY delimiter and quote must be different");
  }
  if (!isCsv && given.escape !== undefined) throw csvModeOnly("escape");
  if (isCsv && Buffer.byteLength(escape) !== 1) throw notOneByte("escape");
}

function checkForced(
  given: Given,
  format: CopyOptions["format"],
  direction: Copy["direction"],
): void {
  const check = (what: string, choice: ColumnChoice | undefined, only: "to" | "from"): void => {
    if (choice === undefined) return;
    if (format !== "csv") throw csvModeOnly(what);
    if (direction !== only) throw oneDirectionOnly(what, `COPY ${only.toUpperCase()}`);
  };
  check("force quote", given.forceQuote, "to");
  check("force not null", given.forceNotNull, "from");
  check("force null", given.forceNull, "from");
}

function checkNull({ format, delimiter, quote, null: nullText }: CopyOptions): void {
  if (format === "binary") return;
  if (nullText.includes(delimiter)) {
    throw inNullSpecification("COPY delimiter");
  }
  if (format === "csv" && nullText.includes(quote)) {
    throw inNullSpecification("CSV quote character");
  }
}
