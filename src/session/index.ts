/**
 * session: one connection's state and the life of its statements.
 *
 * May import all rooms to its left; sessions themselves need parser, types and plan, and ask
 * for planning and running through the interface Planner. Invariants: messages are worked on one at a time;
 * every statement runs inside a transaction, if only an implicit one; what fails is a SqlError and
 * has already ended or failed that transaction. Start reading at session.ts, then planner.ts;
 * query-planner/ implements the latter over catalog, binder, optimizer, fragments and scheduler, from
 * query-planner.ts on.
 */
export type {
  BoundParameter,
  EncodedPage,
  Format,
  PlannedQuery,
  Planner,
  ResultColumn,
  ResultPage,
  ResultStream,
  SessionIdentity,
  StatementContext,
  TextPage,
  TransactionScope,
  UtilityStatement,
} from "./planner.js";
export { andThen, attempt, type Eventual } from "./eventual.js";
export { ACTIVITY_FUNCTION, liveViews, LOCK_FUNCTION } from "./activity/live-views.js";
export type { SessionRegistry } from "./activity/session-registry.js";
export { QueryPlanner } from "./query-planner/query-planner.js";
export type { PlanningServices } from "./query-planner/services.js";
export type { CopyMessage, ReplySink, RowShape } from "./reply-sink.js";
export type { Charset } from "./encoding/charset.js";
export { Session, type PortalDescription, type StatementDescription } from "./session.js";
export type { SessionActivity } from "./activity/session-registry.js";
export type { Notification } from "./notifications/notification-hub.js";
export { SharedState, type SessionEnvironment } from "./session-state.js";
export { SettingsSnapshot, type ShownSetting } from "./settings/index.js";
export { StatementCache } from "./statement-cache.js";
export type { TransactionStatus } from "./transaction.js";
