import { SqlError, type ErrorFields } from "../sql-error.js";

const WARNING = { severity: "WARNING" } as const;
const FATAL = { severity: "FATAL" } as const;

// Settings.

export function unrecognizedParameter(name: string): SqlError {
  return new SqlError("undefinedObject", `unrecognized configuration parameter "${name}"`);
}

export function invalidParameterName(name: string): SqlError {
  return new SqlError("invalidName", `invalid configuration parameter name "${name}"`, {
    detail: "Custom parameter names must be two or more simple identifiers separated by dots.",
  });
}

export function reservedParameterPrefix(name: string, prefix: string): SqlError {
  return new SqlError("invalidName", `invalid configuration parameter name "${name}"`, {
    detail: `"${prefix}" is a reserved prefix.`,
  });
}

export function invalidParameterValue(
  name: string,
  value: string,
  fields: ErrorFields = {},
): SqlError {
  const message = `invalid value for parameter "${name}": "${value}"`;
  return new SqlError("invalidParameterValue", message, fields);
}

export function requiresBoolean(name: string): SqlError {
  return new SqlError("invalidParameterValue", `parameter "${name}" requires a Boolean value`);
}

/** `value`, `low` and `high` with their unit where they have one. */
export function parameterOutOfRange(
  name: string,
  value: string,
  low: string,
  high: string,
): SqlError {
  return new SqlError(
    "invalidParameterValue",
    `${value} is outside the valid range for parameter "${name}" (${low} .. ${high})`,
  );
}

export function takesOneArgument(name: string): SqlError {
  return new SqlError("invalidParameterValue", `SET ${name} takes only one argument`);
}

/** 0A000: a known encoding that clients cannot use here. */
export function encodingNotSupported(value: string, encoding: string): SqlError {
  return new SqlError(
    "featureNotSupported",
    `invalid value for parameter "client_encoding": "${value}"`,
    { detail: `Conversion between ${encoding} and UTF8 is not supported.` },
  );
}

/** 55P02, in the words for when the setting could be changed. */
export function cannotChangeParameter(
  name: string,
  context: "internal" | "postmaster" | "sighup" | "backend",
): SqlError {
  const reason = {
    internal: "cannot be changed",
    postmaster: "cannot be changed without restarting the server",
    sighup: "cannot be changed now",
    backend: "cannot be set after connection start",
  }[context];
  return new SqlError("cantChangeRuntimeParam", `parameter "${name}" ${reason}`);
}

export function settingNotSupported(name: string, value: string): SqlError {
  return new SqlError(
    "featureNotSupported",
    `value "${value}" of parameter "${name}" is not supported`,
  );
}

/** 22023, as SET ROLE says it. */
export function undefinedRole(name: string): SqlError {
  return new SqlError("invalidParameterValue", `role "${name}" does not exist`);
}

/** One that only superusers change. */
export function parameterDenied(name: string): SqlError {
  return new SqlError("insufficientPrivilege", `permission denied to set parameter "${name}"`);
}

export function invalidNameSyntax(): SqlError {
  return new SqlError("invalidName", "invalid name syntax");
}

export function undefinedTablespace(name: string): SqlError {
  return new SqlError("undefinedObject", `tablespace "${name}" does not exist`);
}

export function invalidStartupOption(option: string): SqlError {
  const message = `invalid command-line argument for server process: ${option}`;
  return new SqlError("syntaxError", message, {
    hint: 'Try "postgres --help" for more information.',
  });
}

// Transactions.

export function transactionInProgress(): SqlError {
  return new SqlError(
    "activeSqlTransaction",
    "there is already a transaction in progress",
    WARNING,
  );
}

export function noTransactionInProgress(): SqlError {
  return new SqlError("noActiveSqlTransaction", "there is no transaction in progress", WARNING);
}

/** `command`: "SET LOCAL", "SET TRANSACTION": done, but with no effect. */
export function uselessOutsideTransaction(command: string): SqlError {
  return new SqlError(
    "noActiveSqlTransaction",
    `${command} can only be used in transaction blocks`,
    WARNING,
  );
}

export function onlyInTransaction(command: string): SqlError {
  return new SqlError(
    "noActiveSqlTransaction",
    `${command} can only be used in transaction blocks`,
  );
}

export function notInTransaction(command: string): SqlError {
  return new SqlError("activeSqlTransaction", `${command} cannot run inside a transaction block`);
}

export function transactionAborted(): SqlError {
  return new SqlError(
    "inFailedSqlTransaction",
    "current transaction is aborted, commands ignored until end of transaction block",
  );
}

export function undefinedSavepoint(name: string): SqlError {
  return new SqlError("invalidSavepoint", `savepoint "${name}" does not exist`);
}

export function readOnlyTransaction(command: string): SqlError {
  return new SqlError(
    "readOnlySqlTransaction",
    `cannot execute ${command} in a read-only transaction`,
  );
}

export function isolationAfterQuery(): SqlError {
  return new SqlError(
    "activeSqlTransaction",
    "SET TRANSACTION ISOLATION LEVEL must be called before any query",
  );
}

export function readWriteAfterQuery(): SqlError {
  return new SqlError(
    "activeSqlTransaction",
    "transaction read-write mode must be set before any query",
  );
}

// Prepared statements and portals.

export function undefinedPreparedStatement(name: string): SqlError {
  const message =
    name === ""
      ? "unnamed prepared statement does not exist"
      : `prepared statement "${name}" does not exist`;
  return new SqlError("invalidSqlStatementName", message);
}

export function duplicatePreparedStatement(name: string): SqlError {
  return new SqlError("duplicatePreparedStatement", `prepared statement "${name}" already exists`);
}

export function undefinedPortal(name: string): SqlError {
  return new SqlError("invalidCursorName", `portal "${name}" does not exist`);
}

export function undefinedCursor(name: string): SqlError {
  return new SqlError("invalidCursorName", `cursor "${name}" does not exist`);
}

export function duplicatePortal(name: string): SqlError {
  return new SqlError("duplicateCursor", `cursor "${name}" already exists`);
}

export function emptyCursorName(): SqlError {
  return new SqlError("invalidCursorName", "invalid cursor name: must not be empty");
}

export function cursorForwardOnly(): SqlError {
  return new SqlError("objectNotInPrerequisiteState", "cursor can only scan forward", {
    hint: "Declare it with SCROLL option to enable backward scan.",
  });
}

/** 53200: rows kept for scrolling back, or beyond the end of a transaction. */
export function tooManyKeptRows(limitBytes: number): SqlError {
  return new SqlError("outOfMemory", "out of memory", {
    detail: `Cursors of all sessions may keep rows of ${String(limitBytes)} bytes together.`,
  });
}

export function cursorFormatFixed(name: string): SqlError {
  return new SqlError(
    "featureNotSupported",
    `cursor "${name}" cannot be read in another format than it was read in first`,
  );
}

export function portalCannotRun(name: string): SqlError {
  return new SqlError("objectNotInPrerequisiteState", `portal "${name}" cannot be run`);
}

export function severalCommandsPrepared(): SqlError {
  return new SqlError("syntaxError", "cannot insert multiple commands into a prepared statement");
}

export function wrongBoundParameterCount(
  statement: string,
  supplied: number,
  required: number,
): SqlError {
  return new SqlError(
    "protocolViolation",
    `bind message supplies ${String(supplied)} parameters, ` +
      `but prepared statement "${statement}" requires ${String(required)}`,
  );
}

export function wrongResultFormatCount(supplied: number, columns: number): SqlError {
  return new SqlError(
    "protocolViolation",
    `bind message has ${String(supplied)} result formats but query has ${String(columns)} columns`,
  );
}

export function subqueryInExecute(position: number | undefined): SqlError {
  return new SqlError("featureNotSupported", "cannot use subquery in EXECUTE parameter").at(
    position,
  );
}

export function wrongExecuteParameterCount(
  statement: string,
  expected: number,
  supplied: number,
): SqlError {
  return new SqlError(
    "syntaxError",
    `wrong number of parameters for prepared statement "${statement}"`,
    { detail: `Expected ${String(expected)} parameters but got ${String(supplied)}.` },
  );
}

export function undefinedType(name: string, position: number | undefined): SqlError {
  return new SqlError("undefinedObject", `type "${name}" does not exist`).at(position);
}

export function cachedPlanChangedType(): SqlError {
  return new SqlError("featureNotSupported", "cached plan must not change result type");
}

// The end of statements and sessions.

export function canceledByUser(): SqlError {
  return new SqlError("queryCanceled", "canceling statement due to user request");
}

export function canceledByTimeout(): SqlError {
  return new SqlError("queryCanceled", "canceling statement due to statement timeout");
}

export function terminatedByAdministrator(): SqlError {
  return new SqlError(
    "adminShutdown",
    "terminating connection due to administrator command",
    FATAL,
  );
}

export function connectionLost(): SqlError {
  return new SqlError("connectionFailure", "connection to client lost");
}

export function idleInTransactionTimeout(): SqlError {
  return new SqlError(
    "idleInTransactionSessionTimeout",
    "terminating connection due to idle-in-transaction timeout",
    FATAL,
  );
}

export function idleSessionTimeout(): SqlError {
  return new SqlError(
    "idleSessionTimeout",
    "terminating connection due to idle-session timeout",
    FATAL,
  );
}
