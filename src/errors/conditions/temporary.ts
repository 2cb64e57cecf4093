import { SqlError, type ErrorFields } from "../sql-error.js";

type Position = ErrorFields["position"];

const REWRITE_OR_CAST = { hint: "You will need to rewrite or cast the expression." };

/** 42804: an INSERT's value cannot be assigned to its column. */
export function columnTypeMismatch(
  column: string,
  wanted: string,
  given: string,
  position: Position,
): SqlError {
  const message = `column "${column}" is of type ${wanted} but expression is of type ${given}`;
  return new SqlError("datatypeMismatch", message, REWRITE_OR_CAST).at(position);
}

/** 42804: so does a column's default. */
export function defaultTypeMismatch(column: string, wanted: string, given: string): SqlError {
  const message = `column "${column}" is of type ${wanted} but default expression is of type ${given}`;
  return new SqlError("datatypeMismatch", message, REWRITE_OR_CAST);
}

export function columnReferenceInDefault(position: Position): SqlError {
  const message = "cannot use column reference in DEFAULT expression";
  return new SqlError("featureNotSupported", message).at(position);
}

export function subqueryInDefault(position: Position): SqlError {
  const message = "cannot use subquery in DEFAULT expression";
  return new SqlError("featureNotSupported", message).at(position);
}

/** 42601: INSERT's columns and values differ in number. */
export function insertHasMore(
  what: "expressions than target columns" | "target columns than expressions",
  position: Position,
): SqlError {
  return new SqlError("syntaxError", `INSERT has more ${what}`).at(position);
}

/** 42601: a table's name list is longer than its query's columns. */
export function tooManyColumnNames(): SqlError {
  return new SqlError("syntaxError", "too many column names were specified");
}

/** 42P16: a temporary relation is to be made in a schema that all see. */
export function temporaryInPermanentSchema(position: Position): SqlError {
  const message = "cannot create temporary relation in non-temporary schema";
  return new SqlError("invalidTableDefinition", message).at(position);
}

/** 42P16: a column that no value can have. */
export function columnWithPseudoType(column: string, type: string): SqlError {
  const message = `column "${column}" has pseudo-type ${type}`;
  return new SqlError("invalidTableDefinition", message);
}

/** 55006: a cursor still reads the table. */
export function usedByActiveQueries(command: string, table: string): SqlError {
  const what = "it is being used by active queries in this session";
  return new SqlError("objectInUse", `cannot ${command} "${table}" because ${what}`);
}

/** A view over temporary relations is itself one. */
export function viewWillBeTemporary(name: string): SqlError {
  const message = `view "${name}" will be a temporary view`;
  return new SqlError("successfulCompletion", message, { severity: "NOTICE" });
}

/** COPY FROM was given up by the client. */
export function copyFailed(reason: string): SqlError {
  return new SqlError("queryCanceled", `COPY from stdin failed: ${reason}`);
}

/** 08P01: a message that does not belong into COPY's data. */
export function unexpectedDuringCopy(tag: number): SqlError {
  const shown = tag.toString(16).toUpperCase().padStart(2, "0");
  const message = `unexpected message type 0x${shown} during COPY from stdin`;
  return new SqlError("protocolViolation", message);
}

/** 08006: the client went away while it sent COPY's data. */
export function endOfInputDuringCopy(): SqlError {
  const message = "unexpected EOF on client connection with an open transaction";
  return new SqlError("connectionFailure", message);
}

/** 42809: COPY puts rows into tables only. */
export function cannotCopyToView(name: string): SqlError {
  const hint = "To enable copying to a view, provide an INSTEAD OF INSERT trigger.";
  return new SqlError("wrongObjectType", `cannot copy to view "${name}"`, { hint });
}
