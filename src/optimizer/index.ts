/**
 * optimizer: a bound logical plan to the physical plan that should cost least.
 *
 * May import errors, env, types, plan, functions, catalog, parser and binder. Invariant: rules keep
 * the rows, and no query is refused for want of an optional rule; statistics choose among right
 * plans and never vouch for one. Start reading at optimize.ts, then rule-list.ts.
 */
export {
  DEFAULT_OPTIMIZER_SETTINGS,
  optimize,
  type OptimizedQuery,
  type OptimizerContext,
  type OptimizerSettings,
} from "./optimize.js";
export type { ExchangeMode } from "./physical/context.js";
export { OPTIONAL_RULES } from "./rule-list.js";
