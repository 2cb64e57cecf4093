/**
 * dialect: queries in other dialects of SQL -> the tree of what they mean.
 *
 * May import the rest of the parser and, lazily, node-sql-parser. Two rewriters that share no
 * structure make PostgreSQL text of a query: foreign-tree/ prints node-sql-parser's tree with every
 * operand in parentheses, tokens/ rewrites token by token. Invariant: a query runs only if both texts
 * parse to one tree, and meaning/ has every construct of it on the dialect's list, with what it means
 * there. node-sql-parser alone is never believed. Start reading at parse-dialect.ts, then
 * meaning/dialects/ for what is read.
 */
export { DIALECT_SCHEMA, DIALECTS, type Dialect } from "./names.js";
export { MAX_DIALECT_CHARS, parseIn } from "./parse-dialect.js";
