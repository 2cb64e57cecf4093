/**
 * plan: the vocabulary the frontend shares: columns, expressions, logical and physical operators.
 *
 * May import errors, env and types. Invariant: nodes are immutable and carry no decisions; a column
 * is one value of a statement, known by its id wherever it is passed along.
 * Start reading at expression/expression.ts, then operator/logical.ts.
 */
export * from "./column.js";
export * from "./expression/index.js";
export * from "./operator/index.js";
export * from "./constant-evaluator.js";
export * from "./statistics.js";
