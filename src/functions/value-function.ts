import type { Expression } from "../plan/index.js";
import { sqlType, type TypeName } from "../types/index.js";
import { callOp, integer, literal } from "./construct.js";
import type { SessionInfo } from "./session-info.js";

/** Time functions written without parentheses: operation, type, and the rounding to `(p)`. */
const TIMES = {
  current_date: { op: "current_date", type: "date", rounding: undefined },
  current_timestamp: { op: "now", type: "timestamptz", rounding: "timestamp_scale" },
  localtime: { op: "localtime", type: "time", rounding: "time_scale" },
  localtimestamp: { op: "localtimestamp", type: "timestamp", rounding: "timestamp_scale" },
} as const;

export type TimeFunctionName = keyof typeof TIMES;

/** CURRENT_DATE, CURRENT_TIMESTAMP(p), LOCALTIME(p), LOCALTIMESTAMP(p). */
export function timeFunction(name: TimeFunctionName, precision: number | undefined): Expression {
  const { op, type, rounding } = TIMES[name];
  const stable = { fallible: false, volatility: "stable" } as const;
  const value = callOp(op, [], { type: sqlType(type), ...stable });
  if (precision === undefined || rounding === undefined) return value;
  return callOp(rounding, [value, integer(precision)], {
    type: sqlType(type, precision),
    ...stable,
  });
}

/** CURRENT_USER and its kin: names known to the session. */
export function sessionName(
  name:
    | "current_role"
    | "current_user"
    | "user"
    | "session_user"
    | "current_catalog"
    | "current_schema",
  session: SessionInfo,
): Expression {
  const type = sqlType("name" satisfies TypeName);
  switch (name) {
    case "current_catalog":
      return literal(session.currentDatabase, type);
    case "current_schema":
      return literal(session.currentSchema, type);
    case "session_user":
      return literal(session.sessionUser, type);
    case "current_role":
    case "current_user":
    case "user":
      return literal(session.currentUser, type);
  }
}
