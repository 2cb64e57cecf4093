/**
 * pgwire: the Postgres protocol, from sockets to sessions.
 *
 * May import all rooms to its left; it needs env, errors and session. Invariants: one message is worked
 * on at a time; a step's outcome is the next state; bytes held for a client and from it are bounded;
 * every error reaches the client as PostgreSQL would say it. Start reading at connection.ts.
 */
export { FRAME_LIMITS } from "./codec/index.js";
export { WireServer, type WireServerOptions } from "./server.js";
export { AccessPolicy } from "./auth/access-policy.js";
export { NO_LOGINS, type LoginRole, type Logins } from "./auth/logins.js";
export { parseNameMaps } from "./auth/rules/name-map.js";
export { parseRules } from "./auth/rules/parse-rules.js";
export { RuleFileError, type ListFile } from "./auth/rules/tokens.js";
export { ALPN_PROTOCOL } from "./connection.js";
