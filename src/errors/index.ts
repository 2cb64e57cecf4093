/**
 * errors: every way a statement can fail.
 *
 * May import nothing. Invariant: what leaves the server as an ErrorResponse is a SqlError made by one
 * of the constructors in `conditions/`, so that a condition has one SQLSTATE and one wording.
 * Start reading at sql-error.ts.
 */
export { SqlError, type ErrorFields, type Severity } from "./sql-error.js";
export { SQLSTATE, type ConditionName } from "./sqlstate.js";
export { invariant, unreachable } from "./invariant.js";
export * from "./conditions/index.js";
