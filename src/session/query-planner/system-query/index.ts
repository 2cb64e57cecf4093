/**
 * system-query: queries that a real PostgreSQL answers, because they ask of its own catalogs.
 *
 * Invariant: only queries, and only those that name no table of the engine, reach it; the session's
 * settings go along and nothing of them stays behind. A query of both is the engine's, with rows of the
 * catalog put in (borrow.ts). Start reading at route.ts.
 */
export { borrowed } from "./borrow.js";
export { PlannedSystemQuery, type SystemServices } from "./planned-system-query.js";
export { isEnginesOwn, isForCatalog, type RoutingScope } from "./route.js";
