/**
 * cost: how many rows a plan has and how much work it is, estimated from the tables' statistics.
 *
 * Estimates are deterministic and never vouch for anything: they choose among plans that are all
 * right. Start reading at estimator.ts.
 */
export { type ColumnEstimate, type Estimate } from "./estimate.js";
export { Estimator, filteredBy, groupCount, joinEstimate } from "./estimator.js";
export { equalitySelectivity, joinSelectivity, type KeyDistinct } from "./join-selectivity.js";
export { selectivity } from "./selectivity.js";
export { widthOf } from "./width.js";
