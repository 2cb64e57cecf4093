import type { CatalogVersion, RelationEntry, RelationName } from "../../../catalog/index.js";
import {
  crossDatabaseReference,
  noSchemaSelected,
  undefinedSchema,
} from "../../../errors/index.js";
import type { QualifiedName, TableName } from "../../../parser/index.js";
import type { StatementContext } from "../../planner.js";
import { Rights } from "../access/rights.js";

/** Where an object of an unqualified name is made: the first schema of the search path there is. */
export function creationName(
  table: TableName,
  version: CatalogVersion,
  context: StatementContext,
): RelationName {
  checkDatabase(table.catalog, [table.schema ?? "", table.name], context);
  const { schema, name } = table;
  const rights = Rights.of(context, version);
  const usable = (each: string): boolean => version.schemas.has(each) && rights.usesSchema(each);
  const found = schema ?? context.settings.searchPath.find(usable);
  if (found === undefined) throw noSchemaSelected();
  rights.checkCreatesIn(found);
  return { schema: found, name };
}

/** A relation's name as DROP and its like find it. */
export interface FoundName {
  /** Undefined where there is none. */
  readonly entry: RelationEntry | undefined;
  /** As messages show it. */
  readonly shown: string;
  /** The schema that was named and is not there. */
  readonly missingSchema: string | undefined;
}

export function findRelation(
  parts: QualifiedName,
  version: CatalogVersion,
  context: StatementContext,
): FoundName {
  const [name = "", schema, catalog] = [...parts].reverse();
  checkDatabase(catalog, parts.slice(1), context);
  const shown = schema === undefined ? name : `${schema}.${name}`;
  const rights = Rights.of(context, version);
  if (schema !== undefined) {
    rights.checkUsesSchema(schema);
    const missingSchema = version.hasSchema(schema) ? undefined : schema;
    return { entry: version.relation({ schema, name }), shown, missingSchema };
  }
  const entries = context.settings.searchPath
    .filter((each) => rights.usesSchema(each))
    .map((each) => version.relation({ schema: each, name }));
  return { entry: entries.find((entry) => entry !== undefined), shown, missingSchema: undefined };
}

export function partsOf({ catalog, schema, name }: TableName): QualifiedName {
  return [catalog, schema, name].filter((part) => part !== undefined);
}

/** Throws where a qualified name's schema is not there. */
export function checkSchemaFound({ missingSchema }: FoundName): void {
  if (missingSchema !== undefined) throw undefinedSchema(missingSchema, undefined);
}

/** A relation as messages about dependencies name it: qualified unless the search path finds it. */
export function describeRelation(
  entry: RelationEntry,
  version: CatalogVersion,
  context: StatementContext,
): string {
  const { schema, name } = entry;
  const visible = findRelation([name], version, context).entry === entry;
  const shown = visible ? quoteName(name) : `${quoteName(schema)}.${quoteName(name)}`;
  return `${entry.kind === "view" ? "view" : "foreign table"} ${shown}`;
}

/** The name, quoted where SQL needs it. */
export function quoteName(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

function checkDatabase(
  catalog: string | undefined,
  rest: readonly string[],
  context: StatementContext,
): void {
  if (catalog === undefined || catalog === context.session.database) return;
  throw crossDatabaseReference([catalog, ...rest].join("."), undefined);
}
