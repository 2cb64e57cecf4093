import type { ConditionName } from "../sqlstate.js";
import { SqlError } from "../sql-error.js";

/** 0A000 for what the grammar reads but Millrace does not do; `construct` is its SQL spelling. */
export function constructNotSupported(construct: string, position?: number): SqlError {
  return new SqlError("featureNotSupported", `${construct} is not supported`).at(position);
}

/** 0A000 for FOR UPDATE and its kin: nothing here can be locked by row. */
export function rowLockingNotSupported(strength: string, position?: number): SqlError {
  return new SqlError("featureNotSupported", `${strength} is not supported`, {
    detail: "Tables are read from files, whose rows cannot be locked.",
  }).at(position);
}

/** What the grammar itself rejects, in its own words; most are 42601. */
export function grammarError(
  condition: ConditionName,
  message: string,
  hint: string | undefined,
  position: number | undefined,
): SqlError {
  return new SqlError(condition, message, hint === undefined ? {} : { hint }).at(position);
}

/** 42601 for `$1x`. */
export function junkAfterParameter(token: string, position: number | undefined): SqlError {
  const message = `trailing junk after parameter at or near "${token}"`;
  return new SqlError("syntaxError", message).at(position);
}

/** 54000. */
export function statementTooLong(length_chars: number, limit_chars: number): SqlError {
  return new SqlError("programLimitExceeded", "statement is too long", {
    detail: `The text has ${length_chars} characters; the limit is ${limit_chars}.`,
  });
}

/** 54001, PostgreSQL's wording for what is nested too deeply. */
export function stackDepthExceeded(position?: number): SqlError {
  return new SqlError("statementTooComplex", "stack depth limit exceeded", {
    hint: "Nest fewer expressions, subqueries and joins in one another.",
  }).at(position);
}

/** 53200: the grammar's memory did not suffice for the statement. */
export function parserOutOfMemory(): SqlError {
  return new SqlError("outOfMemory", "out of memory", { detail: "Failed while parsing." });
}

/** 53000: two statements in a row broke the grammar's instance, and its successor is not up yet. */
export function parserRestarting(): SqlError {
  return new SqlError("insufficientResources", "the parser is restarting", {
    hint: "Send the statement again.",
  });
}

/** 22021: a NUL cannot be part of a statement. */
export function nulInStatement(position: number): SqlError {
  const message = 'invalid byte sequence for encoding "UTF8": 0x00';
  return new SqlError("characterNotInRepertoire", message).at(position);
}

/** 42601: DEFAULT outside INSERT and UPDATE. */
export function defaultNotAllowedHere(position?: number): SqlError {
  const message = "DEFAULT is not allowed in this context";
  return new SqlError("syntaxError", message).at(position);
}

/** 42601: INTO in a query that is not a statement of its own. */
export function selectIntoNotAllowed(position?: number): SqlError {
  return new SqlError("syntaxError", "SELECT ... INTO is not allowed here").at(position);
}

/** 42601: INTO behind a UNION, INTERSECT or EXCEPT. */
export function selectIntoNotFirst(position?: number): SqlError {
  const message = "INTO is only allowed on first SELECT of UNION/INTERSECT/EXCEPT";
  return new SqlError("syntaxError", message).at(position);
}

/** 42601: `t(1 + 1)` where a type's modifier belongs. */
export function typeModifierNotConstant(position?: number): SqlError {
  const message = "type modifiers must be simple constants or identifiers";
  return new SqlError("syntaxError", message).at(position);
}

/** 0A000: a type's name with a database part; PostgreSQL gives no position. */
export function crossDatabaseTypeName(names: readonly string[]): SqlError {
  const message = `cross-database references are not implemented: ${names.join(".")}`;
  return new SqlError("featureNotSupported", message);
}

/** 42601: a type's name with four parts or more; PostgreSQL gives no position. */
export function improperTypeName(names: readonly string[]): SqlError {
  const message = `improper qualified name (too many dotted names): ${names.join(".")}`;
  return new SqlError("syntaxError", message);
}

/** 22P02: B'102' or X'1G'. */
export function invalidBitDigit(digit: string, radix: string, position?: number): SqlError {
  const message = `"${digit}" is not a valid ${radix} digit`;
  return new SqlError("invalidTextRepresentation", message).at(position);
}

/** 42601 for the text of a type name that is none. */
export function invalidTypeName(text: string): SqlError {
  return new SqlError("syntaxError", `invalid type name "${text}"`);
}

/** DECLARE with options that exclude each other. */
export function contradictingCursorOptions(one: string, other: string): SqlError {
  return new SqlError("invalidCursorDefinition", `cannot specify both ${one} and ${other}`);
}
