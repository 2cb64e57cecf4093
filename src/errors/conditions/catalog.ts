import { SqlError } from "../sql-error.js";
import type { ConditionName } from "../sqlstate.js";

const NOTICE = { severity: "NOTICE" } as const;
const WARNING = { severity: "WARNING" } as const;

/** What a name in DDL stands for, as PostgreSQL words it. */
export type ObjectKind = "schema" | "table" | "foreign table" | "view" | "materialized view";

// Names that are taken, or are not there.

export function duplicateRelation(name: string): SqlError {
  return new SqlError("duplicateTable", `relation "${name}" already exists`);
}

export function relationExistsSkipping(name: string): SqlError {
  return new SqlError("duplicateTable", `relation "${name}" already exists, skipping`, NOTICE);
}

export function duplicateSchema(name: string): SqlError {
  return new SqlError("duplicateSchema", `schema "${name}" already exists`);
}

export function schemaExistsSkipping(name: string): SqlError {
  return new SqlError("duplicateSchema", `schema "${name}" already exists, skipping`, NOTICE);
}

export function unacceptableSchemaName(name: string): SqlError {
  return new SqlError("reservedName", `unacceptable schema name "${name}"`, {
    detail: 'The prefix "pg_" is reserved for system schemas.',
  });
}

/** `name` is qualified with a system schema. */
export function cannotCreateInSystemSchema(name: string): SqlError {
  return new SqlError("insufficientPrivilege", `permission denied to create "${name}"`, {
    detail: "System catalog modifications are currently disallowed.",
  });
}

export function schemaIsRequired(name: string): SqlError {
  return new SqlError(
    "dependentObjectsStillExist",
    `cannot drop schema ${name} because it is required by the database system`,
  );
}

export function noSchemaSelected(): SqlError {
  return new SqlError("invalidSchemaName", "no schema has been selected to create in");
}

const MISSING: Readonly<Record<ObjectKind, ConditionName>> = {
  schema: "invalidSchemaName",
  table: "undefinedTable",
  view: "undefinedTable",
  "materialized view": "undefinedTable",
  "foreign table": "undefinedObject",
};

/** DROP and COMMENT of what is not there. */
export function undefinedObjectOfKind(kind: ObjectKind, name: string): SqlError {
  return new SqlError(MISSING[kind], `${kind} "${name}" does not exist`);
}

export function objectMissingSkipping(kind: ObjectKind, name: string): SqlError {
  return new SqlError("successfulCompletion", `${kind} "${name}" does not exist, skipping`, NOTICE);
}

/** `"v" is not a table`, with the command that would be right. */
export function wrongObjectKind(name: string, wanted: ObjectKind, actual: ObjectKind): SqlError {
  const article = /^[aeiou]/.test(wanted) ? "an" : "a";
  const owner = /^[aeiou]/.test(actual) ? "an" : "a";
  return new SqlError("wrongObjectType", `"${name}" is not ${article} ${wanted}`, {
    hint: `Use DROP ${actual.toUpperCase()} to remove ${owner} ${actual}.`,
  });
}

/** The same without advice, as COMMENT and CREATE OR REPLACE say it. */
export function wrongKindOfRelation(name: string, wanted: ObjectKind): SqlError {
  return new SqlError("wrongObjectType", `"${name}" is not a ${wanted}`);
}

export function undefinedColumnOfRelation(column: string, relation: string): SqlError {
  return new SqlError(
    "undefinedColumn",
    `column "${column}" of relation "${relation}" does not exist`,
  );
}

export function columnTwice(name: string): SqlError {
  return new SqlError("duplicateColumn", `column "${name}" specified more than once`);
}

export function undefinedDatabase(name: string): SqlError {
  return new SqlError("invalidCatalogName", `database "${name}" does not exist`);
}

// What depends on what.

/** `dependents`: lines such as "view v depends on foreign table t". */
export function dependentsExist(what: string, dependents: readonly string[]): SqlError {
  const message = `cannot drop ${what} because other objects depend on it`;
  return new SqlError("dependentObjectsStillExist", message, {
    detail: dependents.join("\n"),
    hint: "Use DROP ... CASCADE to drop the dependent objects too.",
  });
}

/** Several objects in one DROP. */
export function dependentsOfSeveralExist(dependents: readonly string[]): SqlError {
  const message = "cannot drop desired object(s) because other objects depend on them";
  return new SqlError("dependentObjectsStillExist", message, {
    detail: dependents.join("\n"),
    hint: "Use DROP ... CASCADE to drop the dependent objects too.",
  });
}

/** `dropped`: descriptions such as "view s.v". */
export function dropCascades(dropped: readonly string[]): SqlError {
  const [only, ...more] = dropped;
  if (only !== undefined && more.length === 0) {
    return new SqlError("successfulCompletion", `drop cascades to ${only}`, NOTICE);
  }
  const message = `drop cascades to ${String(dropped.length)} other objects`;
  const detail = dropped.map((one) => `drop cascades to ${one}`).join("\n");
  return new SqlError("successfulCompletion", message, { ...NOTICE, detail });
}

// Views.

export function viewHasFewerColumns(): SqlError {
  return new SqlError("syntaxError", "CREATE VIEW specifies more column names than columns");
}

export function cannotDropViewColumns(): SqlError {
  return new SqlError("invalidTableDefinition", "cannot drop columns from view");
}

export function cannotRenameViewColumn(before: string, after: string): SqlError {
  const message = `cannot change name of view column "${before}" to "${after}"`;
  return new SqlError("invalidTableDefinition", message, {
    hint: "Use ALTER VIEW ... RENAME COLUMN ... to change name of view column instead.",
  });
}

export function cannotRetypeViewColumn(name: string, before: string, after: string): SqlError {
  const message = `cannot change data type of view column "${name}" from ${before} to ${after}`;
  return new SqlError("invalidTableDefinition", message);
}

/** CREATE OR REPLACE of a view by a query that reads it. */
export function viewReadsItself(name: string): SqlError {
  return new SqlError("invalidObjectDefinition", `view "${name}" cannot be defined over itself`);
}

// Servers, options and files.

export function undefinedServer(name: string): SqlError {
  return new SqlError("undefinedObject", `server "${name}" does not exist`, {
    hint: 'The server "parquet" reads Parquet files.',
  });
}

export function serverExists(name: string): SqlError {
  return new SqlError("duplicateObject", `server "${name}" already exists`);
}

export function serverExistsSkipping(name: string): SqlError {
  return new SqlError("duplicateObject", `server "${name}" already exists, skipping`, NOTICE);
}

export function serversAreBuiltIn(command: string): SqlError {
  return new SqlError("featureNotSupported", `${command} is not supported`, {
    hint: "Servers are built in; use SERVER parquet with OPTIONS (path '...').",
  });
}

export function invalidOption(name: string, valid: readonly string[]): SqlError {
  const hint =
    valid.length === 0
      ? "There are no valid options in this context."
      : `Valid options in this context are: ${valid.join(", ")}`;
  return new SqlError("fdwOptionNameNotFound", `invalid option "${name}"`, { hint });
}

export function optionTwice(name: string): SqlError {
  return new SqlError("duplicateObject", `option "${name}" provided more than once`);
}

export function pathRequired(command: string): SqlError {
  return new SqlError("fdwError", `path is required for ${command}`, {
    hint: "Write OPTIONS (path 'file, directory or pattern').",
  });
}

export function undefinedFile(path: string, reason = "No such file or directory"): SqlError {
  return new SqlError("undefinedFile", `could not open file "${path}" for reading: ${reason}`);
}

export function noFilesMatch(path: string): SqlError {
  return new SqlError("undefinedFile", `no Parquet files match "${path}"`);
}

export function notADirectory(path: string): SqlError {
  return new SqlError("undefinedFile", `"${path}" is not a directory`);
}

/** 42804: files of one table say different things of a column. */
export function filesDisagree(
  column: string,
  first: string,
  second: string,
  types: readonly [string, string],
): SqlError {
  const message = `column "${column}" has type ${types[0]} in file "${first}"`;
  return new SqlError("datatypeMismatch", `${message}, but type ${types[1]} in file "${second}"`);
}

export function missingFileColumn(column: string, path: string): SqlError {
  return new SqlError("undefinedColumn", `column "${column}" does not exist in file "${path}"`);
}

export function declaredTypeMismatch(
  column: string,
  declared: string,
  actual: string,
  path: string,
): SqlError {
  return new SqlError(
    "datatypeMismatch",
    `column "${column}" is declared ${declared}, but has type ${actual} in file "${path}"`,
    { hint: "Declare the type of the files, or a wider one." },
  );
}

/** 0A000: `reason` is the file format's, such as "nested types are not supported". */
export function unreadableColumn(column: string, path: string, reason: string): SqlError {
  const message = `column "${column}" of file "${path}" cannot be read: ${reason}`;
  return new SqlError("featureNotSupported", message);
}

export function columnLeftOut(column: string, path: string, reason: string): SqlError {
  const message = `column "${column}" of file "${path}" is left out: ${reason}`;
  return new SqlError("featureNotSupported", message, WARNING);
}

export function noReadableColumns(path: string): SqlError {
  return new SqlError("featureNotSupported", `file "${path}" has no column that can be read`);
}

// Statistics.

export function cannotAnalyze(name: string): SqlError {
  const message = `skipping "${name}" --- cannot analyze non-tables or special system tables`;
  return new SqlError("warning", message, WARNING);
}

/** 0A000: a relation of PostgreSQL's own, such as pg_class. */
export function systemCatalogNotSupported(name: string, position: number | undefined): SqlError {
  const message = `reading the system catalog is not supported: relation "${name}"`;
  return new SqlError("featureNotSupported", message).at(position);
}

/** 42704: a parameter declared with a type the engine does not have. */
export function undefinedTypeOid(oid: number): SqlError {
  return new SqlError("undefinedObject", `type with OID ${String(oid)} does not exist`);
}
