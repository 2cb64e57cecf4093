import { SQLSTATE, type ConditionName } from "../sqlstate.js";
import { SqlError, type ErrorFields } from "../sql-error.js";

const BY_SQLSTATE: ReadonlyMap<string, ConditionName> = new Map(
  Object.entries(SQLSTATE).map(([name, sqlstate]) => [sqlstate, name as ConditionName]),
);

/** What the engine reports, which words its errors itself; a code it should not know is XX000. */
export function engineError(
  sqlstate: string,
  message: string,
  fields: Pick<ErrorFields, "detail" | "hint" | "position" | "where"> = {},
): SqlError {
  const condition = BY_SQLSTATE.get(sqlstate);
  if (condition !== undefined) return new SqlError(condition, message, fields);
  return new SqlError("internalError", `${message} (code ${sqlstate})`, fields);
}

/** 57P01: asked for something after it was closed. */
export function engineClosed(): SqlError {
  return new SqlError("adminShutdown", "the engine is shut down");
}

/** 57014: the statement's rows are wanted no more; never told to a client. */
export function statementClosed(): SqlError {
  return new SqlError("queryCanceled", "the statement was closed before its end");
}

// EXPLAIN.

export function explainOptionUnknown(name: string, position: number | undefined): SqlError {
  return new SqlError("syntaxError", `unrecognized EXPLAIN option "${name}"`).at(position);
}

/** 42601, of an option of a utility statement. */
export function optionNeedsBoolean(option: string): SqlError {
  return new SqlError("syntaxError", `${option} requires a Boolean value`);
}

/** 42601, of an option of a utility statement. */
export function optionNeedsValue(option: string): SqlError {
  return new SqlError("syntaxError", `${option} requires a parameter`);
}

export function explainNeedsAnalyze(option: string): SqlError {
  const message = `EXPLAIN option ${option} requires ANALYZE`;
  return new SqlError("invalidParameterValue", message);
}

export function explainFormatUnknown(value: string, position: number | undefined): SqlError {
  const message = `unrecognized value for EXPLAIN option "format": "${value}"`;
  return new SqlError("invalidParameterValue", message).at(position);
}
