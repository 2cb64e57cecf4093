/**
 * lexer: texts of all dialects as tokens, by a table of how each writes names, strings and comments.
 *
 * May import only names and refusal. Invariant: what is not sure to end where it seems to is a
 * Refusal, so that no token is taken for part of another. Start reading at rules.ts.
 */
export { foldCase, nextToken, unquoted } from "./lex.js";
export { LEXICAL_RULES, type LexicalRules } from "./rules.js";
export { isSymbol, isWord, type Token } from "./token.js";
