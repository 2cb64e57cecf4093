/**
 * binder: syntax tree + catalog snapshot -> typed logical plan, by PostgreSQL's rules.
 *
 * May import errors, env, types, plan, functions, catalog and parser. Two steps: `loadSnapshot`
 * collects the names a statement mentions and awaits one immutable snapshot; `bindQuery` is then
 * synchronous and pure. Invariants: names, types and overloads are settled here and nowhere later;
 * a column id is made by one operator; correlated columns simply appear in inner plans.
 * Start reading at bind.ts, then scope.ts, query/select.ts and expression/bind-expression.ts.
 */
export { bindInsert, boundDefault, type InsertTarget } from "./bind-insert.js";
export { bindQuery, newBinding, type BoundStatement } from "./bind.js";
export type { RelationAccess } from "./relation-accesses.js";
export { coerceToTarget } from "./coerce.js";
export { printExpression, printPlan } from "./print-plan.js";
export { loadSnapshot, snapshotRequest } from "./relation-names.js";
export type { BindContext, SchemaRights } from "./statement-binding.js";
export { bindTypeName, isAbsentType } from "./type-names.js";
