/**
 * lower: the grammar library's tree -> our own, a table of handlers by node type.
 *
 * May import ast, grammar and errors. Invariant: every node becomes a node of `ast/` or an 0A000
 * that names it; absent fields mean their defaults. Files here form no import cycle: recursion goes
 * through the `Lowering` context. Start reading at context.ts, then statement.ts and expression.ts.
 */
import type { SourceMap } from "../source-map.js";
import { Lowering, type LoweringRules } from "./context.js";
import { lowerExpression } from "./expression.js";
import { lowerOrderItem, lowerQuery } from "./select.js";
import { lowerStatement } from "./statement.js";

export { MAX_NESTING_DEPTH, type Lowering } from "./context.js";

const RULES: LoweringRules = {
  expression: lowerExpression,
  query: lowerQuery,
  orderItem: lowerOrderItem,
  statement: lowerStatement,
};

/** A fresh context for one statement of a text. `statementText` is that statement's own slice. */
export function newLowering(source: SourceMap, statementText: string, start = 0): Lowering {
  return new Lowering(source, statementText, RULES, start);
}
