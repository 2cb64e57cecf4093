import { SqlError } from "../sql-error.js";

/** 0A000 for what a session's dialect may say but is not sure to mean the same here. */
export function dialectNotSupported(
  dialect: string,
  reason: string,
  fields: { readonly detail?: string; readonly hint?: string } = {},
  position?: number,
): SqlError {
  const message = `statement is not supported in dialect ${dialect}: ${reason}`;
  return new SqlError("featureNotSupported", message, fields).at(position);
}

/** 54001 for what takes too long to read. */
export function statementTooComplex(): SqlError {
  return new SqlError("statementTooComplex", "statement is too complex", {
    detail: "It takes too long to read in the session's dialect.",
  });
}
