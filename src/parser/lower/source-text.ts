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
