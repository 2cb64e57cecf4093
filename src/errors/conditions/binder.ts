import { SqlError, type ErrorFields } from "../sql-error.js";

type Position = number | undefined;

// Relations.

export function undefinedTable(name: string, position: Position): SqlError {
  return new SqlError("undefinedTable", `relation "${name}" does not exist`).at(position);
}

/** A WITH item of that name follows, or is the one being defined. */
export function forwardCommonTable(name: string, position: Position): SqlError {
  return new SqlError("undefinedTable", `relation "${name}" does not exist`, {
    detail: `There is a WITH item named "${name}", but it cannot be referenced from this part of the query.`,
    hint: "Use WITH RECURSIVE, or re-order the WITH items to remove forward references.",
  }).at(position);
}

export function undefinedSchema(name: string, position: Position): SqlError {
  return new SqlError("invalidSchemaName", `schema "${name}" does not exist`).at(position);
}

export function crossDatabaseReference(name: string, position: Position): SqlError {
  const message = `cross-database references are not implemented: ${name}`;
  return new SqlError("featureNotSupported", message).at(position);
}

export function tooManyDottedNames(names: readonly string[], position: Position): SqlError {
  const message = `improper qualified name (too many dotted names): ${names.join(".")}`;
  return new SqlError("syntaxError", message).at(position);
}

export function missingFromClause(name: string, position: Position): SqlError {
  const message = `missing FROM-clause entry for table "${name}"`;
  return new SqlError("undefinedTable", message).at(position);
}

export function invalidFromReference(name: string, hint: string, position: Position): SqlError {
  const message = `invalid reference to FROM-clause entry for table "${name}"`;
  return new SqlError("undefinedTable", message, { hint }).at(position);
}

/** A LATERAL reference from the nullable side of an outer join. */
export function invalidLateralReference(name: string, position: Position): SqlError {
  const message = `invalid reference to FROM-clause entry for table "${name}"`;
  return new SqlError("invalidColumnReference", message, {
    detail: "The combining JOIN type must be INNER or LEFT for a LATERAL reference.",
  }).at(position);
}

export function ambiguousTable(name: string, position: Position): SqlError {
  const message = `table reference "${name}" is ambiguous`;
  return new SqlError("ambiguousAlias", message).at(position);
}

export function duplicateTableAlias(name: string): SqlError {
  return new SqlError("duplicateAlias", `table name "${name}" specified more than once`);
}

export function duplicateCommonTable(name: string, position: Position): SqlError {
  const message = `WITH query name "${name}" specified more than once`;
  return new SqlError("duplicateAlias", message).at(position);
}

export function tooManyColumnAliases(name: string, available: number, specified: number): SqlError {
  return new SqlError(
    "invalidColumnReference",
    `table "${name}" has ${available} columns available but ${specified} columns specified`,
  );
}

export function tooManyCommonTableColumns(
  name: string,
  available: number,
  specified: number,
  position: Position,
): SqlError {
  return new SqlError(
    "invalidColumnReference",
    `WITH query "${name}" has ${available} columns available but ${specified} columns specified`,
  ).at(position);
}

export function tooManyJoinAliases(name: string, available: number, specified: number): SqlError {
  const message = `join expression "${name}" has ${available} columns available but ${specified}`;
  return new SqlError("invalidColumnReference", `${message} columns specified`);
}

// Columns.

/** `table` is the qualifier as written; `fields` brings a hint. */
export function undefinedColumn(
  name: string,
  table: string | undefined,
  position: Position,
  fields: ErrorFields = {},
): SqlError {
  const column = table === undefined ? `"${name}"` : `${table}.${name}`;
  return new SqlError("undefinedColumn", `column ${column} does not exist`, fields).at(position);
}

export function noRecordColumn(name: string, position: Position): SqlError {
  const message = `could not identify column "${name}" in record data type`;
  return new SqlError("undefinedColumn", message).at(position);
}

export function ambiguousColumn(name: string, position: Position): SqlError {
  const message = `column reference "${name}" is ambiguous`;
  return new SqlError("ambiguousColumn", message).at(position);
}

export function usingColumnMissing(name: string, side: "left" | "right"): SqlError {
  const message = `column "${name}" specified in USING clause does not exist in ${side} table`;
  return new SqlError("undefinedColumn", message);
}

export function usingColumnAmbiguous(name: string, side: "left" | "right"): SqlError {
  const message = `common column name "${name}" appears more than once in ${side} table`;
  return new SqlError("ambiguousColumn", message);
}

export function usingColumnTwice(name: string): SqlError {
  const message = `column name "${name}" appears more than once in USING clause`;
  return new SqlError("duplicateColumn", message);
}

export function starWithoutTables(position: Position): SqlError {
  const message = "SELECT * with no tables specified is not valid";
  return new SqlError("syntaxError", message).at(position);
}

// Types.

export function typeTakesNoModifier(name: string, position: Position): SqlError {
  const message = `type modifier is not allowed for type "${name}"`;
  return new SqlError("syntaxError", message).at(position);
}

export function invalidTypeModifier(message: string, position: Position): SqlError {
  return new SqlError("invalidParameterValue", message).at(position);
}

export function cannotCast(from: string, to: string, position: Position): SqlError {
  const message = `cannot cast type ${from} to ${to}`;
  return new SqlError("cannotCoerce", message).at(position);
}

/** An argument of EXECUTE. */
export function cannotAssignParameter(
  number: number,
  from: string,
  to: string,
  position: Position,
): SqlError {
  const message =
    `parameter $${String(number)} of type ${from} ` +
    `cannot be coerced to the expected type ${to}`;
  const hint = "You will need to rewrite or cast the expression.";
  return new SqlError("datatypeMismatch", message, { hint }).at(position);
}

export function argumentTypeMismatch(
  construct: string,
  expected: string,
  actual: string,
  position: Position,
): SqlError {
  const message = `argument of ${construct} must be type ${expected}, not type ${actual}`;
  return new SqlError("datatypeMismatch", message).at(position);
}

export function typesCannotBeMatched(
  construct: string,
  first: string,
  second: string,
  position: Position,
): SqlError {
  const message = `${construct} types ${first} and ${second} cannot be matched`;
  return new SqlError("datatypeMismatch", message).at(position);
}

export function couldNotConvert(
  construct: string,
  from: string,
  to: string,
  position: Position,
): SqlError {
  const message = `${construct} could not convert type ${from} to ${to}`;
  return new SqlError("cannotCoerce", message).at(position);
}

export function collationNotAllowed(type: string, position: Position): SqlError {
  const message = `collations are not supported by type ${type}`;
  return new SqlError("datatypeMismatch", message).at(position);
}

export function emptyArrayType(position: Position): SqlError {
  return new SqlError("indeterminateDatatype", "cannot determine type of empty array", {
    hint: "Explicitly cast to the desired type, for example ARRAY[]::integer[].",
  }).at(position);
}

/** An array that a client sent in binary. */
export function wrongArrayElementType(
  given: number,
  givenName: string,
  wanted: number,
  wantedName: string,
): SqlError {
  const message =
    `binary data has array element type ${given} (${givenName}) ` +
    `instead of expected ${wanted} (${wantedName})`;
  return new SqlError("datatypeMismatch", message);
}

export function notSubscriptable(type: string, position: Position): SqlError {
  const message = `cannot subscript type ${type} because it does not support subscripting`;
  return new SqlError("datatypeMismatch", message).at(position);
}

export function arraySubscriptType(position: Position): SqlError {
  return new SqlError("datatypeMismatch", "array subscript must have type integer").at(position);
}

// Parameters.

export function undefinedParameter(number: number, position: Position): SqlError {
  return new SqlError("undefinedParameter", `there is no parameter $${number}`).at(position);
}

export function indeterminateParameter(number: number): SqlError {
  const message = `could not determine data type of parameter $${number}`;
  return new SqlError("indeterminateDatatype", message);
}

/** One place left the type open that another one settled. */
export function halfDeterminedParameter(number: number, position: Position): SqlError {
  const message = `could not determine data type of parameter $${number}`;
  return new SqlError("ambiguousParameter", message).at(position);
}

export function inconsistentParameter(
  number: number,
  first: string,
  second: string,
  position: Position,
): SqlError {
  const message = `inconsistent types deduced for parameter $${number}`;
  return new SqlError("ambiguousParameter", message, { detail: `${first} versus ${second}` }).at(
    position,
  );
}

// Clauses of a query.

export function positionNotInSelectList(
  clause: string,
  number: string,
  position: Position,
): SqlError {
  const message = `${clause} position ${number} is not in select list`;
  return new SqlError("invalidColumnReference", message).at(position);
}

export function nonIntegerConstant(clause: string, position: Position): SqlError {
  return new SqlError("syntaxError", `non-integer constant in ${clause}`).at(position);
}

/** `name` matches several output columns that are not the same expression. */
export function ambiguousOutputName(clause: string, name: string, position: Position): SqlError {
  return new SqlError("ambiguousColumn", `${clause} "${name}" is ambiguous`).at(position);
}

export function variablesNotAllowed(clause: string, position: Position): SqlError {
  const message = `argument of ${clause} must not contain variables`;
  return new SqlError("invalidColumnReference", message).at(position);
}

export function withTiesWithoutOrder(): SqlError {
  const message = "WITH TIES cannot be specified without ORDER BY clause";
  return new SqlError("syntaxError", message);
}

export function distinctOrderMismatch(position: Position): SqlError {
  const message = "for SELECT DISTINCT, ORDER BY expressions must appear in select list";
  return new SqlError("invalidColumnReference", message).at(position);
}

export function distinctOnOrderMismatch(position: Position): SqlError {
  const message = "SELECT DISTINCT ON expressions must match initial ORDER BY expressions";
  return new SqlError("invalidColumnReference", message).at(position);
}

export function setOperationColumnCount(operation: string, position: Position): SqlError {
  const message = `each ${operation} query must have the same number of columns`;
  return new SqlError("syntaxError", message).at(position);
}

export function setOperationOrderBy(position: Position): SqlError {
  return new SqlError("featureNotSupported", "invalid UNION/INTERSECT/EXCEPT ORDER BY clause", {
    detail: "Only result column names can be used, not expressions or functions.",
    hint: "Add the expression/function to every SELECT, or move the UNION into a FROM clause.",
  }).at(position);
}

export function valuesLengthMismatch(position: Position): SqlError {
  const message = "VALUES lists must all be the same length";
  return new SqlError("syntaxError", message).at(position);
}

// Subqueries and rows.

export function subqueryColumnCount(
  problem: "must return only one column" | "has too many columns" | "has too few columns",
  position: Position,
): SqlError {
  return new SqlError("syntaxError", `subquery ${problem}`).at(position);
}

export function unequalRows(position: Position): SqlError {
  const message = "unequal number of entries in row expressions";
  return new SqlError("syntaxError", message).at(position);
}

export function emptyRows(position: Position): SqlError {
  const message = "cannot compare rows of zero length";
  return new SqlError("featureNotSupported", message).at(position);
}

export function rowComparisonNotBoolean(type: string, position: Position): SqlError {
  const message = `row comparison operator must yield type boolean, not type ${type}`;
  return new SqlError("datatypeMismatch", message).at(position);
}

export function rowComparisonOperator(name: string, position: Position): SqlError {
  return new SqlError(
    "featureNotSupported",
    `could not determine interpretation of row comparison operator ${name}`,
    { hint: "Row comparison operators must be associated with btree operator families." },
  ).at(position);
}

export function quantifiedOperatorNotBoolean(position: Position): SqlError {
  const message = "op ANY/ALL (array) requires operator to yield boolean";
  return new SqlError("wrongObjectType", message).at(position);
}

export function quantifiedWithoutArray(position: Position): SqlError {
  const message = "op ANY/ALL (array) requires array on right side";
  return new SqlError("wrongObjectType", message).at(position);
}

// Grouping.

export function ungroupedColumn(
  column: string,
  fromSubquery: boolean,
  position: Position,
): SqlError {
  const message = fromSubquery
    ? `subquery uses ungrouped column "${column}" from outer query`
    : `column "${column}" must appear in the GROUP BY clause or be used in an aggregate function`;
  return new SqlError("groupingError", message).at(position);
}

export function aggregatesNotAllowed(where: string, position: Position): SqlError {
  const message = `aggregate functions are not allowed in ${where}`;
  return new SqlError("groupingError", message).at(position);
}

export function windowsNotAllowed(where: string, position: Position): SqlError {
  const message = `window functions are not allowed in ${where}`;
  return new SqlError("windowingError", message).at(position);
}

export function groupingNotAllowed(where: string, position: Position): SqlError {
  const message = `grouping operations are not allowed in ${where}`;
  return new SqlError("groupingError", message).at(position);
}

export function nestedAggregates(position: Position): SqlError {
  const message = "aggregate function calls cannot be nested";
  return new SqlError("groupingError", message).at(position);
}

export function groupingArguments(position: Position): SqlError {
  const message =
    "arguments to GROUPING must be grouping expressions of the associated query level";
  return new SqlError("groupingError", message).at(position);
}

// Views.

export function viewRecursion(name: string): SqlError {
  const message = `infinite recursion detected in rules for relation "${name}"`;
  return new SqlError("invalidObjectDefinition", message);
}

export function staleView(name: string): SqlError {
  return new SqlError(
    "objectNotInPrerequisiteState",
    `the query of view "${name}" now answers other columns`,
    { hint: "Drop the view and create it again." },
  );
}
