import type { Dialect } from "../names.js";

/** How a dialect writes its tokens. */
export interface LexicalRules {
  /** Opening quote to closing quote of names; a doubled closing quote stands for itself. */
  readonly nameQuotes: Readonly<Record<string, string>>;
  readonly stringQuotes: string;
  /** A doubled quote inside a string stands for itself. */
  readonly doubledQuotes: boolean;
  /** What a backslash in a string does: nothing, an escape, or it is refused as unclear. */
  readonly backslash: "plain" | "refused" | Readonly<Record<string, string>>;
  /** Whether an escape that is not listed stands for its character. */
  readonly unknownEscapes: boolean;
  /** Letters before a quote that change nothing, and those that switch escapes off. */
  readonly plainPrefixes: string;
  readonly rawPrefixes: string;
  readonly escapePrefixes: string;
  readonly dollarQuotes: boolean;
  /** What starts a comment up to the line's end. */
  readonly lineComments: readonly string[];
  readonly nestedComments: boolean;
}

const CONTROL = { b: "\b", n: "\n", r: "\r", t: "\t" };
const QUOTES = { "'": "'", '"': '"', "\\": "\\" };

const STANDARD: LexicalRules = {
  nameQuotes: { '"': '"' },
  stringQuotes: "'",
  doubledQuotes: true,
  backslash: "plain",
  unknownEscapes: false,
  plainPrefixes: "",
  rawPrefixes: "",
  escapePrefixes: "",
  dollarQuotes: false,
  lineComments: ["--"],
  nestedComments: false,
};

export const LEXICAL_RULES: Readonly<Record<Dialect, LexicalRules>> = {
  postgres: {
    ...STANDARD,
    plainPrefixes: "nNbBxX",
    escapePrefixes: "eE",
    dollarQuotes: true,
    nestedComments: true,
  },
  // `\%` and `\_` keep their backslash: they are patterns of LIKE.
  mysql: {
    ...STANDARD,
    nameQuotes: { "`": "`" },
    stringQuotes: "'\"",
    backslash: { ...CONTROL, ...QUOTES, Z: "\x1a", "%": "\\%", _: "\\_" },
    unknownEscapes: true,
    lineComments: ["-- ", "--\n", "--\t", "--\r", "#"],
  },
  bigquery: {
    ...STANDARD,
    nameQuotes: { "`": "`" },
    stringQuotes: "'\"",
    doubledQuotes: false,
    backslash: { ...CONTROL, ...QUOTES, a: "\x07", f: "\f", v: "\v", "?": "?", "`": "`" },
    rawPrefixes: "rR",
    lineComments: ["--", "#"],
  },
  snowflake: {
    ...STANDARD,
    backslash: { ...CONTROL, ...QUOTES },
    lineComments: ["--", "//"],
  },
  tsql: {
    ...STANDARD,
    nameQuotes: { '"': '"', "[": "]" },
    plainPrefixes: "nN",
    nestedComments: true,
  },
  redshift: { ...STANDARD, backslash: "refused", nestedComments: true },
};
