import {
  crossDatabaseReference,
  featureNotSupported,
  undefinedTable,
} from "../../../errors/index.js";
import type { QualifiedName, TableName } from "../../../parser/index.js";
import type { StatementContext } from "../../planner.js";
import {
  isTemporarySchema,
  temporaryPath,
  type TemporaryRelation,
  type TemporaryTable,
} from "../../temporary/index.js";
import type { PlanningServices } from "../services.js";

/** The session's relation of that name, unless a permanent one stands before it in the path. */
export function findTemporary(
  parts: QualifiedName,
  context: StatementContext,
  { catalog }: Pick<PlanningServices, "catalog">,
): TemporaryRelation | undefined {
  const { state } = context.temporary;
  const [name = "", schema, database] = [...parts].reverse();
  if (database !== undefined && database !== context.session.database) {
    throw crossDatabaseReference(parts.join("."), undefined);
  }
  if (schema !== undefined) return state.find({ schema, name });
  for (const candidate of temporaryPath(context.settings.searchPath)) {
    if (isTemporarySchema(candidate)) return state.named(name);
    if (catalog.versionIn(context.transaction).relation({ schema: candidate, name }) !== undefined)
      break;
  }
  return undefined;
}

export function nameParts({ catalog, schema, name }: TableName): QualifiedName {
  return [catalog, schema, name].filter((part) => part !== undefined);
}

/** The temporary table that a command changes rows of; 0A000 for any other relation. */
export function targetTable(
  table: TableName,
  command: string,
  context: StatementContext,
  services: Pick<PlanningServices, "catalog">,
): TemporaryTable {
  const found = findTemporary(nameParts(table), context, services);
  if (found?.kind === "table") return found;
  if (found !== undefined) throw featureNotSupported(`${command} of a view is not supported`);
  const { schema, name, position } = table;
  if (schema !== undefined && isTemporarySchema(schema)) {
    throw undefinedTable(`${schema}.${name}`, position);
  }
  const current = services.catalog.versionIn(context.transaction);
  const path = schema === undefined ? context.settings.searchPath : [schema];
  const exists = path.some((each) => current.relation({ schema: each, name }) !== undefined);
  if (exists) throw featureNotSupported(`${command} is not supported`);
  throw undefinedTable(schema === undefined ? name : `${schema}.${name}`, position);
}
