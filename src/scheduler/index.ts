/**
 * scheduler: a query's fragments as tasks on executors.
 *
 * May import what stands left of it except executor and engine: it knows executors through cluster's
 * ExecutorLink. Invariants: deciding is a pure function, event in, new state and commands out; a
 * fragment starts when all it reads is complete; the first failure is the query's; a query ends only
 * when none of its tasks runs. Start reading at step.ts, then query-run.ts.
 */
export { QueryRun } from "./query-run.js";
export { newQuery, type FragmentNode, type QueryCommand, type QueryEvent } from "./query-state.js";
export { step } from "./step.js";
