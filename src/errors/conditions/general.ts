import { SqlError } from "../sql-error.js";

/** 0A000: `what` in PostgreSQL's manner, for example "GROUPING SETS are not supported". */
export function featureNotSupported(what: string, position?: number): SqlError {
  return new SqlError("featureNotSupported", what).at(position);
}

/** 42601 with the given text. */
export function syntaxError(message: string, position?: number): SqlError {
  return new SqlError("syntaxError", message).at(position);
}

/** XX000. */
export function internalError(message: string): SqlError {
  return new SqlError("internalError", message);
}
