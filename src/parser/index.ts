/**
 * parser: SQL text -> syntax tree.
 *
 * May import only errors. PostgreSQL's own grammar (a WebAssembly build of it) reads the text; its
 * tree is lowered at once, so no other room sees it. Invariants: only SqlError is thrown; positions
 * count characters from 1; names are folded and unresolved; numerals are text.
 * Start reading at parse.ts, then ast/ for the tree and lower/ for how it is made.
 */
export type * from "./ast/index.js";
export { builtQuery, builtSelect, builtTypeName, type SelectParts } from "./built-nodes.js";
export { DIALECT_SCHEMA, DIALECTS, parseIn, type Dialect } from "./dialect/index.js";
export { expressionStart } from "./expression-start.js";
export { MAX_NESTING_DEPTH } from "./lower/index.js";
export { outline } from "./outline.js";
export { outputColumnName, UNNAMED_COLUMN } from "./output-name.js";
export {
  systemMentionOf,
  type MentionedFunction,
  type MentionedRelation,
  type SystemMention,
} from "./system-mention.js";
export {
  fingerprint,
  normalize,
  initParser,
  MAX_STATEMENT_CHARS,
  parse,
  parseExpression,
  parseTypeName,
  type ParsedStatement,
} from "./parse.js";
