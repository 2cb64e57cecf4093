import type { Definitions, RelationEntry, SchemaEntry } from "../../../catalog/index.js";
import { isSystemSchema } from "../../../catalog/index.js";
import {
  objectMissingSkipping,
  schemaIsRequired,
  serversAreBuiltIn,
  undefinedObjectOfKind,
  wrongObjectKind,
  unreachable,
  type ObjectKind,
} from "../../../errors/index.js";
import type { Drop, DropObjectType, QualifiedName } from "../../../parser/index.js";
import type { StatementContext } from "../../planner.js";
import { Rights } from "../access/rights.js";
import { checkSchemaFound, describeRelation, findRelation } from "./object-names.js";

const KINDS: Readonly<Record<Exclude<DropObjectType, "server" | "schema">, ObjectKind>> = {
  table: "table",
  foreignTable: "foreign table",
  view: "view",
  materializedView: "materialized view",
};

export function drop(statement: Drop, definitions: Definitions, context: StatementContext): void {
  const { objectType, names, cascade } = statement;
  const describe = (entry: RelationEntry): string =>
    describeRelation(entry, definitions.current, context);
  switch (objectType) {
    case "server":
      throw serversAreBuiltIn("DROP SERVER");
    case "schema": {
      const schemas = names.flatMap((name) => schemaToDrop(name, statement, definitions, context));
      if (schemas.length === 0) return;
      definitions.drop(schemas, [], cascade, describe, context.notice);
      return;
    }
    case "table":
    case "foreignTable":
    case "view":
    case "materializedView": {
      const kind = KINDS[objectType];
      const entries = names.flatMap((name) => {
        return relationToDrop(name, kind, statement, definitions, context);
      });
      if (entries.length === 0) return;
      definitions.drop([], [...new Set(entries)], cascade, describe, context.notice);
      return;
    }
    default:
      unreachable(objectType);
  }
}

function schemaToDrop(
  parts: QualifiedName,
  statement: Drop,
  definitions: Definitions,
  context: StatementContext,
): readonly SchemaEntry[] {
  const name = parts.at(-1) ?? "";
  if (isSystemSchema(name)) throw schemaIsRequired(name);
  const schema = definitions.current.schemas.get(name);
  if (schema !== undefined) {
    Rights.of(context, definitions.current).checkOwnsSchema(schema);
    return [schema];
  }
  if (!statement.ifExists) throw undefinedObjectOfKind("schema", name);
  context.notice(objectMissingSkipping("schema", name));
  return [];
}

function relationToDrop(
  parts: QualifiedName,
  kind: ObjectKind,
  statement: Drop,
  definitions: Definitions,
  context: StatementContext,
): readonly RelationEntry[] {
  const found = findRelation(parts, definitions.current, context);
  const { entry, missingSchema } = found;
  const name = parts.at(-1) ?? "";
  if (entry === undefined) {
    if (!statement.ifExists) {
      checkSchemaFound(found);
      throw undefinedObjectOfKind(kind, name);
    }
    const missing =
      missingSchema === undefined ? ([kind, name] as const) : (["schema", missingSchema] as const);
    context.notice(objectMissingSkipping(...missing));
    return [];
  }
  const actual = entry.kind === "view" ? "view" : "foreign table";
  if (actual !== kind) throw wrongObjectKind(entry.name, kind, actual);
  Rights.of(context, definitions.current).checkDrops(entry);
  return [entry];
}
