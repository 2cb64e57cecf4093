import { isSymbol, isWord, LEXICAL_RULES, nextToken, type Token } from "./lexer/index.js";
import type { ForeignDialect } from "./names.js";
import { Refusal } from "./refusal.js";

/** A statement that is read as PostgreSQL's whatever the dialect. */
export interface OwnStatement {
  readonly kind: "own";
  /** UTF-16 units of the whole text, from 0. */
  readonly start: number;
  readonly end: number;
}

/** A query in the dialect, and the PostgreSQL text around it (EXPLAIN, DECLARE, COPY, PREPARE). */
export interface ForeignStatement {
  readonly kind: "foreign";
  readonly start: number;
  readonly end: number;
  /** The query's tokens. */
  readonly tokens: readonly Token[];
}

export type DialectStatement = OwnStatement | ForeignStatement;

/**
 * The statements of a text. Queries are the dialect's; all else, a session's commands among it, is
 * PostgreSQL's, so that one can always come back.
 */
export function splitStatements(
  text: string,
  dialect: ForeignDialect,
): readonly DialectStatement[] {
  const statements: DialectStatement[] = [];
  const rules = LEXICAL_RULES[dialect];
  for (let at = 0; ;) {
    const first = nextToken(text, at, rules);
    if (first === undefined) return statements;
    if (isSymbol(first, ";")) {
      at = first.end;
      continue;
    }
    const statement = mayHoldQuery(first)
      ? foreignStatement(text, first, dialect)
      : ownStatement(text, first.start);
    statements.push(statement);
    at = statement.end;
  }
}

const CHANGES = ["insert", "update", "delete", "merge"];

/** Whether the statement must be read to know where a query of the dialect begins. */
function mayHoldQuery(first: Token): boolean {
  refuseChange(first);
  return startsQuery(first) || isWord(first, "explain", "declare", "copy", "prepare", "create");
}

/** Whose syntax would hold for the expressions in it, is not to be guessed. */
function refuseChange(token: Token | undefined): void {
  if (isWord(token, ...CHANGES)) {
    throw new Refusal("rows are changed in PostgreSQL's own syntax only", token?.start);
  }
}

function startsQuery(token: Token | undefined): boolean {
  return isWord(token, "select", "with", "values") || isSymbol(token, "(");
}

function ownStatement(text: string, start: number): OwnStatement {
  const tokens = tokensFrom(text, start, "postgres");
  return { kind: "own", start, end: tokens.at(-1)?.end ?? text.length };
}

function foreignStatement(text: string, first: Token, dialect: ForeignDialect): DialectStatement {
  if (startsQuery(first)) return foreign(tokensFrom(text, first.start, dialect), 0);
  const tokens = tokensFrom(text, first.start, dialect);
  switch (first.value) {
    case "explain": {
      const query = afterExplain(tokens);
      refuseChange(tokens[query]);
      return startsQuery(tokens[query]) ? foreign(tokens, query) : ownStatement(text, first.start);
    }
    case "declare":
    case "prepare": {
      const query = afterWord(tokens, first.value === "declare" ? "for" : "as");
      refuseChange(tokens[query]);
      return startsQuery(tokens[query]) ? foreign(tokens, query) : ownStatement(text, first.start);
    }
    case "copy": {
      if (!isSymbol(tokens[1], "(")) return ownStatement(text, first.start);
      refuseChange(tokens[2]);
      const close = closing(tokens, 1);
      return { ...foreign(tokens, 0), tokens: tokens.slice(2, close) };
    }
    default: {
      const query = tokens[afterWord(tokens, "as")];
      if (startsQuery(query)) {
        throw new Refusal(
          "what CREATE keeps is defined in PostgreSQL's own syntax only",
          first.start,
        );
      }
      return ownStatement(text, first.start);
    }
  }
}

function foreign(tokens: readonly Token[], query: number): ForeignStatement {
  return {
    kind: "foreign",
    start: tokens[0]?.start ?? 0,
    end: tokens.at(-1)?.end ?? 0,
    tokens: tokens.slice(query),
  };
}

/** Behind EXPLAIN's options: `(…)` that is no query, or ANALYZE and VERBOSE. */
function afterExplain(tokens: readonly Token[]): number {
  let at = 1;
  if (isSymbol(tokens[at], "(") && !startsQuery(tokens[at + 1])) at = closing(tokens, at) + 1;
  while (isWord(tokens[at], "analyze", "analyse", "verbose")) at += 1;
  return at;
}

/** Behind the first such word outside parentheses; behind the end without one. */
function afterWord(tokens: readonly Token[], word: string): number {
  let depth = 0;
  const found = tokens.findIndex((token) => {
    if (isSymbol(token, "(")) depth += 1;
    if (isSymbol(token, ")")) depth -= 1;
    return depth === 0 && isWord(token, word);
  });
  return found < 0 ? tokens.length : found + 1;
}

/** The index of the parenthesis that closes the one at `open`. */
export function closing(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at += 1) {
    if (isSymbol(tokens[at], "(")) depth += 1;
    if (isSymbol(tokens[at], ")")) depth -= 1;
    if (depth === 0) return at;
  }
  throw new Refusal('syntax error: "(" is not closed', tokens[open]?.start);
}

/** Up to the next semicolon. */
function tokensFrom(
  text: string,
  start: number,
  rules: ForeignDialect | "postgres",
): readonly Token[] {
  const tokens: Token[] = [];
  for (let at = start; ;) {
    const token = nextToken(text, at, LEXICAL_RULES[rules]);
    if (token === undefined || isSymbol(token, ";")) return tokens;
    tokens.push(token);
    at = token.end;
  }
}
