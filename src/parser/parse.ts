import type { Node, ParseResult, RawStmt, SelectStmt } from "libpg-query";
import type { Expression, Statement, TypeName } from "./ast/index.js";
import {
  invalidTypeName,
  nulInStatement,
  SqlError,
  stackDepthExceeded,
  statementTooLong,
  syntaxError,
} from "../errors/index.js";
import { fingerprintRaw, initGrammar, normalizeRaw, parseRaw } from "./grammar/instance.js";
import { bodyIf } from "./grammar/node.js";
import { newLowering } from "./lower/index.js";
import { SourceMap } from "./source-map.js";

/** Longest text that is parsed. Parsing takes up to 1 µs a character, on the caller's thread. */
export const MAX_STATEMENT_CHARS = 2 ** 21;

/** One statement of a text. */
export interface ParsedStatement {
  readonly statement: Statement;
  /** From its first token up to the semicolon, trimmed. */
  readonly text: string;
  /** Where `text` starts in the whole, in UTF-16 units from 0. */
  readonly start: number;
}

/** Loads the grammar (some 30 ms, once); to be awaited before any other function here. */
export async function initParser(): Promise<void> {
  await initGrammar();
}

/**
 * The statements of a text, none if it holds only blanks, comments and semicolons. Positions in
 * nodes and errors count characters of the whole text from 1. Throws SqlError only: 42601 and its kin as
 * PostgreSQL words them, 0A000, 54000 (too long), 54001 (nested too deeply).
 */
export function parse(sql: string): readonly ParsedStatement[] {
  checkText(sql);
  if (sql === "") return [];
  const source = new SourceMap(sql);
  const statements = parseRaw(sql).stmts ?? [];
  return Object.freeze(statements.map((raw) => lowerRaw(raw, source)));
}

/** One expression, as in a select list; positions count from the expression's start. */
export function parseExpression(text: string): Expression {
  const { target, source } = parseOnlyTarget(SELECT_PREFIX, text, "");
  if (target === undefined) throw syntaxError(`invalid expression "${text}"`);
  return guardStack(() => newLowering(source, text).expression(target));
}

/** A type's name as SQL writes it, such as `numeric(12,2)[]`; positions count from its start. */
export function parseTypeName(text: string): TypeName {
  const { target, source } = parseOnlyTarget(CAST_PREFIX, text, CAST_SUFFIX);
  const cast = bodyIf("TypeCast", target);
  const isNull = bodyIf("A_Const", cast?.arg)?.isnull === true;
  if (target === undefined || cast?.location !== CAST_LOCATION || !isNull) {
    throw invalidTypeName(text);
  }
  const expression = guardStack(() => newLowering(source, text).expression(target));
  if (expression.kind !== "cast") throw invalidTypeName(text);
  return expression.type;
}

/**
 * 16 hexadecimal digits, equal for texts which differ only in constants, aliases and layout.
 * For grouping statistics; too coarse to be a plan's key.
 */
export function fingerprint(sql: string): string {
  checkText(sql);
  const text = sql === "" ? " " : sql;
  parseRaw(text);
  return fingerprintRaw(text);
}

/** The text with `$1`, `$2`, … for its constants, as statistics show statements that differ in them. */
export function normalize(sql: string): string {
  checkText(sql);
  const text = sql === "" ? " " : sql;
  parseRaw(text);
  return normalizeRaw(text);
}

const SELECT_PREFIX = "SELECT ";
const CAST_LOCATION = SELECT_PREFIX.length;
const CAST_PREFIX = `${SELECT_PREFIX}CAST(NULL AS `;
/** The line break ends a `--` comment in the user's text. */
const CAST_SUFFIX = "\n)";

/** The text's single bare select item, or undefined if the text is more (or less) than that. */
function parseOnlyTarget(
  prefix: string,
  text: string,
  suffix: string,
): { readonly target: Node | undefined; readonly source: SourceMap } {
  checkText(text);
  const whole = `${prefix}${text}${suffix}`;
  const source = new SourceMap(whole, prefix.length);
  return { target: onlyTarget(shifted(() => parseRaw(whole), prefix.length)), source };
}

function onlyTarget(result: ParseResult): Node | undefined {
  const [statement, ...rest] = result.stmts ?? [];
  const select = bodyIf("SelectStmt", statement?.stmt);
  if (select === undefined || rest.length > 0 || !isBare(select)) return undefined;
  const [item, ...others] = select.targetList ?? [];
  const target = bodyIf("ResTarget", item);
  return others.length > 0 || target?.name !== undefined ? undefined : target?.val;
}

/** A SELECT that is nothing but its list. */
function isBare(select: SelectStmt): boolean {
  const { targetList, limitOption, op, ...clauses } = select;
  return targetList !== undefined && op === "SETOP_NONE" && Object.keys(clauses).length === 0;
}

/** An error's position without the prefix. */
function shifted<T>(work: () => T, prefix_chars: number): T {
  try {
    return work();
  } catch (error) {
    const position = error instanceof SqlError ? error.fields.position : undefined;
    if (!(error instanceof SqlError) || position === undefined) throw error;
    const { position: _hidden, ...fields } = error.fields;
    const visible = position - prefix_chars;
    Object.assign(error, { fields: visible > 0 ? { ...fields, position: visible } : fields });
    throw error;
  }
}

/** One statement of the grammar's tree; for texts that were parsed otherwise than by `parse`. */
export function lowerRaw(raw: RawStmt, source: SourceMap): ParsedStatement {
  const start_byte = raw.stmt_location ?? 0;
  const length_bytes = raw.stmt_len ?? 0;
  const from = source.index(start_byte);
  const to = length_bytes === 0 ? source.text.length : source.index(start_byte + length_bytes);
  const slice = source.text.slice(from, to);
  const text = slice.trim();
  const start = from + (slice.length - slice.trimStart().length);
  const node = raw.stmt ?? {};
  const statement = guardStack(() => newLowering(source, text, start).statement(node as Node));
  return Object.freeze({ statement, text, start });
}

/** The depth limit comes first unless the caller's own stack is nearly full already. */
function guardStack<T>(lower: () => T): T {
  try {
    return lower();
  } catch (error) {
    throw error instanceof RangeError ? stackDepthExceeded() : error;
  }
}

/** Throws for a text that is too long or holds a zero byte. */
export function checkText(text: string): void {
  if (text.length > MAX_STATEMENT_CHARS) throw statementTooLong(text.length, MAX_STATEMENT_CHARS);
  const nul = text.indexOf("\0");
  if (nul >= 0) throw nulInStatement([...text.slice(0, nul)].length + 1);
}
