import { invariant } from "../../errors/index.js";
import { scanRaw } from "../grammar/instance.js";
import { SourceMap } from "../source-map.js";
import type { Lowering } from "./context.js";

/**
 * The statement's text behind the first occurrence of a reserved word outside parentheses: the
 * query of CREATE VIEW and PREPARE (`as`) and of DECLARE (`for`). The grammar does not say where a
 * query starts, and its first node may stand behind any number of opening parentheses.
 */
export function textAfterKeyword(keyword: "as" | "for", context: Lowering): string {
  const statement = context.statementText;
  const source = new SourceMap(statement);
  let depth = 0;
  for (const token of scanRaw(statement)) {
    if (token.text === "(") depth += 1;
    if (token.text === ")") depth -= 1;
    const isKeyword =
      token.keywordName === "RESERVED_KEYWORD" && token.text.toLowerCase() === keyword;
    if (isKeyword && depth === 0) return statement.slice(source.index(token.end)).trim();
  }
  invariant(false, `statement without ${keyword}`);
}

/** Words that begin a query: a parenthesis before one of them is the query's. */
const QUERY_STARTS = new Set(["select", "values", "with", "table", "("]);

/** The query of EXPLAIN, behind its options. */
export function textAfterExplain(context: Lowering): string {
  const statement = context.statementText;
  const tokens = tokensOf(statement);
  let at = 1;
  const wordAt = (index: number): string => tokens[index]?.text.toLowerCase() ?? "";
  if (wordAt(at) === "(" && !QUERY_STARTS.has(wordAt(at + 1))) {
    at = closing(tokens, at) + 1;
  } else {
    if (wordAt(at) === "analyze" || wordAt(at) === "analyse") at += 1;
    if (wordAt(at) === "verbose") at += 1;
  }
  const end = tokens[at - 1]?.end ?? 0;
  return statement.slice(new SourceMap(statement).index(end)).trim();
}

/** The query that COPY has in parentheses. */
export function textInParentheses(context: Lowering): string {
  const statement = context.statementText;
  const tokens = tokensOf(statement);
  const open = tokens.findIndex(({ text }) => text === "(");
  const [from, to] = [tokens[open], tokens[closing(tokens, open)]];
  invariant(from !== undefined && to !== undefined, "a query in parentheses");
  const source = new SourceMap(statement);
  return statement.slice(source.index(from.end), source.index(to.start)).trim();
}

type Token = ReturnType<typeof scanRaw>[number];

function tokensOf(statement: string): readonly Token[] {
  return scanRaw(statement).filter(({ text }) => !/^(--|\/\*)/.test(text));
}

/** The parenthesis that closes the one at `open`. */
function closing(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at += 1) {
    if (tokens[at]?.text === "(") depth += 1;
    if (tokens[at]?.text === ")") depth -= 1;
    if (depth === 0) return at;
  }
  return tokens.length - 1;
}
