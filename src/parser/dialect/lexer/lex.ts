import { Refusal } from "../refusal.js";
import type { LexicalRules } from "./rules.js";
import type { Token, TokenKind } from "./token.js";

const SPACE = /[ \t\r\n\f\v]*/y;
const WORD = /[\p{L}_][\p{L}\p{M}\p{Nd}_$]*/uy;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const PARAMETER = /\$\d+/y;
const DOLLAR_QUOTE = /\$(?:[A-Za-z_]\w*)?\$/y;
/** Longest first. */
const SYMBOL = /<=>|!==|<=|>=|<>|!=|==|\|\||&&|::|:=|=>|->>|->|<<|>>|[^\s]/y;

/**
 * The next token at or after an offset, or undefined at the end. Throws Refusal where a token does
 * not end, or is written in a way that is not read.
 */
export function nextToken(text: string, offset: number, rules: LexicalRules): Token | undefined {
  const start = skipBlanks(text, offset, rules);
  if (start >= text.length) return undefined;
  const quoted = quotedToken(text, start, rules);
  if (quoted !== undefined) return quoted;
  const number = matchAt(NUMBER, text, start);
  if (number !== undefined) {
    const end = start + number.length;
    if (matchAt(WORD, text, end) !== undefined) throw new Refusal(`"${number}…" is unclear`, start);
    return token("number", text, start, end, number);
  }
  const parameter = matchAt(PARAMETER, text, start);
  if (parameter !== undefined) return token("parameter", text, start, start + parameter.length);
  const word = matchAt(WORD, text, start);
  if (word !== undefined) {
    return token("word", text, start, start + word.length, foldCase(word));
  }
  const symbol = matchAt(SYMBOL, text, start) ?? text.charAt(start);
  return token("symbol", text, start, start + symbol.length);
}

/** As PostgreSQL folds: ASCII letters only. */
export function foldCase(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** A string's or name's inside with doubled quotes and escapes resolved. */
export function unquoted(
  body: string,
  quote: string,
  rules: LexicalRules,
  offset?: number,
): string {
  const { backslash, doubledQuotes, unknownEscapes } = rules;
  let value = "";
  for (let at = 0; at < body.length; at += 1) {
    const char = body.charAt(at);
    if (char === quote && doubledQuotes) at += 1;
    if (char !== "\\" || backslash === "plain") {
      value += char;
      continue;
    }
    if (backslash === "refused") throw new Refusal("a backslash in a string is unclear", offset);
    at += 1;
    const escaped = body.charAt(at);
    const known = Object.hasOwn(backslash, escaped) ? backslash[escaped] : undefined;
    if (known === undefined && (!unknownEscapes || /[0\s]/.test(escaped) || escaped === "")) {
      throw new Refusal(`the escape \\${escaped} is not read`, offset);
    }
    value += known ?? escaped;
  }
  return value;
}

function token(
  kind: TokenKind,
  text: string,
  start: number,
  end: number,
  value = text.slice(start, end),
): Token {
  return { kind, text: text.slice(start, end), value, start, end };
}

function matchAt(pattern: RegExp, text: string, offset: number): string | undefined {
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0];
}

function skipBlanks(text: string, offset: number, rules: LexicalRules): number {
  let at = offset;
  for (;;) {
    at += matchAt(SPACE, text, at)?.length ?? 0;
    if (rules.lineComments.some((mark) => text.startsWith(mark, at)) || isLastDashes(text, at)) {
      const end = text.indexOf("\n", at);
      at = end < 0 ? text.length : end;
    } else if (text.startsWith("/*", at)) {
      at = endOfComment(text, at, rules);
    } else {
      return at;
    }
  }
}

/** A comment mark that wants a blank behind it may also end the text. */
function isLastDashes(text: string, at: number): boolean {
  return at === text.length - 2 && text.endsWith("--");
}

function endOfComment(text: string, start: number, rules: LexicalRules): number {
  if (/^\/\*[!+M]/.test(text.slice(start, start + 3))) {
    throw new Refusal("a comment that is executed or a hint is not read", start);
  }
  let depth = 0;
  const marks = /\/\*|\*\//g;
  marks.lastIndex = start;
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    if (mark[0] === "*/") depth -= 1;
    else if (depth === 0 || rules.nestedComments) depth += 1;
    if (depth === 0) return marks.lastIndex;
  }
  throw new Refusal("unterminated /* comment", start);
}

function quotedToken(text: string, start: number, rules: LexicalRules): Token | undefined {
  const first = text.charAt(start);
  const closing = Object.hasOwn(rules.nameQuotes, first) ? rules.nameQuotes[first] : undefined;
  if (closing !== undefined) {
    const names = { ...rules, backslash: "plain", doubledQuotes: true } as const;
    const end = endOfQuoted(text, start + 1, closing, names);
    const name = unquoted(text.slice(start + 1, end - 1), closing, names);
    if (name === "") throw new Refusal("zero-length delimited identifier", start);
    if (name.includes("\\")) throw new Refusal("a backslash in a name is unclear", start);
    return token("name", text, start, end, name);
  }
  if (rules.stringQuotes.includes(first)) return stringToken(text, start, start, rules);
  const quote = text.charAt(start + 1);
  if (quote === "" || !rules.stringQuotes.includes(quote) || !/[A-Za-z]/.test(first)) {
    return dollarQuoted(text, start, rules);
  }
  if (rules.plainPrefixes.includes(first)) return stringToken(text, start, start + 1, rules);
  if (rules.escapePrefixes.includes(first)) {
    const escaping = { ...rules, backslash: {}, unknownEscapes: true };
    return stringToken(text, start, start + 1, escaping);
  }
  if (rules.rawPrefixes.includes(first)) {
    const raw = stringToken(text, start, start + 1, { ...rules, backslash: "plain" });
    // There a backslash still keeps a quote from ending the string.
    if (raw.value.endsWith("\\")) throw new Refusal("the raw string is unclear", start);
    return raw;
  }
  throw new Refusal(`a string with the prefix ${first} is not read`, start);
}

function stringToken(text: string, start: number, open: number, rules: LexicalRules): Token {
  const quote = text.charAt(open);
  if (!rules.doubledQuotes && text.startsWith(quote.repeat(3), open)) {
    throw new Refusal("a triple-quoted string is not read", start);
  }
  const end = endOfQuoted(text, open + 1, quote, rules);
  const value = unquoted(text.slice(open + 1, end - 1), quote, rules, start);
  return token("string", text, start, end, value);
}

function endOfQuoted(text: string, from: number, quote: string, rules: LexicalRules): number {
  for (let at = from; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === "\\" && rules.backslash !== "plain") at += 1;
    else if (char === quote) {
      if (!rules.doubledQuotes || text.charAt(at + 1) !== quote) return at + 1;
      at += 1;
    }
  }
  throw new Refusal("unterminated quoted string", from - 1);
}

function dollarQuoted(text: string, start: number, rules: LexicalRules): Token | undefined {
  const mark = matchAt(DOLLAR_QUOTE, text, start);
  if (mark === undefined) return undefined;
  if (!rules.dollarQuotes) throw new Refusal("a dollar-quoted string is not read", start);
  const end = text.indexOf(mark, start + mark.length);
  if (end < 0) throw new Refusal("unterminated dollar-quoted string", start);
  const value = text.slice(start + mark.length, end);
  return token("string", text, start, end + mark.length, value);
}
