/**
 * The syntax tree: what was written, with names unresolved and numerals as text.
 *
 * Imports nothing. Invariant: nodes are frozen, and no node of the grammar library leaks into them.
 * A field that may be absent is present with `undefined`, so that nodes of a kind share one shape.
 * Start reading at statement.ts.
 */
export type * from "./access-statement.js";
export type * from "./expression.js";
export type * from "./literal.js";
export type * from "./position.js";
export type * from "./select.js";
export type * from "./statement.js";
export type * from "./table-statement.js";
export type * from "./type-name.js";
