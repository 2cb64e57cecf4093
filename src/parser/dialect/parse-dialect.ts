import type { ParseResult } from "libpg-query";
import {
  dialectNotSupported,
  invariant,
  SqlError,
  stackDepthExceeded,
  statementTooLong,
} from "../../errors/index.js";
import type { Query, Statement } from "../ast/index.js";
import { parseRaw } from "../grammar/instance.js";
import { checkText, lowerRaw, parse, type ParsedStatement } from "../parse.js";
import { SourceMap } from "../source-map.js";
import { systemMentionOf } from "../system-mention.js";
import { foreignTree } from "./foreign-tree/instance.js";
import { aliasesOf, printTree } from "./foreign-tree/print-query.js";
import { foldCase, isSymbol, type Token } from "./lexer/index.js";
import { translateQuery } from "./meaning/translate-query.js";
import type { Dialect, ForeignDialect } from "./names.js";
import { Refusal } from "./refusal.js";
import { RewrittenSource } from "./rewritten-source.js";
import { sameTree, withWholeQuotients } from "./same-tree.js";
import { splitStatements, type ForeignStatement } from "./split.js";
import { Output } from "./tokens/output.js";
import { rewriteTokens } from "./tokens/rewrite-tokens.js";

/** The foreign grammar takes up to 60 µs a character, on the caller's thread. */
export const MAX_DIALECT_CHARS = 2 ** 16;
/** The foreign grammar tries several ways at each parenthesis. */
const MAX_PARENTHESES = 24;
/** A hostile text could hold the event loop for good. */
const LONGEST_PARSE_MS = 1_000;
/** For a text that is refused anyway, to be shown how the foreign grammar reads it. */
const LONGEST_SECOND_LOOK_MS = 100;
/** Of each rewritten text, in an error's detail. */
const SHOWN_CHARS = 2_000;

/**
 * The statements of a text in a dialect, as `parse` answers them, positions in the text as it was
 * written. A query is rewritten twice, from node-sql-parser's tree and token by token; it is one
 * only if PostgreSQL's grammar reads the same in both and all its constructs are on the dialect's
 * list. Else 0A000.
 */
export function parseIn(dialect: Dialect, text: string): readonly ParsedStatement[] {
  if (dialect === "postgres") return parse(text);
  checkText(text);
  if (text.length > MAX_DIALECT_CHARS) throw statementTooLong(text.length, MAX_DIALECT_CHARS);
  try {
    const statements = splitStatements(text, dialect);
    return Object.freeze(
      statements.flatMap((statement) =>
        statement.kind === "own"
          ? parseOwn(text, statement.start, statement.end)
          : [parseForeign(text, statement, dialect)],
      ),
    );
  } catch (error) {
    if (error instanceof RangeError) throw stackDepthExceeded();
    if (!(error instanceof Refusal)) throw error;
    throw dialectNotSupported(dialect, error.reason, {}, positionOf(text, error.offset));
  }
}

function positionOf(text: string, offset: number | undefined): number | undefined {
  return offset === undefined ? undefined : [...text.slice(0, offset)].length + 1;
}

/** A stretch of the text that is PostgreSQL's, positions as in the whole. */
function parseOwn(text: string, start: number, end: number): readonly ParsedStatement[] {
  const before = [...text.slice(0, start)].length;
  return parse(`${" ".repeat(before)}${text.slice(start, end)}`).map((parsed) =>
    Object.freeze({ ...parsed, start: parsed.start - before + start }),
  );
}

function parseForeign(
  text: string,
  statement: ForeignStatement,
  dialect: ForeignDialect,
): ParsedStatement {
  const catalogs = asCatalogQuery(text, statement);
  if (catalogs !== undefined) return catalogs;
  checkDepth(statement.tokens);
  const byTokens = attempt(() => rewrittenByTokens(text, statement, dialect));
  const tokens = byTokens.result;
  if (tokens === undefined) {
    throw disagreement(dialect, byTokens, secondLook(text, statement, dialect), text);
  }
  const byTree = attempt(() => rewrittenByTree(text, statement, dialect, LONGEST_PARSE_MS));
  if (byTree.result === undefined || !sameTree(tokens.tree, byTree.result.tree)) {
    throw disagreement(dialect, byTokens, byTree, text);
  }
  const { output } = tokens;
  const source = new RewrittenSource(output.text, text, (offset) => output.sourceOf(offset));
  const [raw, ...others] = tokens.tree.stmts ?? [];
  invariant(raw !== undefined && others.length === 0, "a statement that became several");
  const lowered = lowerRaw(raw, source);
  return Object.freeze({
    statement: translated(lowered.statement, dialect, byTree.result.aliases),
    text: text.slice(statement.start, statement.end),
    start: statement.start,
  });
}

/** What one rewriter made, or why it did not. */
interface Attempt<T> {
  readonly result?: T;
  readonly reason?: string;
  /** What PostgreSQL's grammar does not take. */
  readonly text?: string;
  readonly offset?: number | undefined;
}

interface Rewritten {
  readonly text: string;
  readonly tree: ParseResult;
}

function attempt<T>(rewrite: () => T): Attempt<T> {
  try {
    return { result: rewrite() };
  } catch (error) {
    if (error instanceof Refusal) return { reason: error.reason, offset: error.offset };
    if (error instanceof Unparsed) {
      return { reason: error.message, text: error.text, offset: error.offset };
    }
    throw error;
  }
}

/** How the foreign grammar reads a text that the tokens have refused. */
function secondLook(
  text: string,
  statement: ForeignStatement,
  dialect: ForeignDialect,
): Attempt<Rewritten> {
  try {
    return attempt(() => rewrittenByTree(text, statement, dialect, LONGEST_SECOND_LOOK_MS));
  } catch (error) {
    if (error instanceof SqlError) return { reason: error.message };
    throw error;
  }
}

/** A rewritten text that PostgreSQL's grammar does not take. */
class Unparsed extends Error {
  constructor(
    message: string,
    readonly text: string,
    /** Where in the source, if that is known. */
    readonly offset: number | undefined,
  ) {
    super(message);
  }
}

function parsedText(text: string, output?: Output): ParseResult {
  try {
    return parseRaw(text);
  } catch (error) {
    if (!(error instanceof SqlError) || error.sqlstate.startsWith("5")) throw error;
    const { position } = error.fields;
    const before = position === undefined ? undefined : [...text].slice(0, position - 1).join("");
    const offset = before === undefined ? undefined : output?.sourceOf(before.length);
    throw new Unparsed(error.message, text, offset);
  }
}

function rewrittenByTokens(
  text: string,
  statement: ForeignStatement,
  dialect: ForeignDialect,
): Rewritten & { readonly output: Output } {
  const { tokens, start, end } = statement;
  const output = new Output();
  output.copy(text.slice(start, tokens[0]?.start ?? end), start);
  const { wholeQuotients } = rewriteTokens(tokens, dialect, output);
  const behind = tokens.at(-1)?.end ?? end;
  output.copy(text.slice(behind, end), behind);
  const parsed = parsedText(output.text, output);
  const whole = new Set(wholeQuotients);
  const source = new SourceMap(output.text);
  const tree = withWholeQuotients(parsed, (location) => whole.has(source.index(location)));
  return { text: output.text, tree, output };
}

function rewrittenByTree(
  text: string,
  statement: ForeignStatement,
  dialect: ForeignDialect,
  limitMilliseconds: number,
): Rewritten & { readonly aliases: readonly (string | undefined)[] | undefined } {
  const { tokens, start, end } = statement;
  const from = tokens[0]?.start ?? end;
  const to = tokens.at(-1)?.end ?? end;
  const foreign = foreignTree(withoutParameters(text, tokens), dialect, limitMilliseconds);
  const printed = printTree(foreign, dialect);
  const whole = `${text.slice(start, from)}${printed}${text.slice(to, end)}`;
  return { text: whole, tree: parsedText(whole), aliases: aliasesOf(foreign, dialect) };
}

/** The query's own text with a name for each `$n`, which not every dialect's grammar has. */
function withoutParameters(text: string, tokens: readonly Token[]): string {
  let written = "";
  let at = tokens[0]?.start ?? 0;
  for (const token of tokens) {
    if (token.kind !== "parameter") continue;
    written += `${text.slice(at, token.start)}__millrace_parameter_${token.text.slice(1)}__`;
    at = token.end;
  }
  return written + text.slice(at, tokens.at(-1)?.end ?? 0);
}

function checkDepth(tokens: readonly Token[]): void {
  let depth = 0;
  for (const token of tokens) {
    if (isSymbol(token, "(")) depth += 1;
    if (isSymbol(token, ")")) depth -= 1;
    if (depth > MAX_PARENTHESES) throw stackDepthExceeded();
  }
}

function disagreement(
  dialect: ForeignDialect,
  byTokens: Attempt<Rewritten>,
  byTree: Attempt<Rewritten>,
  text: string,
): SqlError {
  const shown = ({ result, reason, text: refused }: Attempt<Rewritten>): string =>
    (result?.text ?? refused ?? reason ?? "").slice(0, SHOWN_CHARS);
  const detail = `Token by token: ${shown(byTokens)}\nBy its grammar: ${shown(byTree)}`;
  const both = byTokens.result !== undefined && byTree.result !== undefined;
  const hint = "Parentheses where AND meets OR, or other operators meet, make its meaning plain.";
  const reason = both
    ? "it can be read in two ways"
    : (byTokens.reason ?? byTree.reason ?? "it cannot be read");
  return dialectNotSupported(
    dialect,
    reason,
    both ? { detail, hint } : { detail },
    positionOf(text, byTokens.offset),
  );
}

const CATALOG_SCHEMAS = new Set(["pg_catalog", "information_schema"]);

/**
 * A query whose relations are all named with the schema of PostgreSQL's own catalogs is
 * PostgreSQL's, so that clients can browse whatever the dialect.
 */
function asCatalogQuery(
  text: string,
  { start, end }: ForeignStatement,
): ParsedStatement | undefined {
  if (!/pg_catalog|information_schema/i.test(text.slice(start, end))) return undefined;
  try {
    const [parsed, ...others] = parseOwn(text, start, end);
    if (parsed === undefined || others.length > 0) return undefined;
    const query = queryOf(parsed.statement);
    const relations = query === undefined ? [] : (systemMentionOf(query)?.relations ?? []);
    const all = relations.every(({ schema }) => CATALOG_SCHEMAS.has(schema ?? ""));
    return relations.length > 0 && all ? parsed : undefined;
  } catch (error) {
    if (error instanceof SqlError && error.sqlstate === "42601") return undefined;
    throw error;
  }
}

/** The query that a statement reads rows of. */
function queryOf(statement: Statement): Query | undefined {
  switch (statement.kind) {
    case "query":
      return statement;
    case "explain":
    case "prepare":
      return queryOf(statement.statement);
    case "declareCursor":
      return statement.query;
    case "copy":
      return statement.source.kind === "query" ? statement.source.query : undefined;
    default:
      return undefined;
  }
}

/** The statement with its query's meaning; the statements are those that `splitStatements` finds. */
function translated(
  statement: Statement,
  dialect: ForeignDialect,
  aliases: readonly (string | undefined)[] | undefined,
): Statement {
  const query = queryOf(statement);
  if (query === undefined) {
    throw dialectNotSupported(dialect, "it is no query", {}, statement.position);
  }
  const mention = systemMentionOf(query);
  // Its tree may stand for what could not be lowered.
  if (mention?.refusal !== undefined) throw mention.refusal;
  if (mention !== undefined && mention.relations.length > 0) {
    const hint = "Name their relations with schema pg_catalog or information_schema.";
    throw dialectNotSupported(
      dialect,
      "PostgreSQL's catalogs are asked in PostgreSQL's syntax only",
      { hint },
      query.position,
    );
  }
  const labels = labelsOf(query, aliases);
  const plain = translateQuery(query, dialect);
  const meant = labels === undefined ? plain : Object.freeze({ ...plain, labels });
  switch (statement.kind) {
    case "explain":
      return Object.freeze({
        ...statement,
        statement: translated(statement.statement, dialect, aliases),
      });
    case "prepare":
      return Object.freeze({ ...statement, statement: meant });
    case "declareCursor":
      return Object.freeze({ ...statement, query: meant });
    case "copy":
      return Object.freeze({ ...statement, source: { kind: "query" as const, query: meant } });
    default:
      return meant;
  }
}

/** The aliases where they are the columns' names but for their case, and not the same anyway. */
function labelsOf(
  query: Query,
  aliases: readonly (string | undefined)[] | undefined,
): Query["labels"] {
  const { body } = query;
  if (aliases === undefined) return undefined;
  if (body.kind === "setOperation") return labelsOf(body.left, aliases);
  if (body.kind !== "select" || body.items.length !== aliases.length) return undefined;
  const named = body.items.map(({ alias }, index) => [alias, aliases[index]] as const);
  const fits = named.every(
    ([alias, written]) => alias === written || alias === foldCase(written ?? ""),
  );
  return fits && named.some(([alias, written]) => alias !== written) ? aliases : undefined;
}
