import { SqlError } from "../sql-error.js";

type Position = number | undefined;

const CASTS_HINT = "You might need to add explicit type casts.";

/** `signature` is `integer + text`, or `- text`. */
export function undefinedOperator(
  signature: string,
  operands: 1 | 2,
  position: Position,
): SqlError {
  const hint =
    operands === 1
      ? "No operator matches the given name and argument type. You might need to add an explicit type cast."
      : `No operator matches the given name and argument types. ${CASTS_HINT}`;
  const message = `operator does not exist: ${signature}`;
  return new SqlError("undefinedFunction", message, { hint }).at(position);
}

export function ambiguousOperator(signature: string, position: Position): SqlError {
  return new SqlError("ambiguousFunction", `operator is not unique: ${signature}`, {
    hint: `Could not choose a best candidate operator. ${CASTS_HINT}`,
  }).at(position);
}

/** `signature` is `lower(integer)`. */
export function undefinedFunction(signature: string, position: Position): SqlError {
  return new SqlError("undefinedFunction", `function ${signature} does not exist`, {
    hint: `No function matches the given name and argument types. ${CASTS_HINT}`,
  }).at(position);
}

export function ambiguousFunction(signature: string, position: Position): SqlError {
  return new SqlError("ambiguousFunction", `function ${signature} is not unique`, {
    hint: `Could not choose a best candidate function. ${CASTS_HINT}`,
  }).at(position);
}

/** DISTINCT, FILTER, ORDER BY, `*` or WITHIN GROUP given to what is not an aggregate. */
export function notAnAggregate(modifier: string, name: string, position: Position): SqlError {
  const message = `${modifier} specified, but ${name} is not an aggregate function`;
  return new SqlError("wrongObjectType", message).at(position);
}

export function notAWindowFunction(name: string, position: Position): SqlError {
  const message = `OVER specified, but ${name} is not a window function nor an aggregate function`;
  return new SqlError("wrongObjectType", message).at(position);
}

export function notAnOrderedSetAggregate(name: string, position: Position): SqlError {
  const message = `${name} is not an ordered-set aggregate, so it cannot have WITHIN GROUP`;
  return new SqlError("wrongObjectType", message).at(position);
}

export function starNeeded(name: string, position: Position): SqlError {
  const message = `${name}(*) must be used to call a parameterless aggregate function`;
  return new SqlError("wrongObjectType", message).at(position);
}

export function distinctAggregateOrder(position: Position): SqlError {
  const message =
    "in an aggregate with DISTINCT, ORDER BY expressions must appear in argument list";
  return new SqlError("invalidColumnReference", message).at(position);
}

export function indeterminatePolymorphic(): SqlError {
  const message = "could not determine polymorphic type because input has type unknown";
  return new SqlError("datatypeMismatch", message);
}

export function duplicateArgumentName(name: string, position: Position): SqlError {
  const message = `argument name "${name}" used more than once`;
  return new SqlError("syntaxError", message).at(position);
}

export function positionalAfterNamed(position: Position): SqlError {
  const message = "positional argument cannot follow named argument";
  return new SqlError("syntaxError", message).at(position);
}

const MOVE_SET = "You might be able to move the set-returning function into a LATERAL FROM item.";

/** A set-returning function in a clause that takes single values. */
export function setsNotAllowed(place: string, position: Position): SqlError {
  const message = `set-returning functions are not allowed in ${place}`;
  return new SqlError("featureNotSupported", message).at(position);
}

/** The same in a construct that evaluates its parts on condition: CASE, COALESCE. */
export function setsNotAllowedInConstruct(construct: string, position: Position): SqlError {
  const message = `set-returning functions are not allowed in ${construct}`;
  return new SqlError("featureNotSupported", message, { hint: MOVE_SET }).at(position);
}

export function setsBelowTopOfFrom(position: Position): SqlError {
  const message = "set-returning functions must appear at top level of FROM";
  return new SqlError("featureNotSupported", message).at(position);
}

export function setsInAggregate(position: Position): SqlError {
  const message = "aggregate function calls cannot contain set-returning function calls";
  return new SqlError("featureNotSupported", message, { hint: MOVE_SET }).at(position);
}

export function rowComparisonOfSet(position: Position): SqlError {
  const message = "row comparison operator must not return a set";
  return new SqlError("datatypeMismatch", message).at(position);
}

export function argumentReturnsSet(construct: string, position: Position): SqlError {
  const message = `argument of ${construct} must not return a set`;
  return new SqlError("datatypeMismatch", message).at(position);
}

/** A name used as a table function that answers no set and is none of the engine's. */
export function columnDefinitionNotAllowed(position: Position): SqlError {
  const message = 'a column definition list is only allowed for functions returning "record"';
  return new SqlError("syntaxError", message).at(position);
}

export function constantArgumentNeeded(name: string, position: Position): SqlError {
  const message = `${name} takes constant arguments only`;
  return new SqlError("featureNotSupported", message).at(position);
}

/** A template of format() that cannot be followed. */
export function formatSpecifierInvalid(message: string, hint?: string): SqlError {
  return new SqlError("invalidParameterValue", message, hint === undefined ? {} : { hint });
}
