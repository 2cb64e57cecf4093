/**
 * fragments: a physical plan as the message that executors read (engine-native/plan/fragment.proto).
 *
 * May import errors, env, types, plan, functions, catalog and optimizer. Invariant: what leaves here
 * was verified: every ordinal is in range, types agree, exchanges are written before they are read.
 * Start reading at build-query.ts.
 */
export {
  buildFragments,
  buildQuery,
  isConstantQuery,
  querySettings,
  type CopyFormat,
  type QuerySettings,
  type ResultColumns,
} from "./build-query.js";
export { verifyQuery } from "./verify-query.js";
export { QuerySchema, type Query } from "./generated/fragment_pb.js";
export { constantBytes, settingsBytes, typeBytes } from "./constant-messages.js";
export {
  copyInputBytes,
  tableShapeBytes,
  type CopyInput,
  type CopyInputColumn,
  type ShapeColumn,
} from "./session-table-messages.js";
export { fragmentGraph, type FragmentFacts } from "./fragment-graph.js";
