import { DATABASE_COMMENT, type Definitions, type RelationEntry } from "../../../catalog/index.js";
import {
  serversAreBuiltIn,
  undefinedColumnOfRelation,
  undefinedDatabase,
  undefinedObjectOfKind,
  undefinedTable,
  unreachable,
  wrongKindOfRelation,
  type ObjectKind,
} from "../../../errors/index.js";
import type { Comment, QualifiedName } from "../../../parser/index.js";
import type { StatementContext } from "../../planner.js";
import { Rights } from "../access/rights.js";
import { checkSchemaFound, findRelation } from "./object-names.js";

export function comment(
  statement: Comment,
  definitions: Definitions,
  context: StatementContext,
): void {
  const { objectType, name, comment: text } = statement;
  switch (objectType) {
    case "database": {
      const database = name.at(-1) ?? "";
      if (database !== context.session.database) throw undefinedDatabase(database);
      Rights.of(context, definitions.current).checkOwnsDatabase();
      definitions.setComment(DATABASE_COMMENT, undefined, text);
      return;
    }
    case "schema": {
      const schema = definitions.current.schemas.get(name.at(-1) ?? "");
      if (schema === undefined) throw undefinedObjectOfKind("schema", name.at(-1) ?? "");
      Rights.of(context, definitions.current).checkOwnsSchema(schema);
      definitions.setComment(schema.oid, undefined, text);
      return;
    }
    case "column": {
      const entry = relationNamed(name.slice(0, -1), definitions, context);
      Rights.of(context, definitions.current).checkOwnsColumnsOf(entry);
      const column = name.at(-1) ?? "";
      const index = entry.columns.findIndex((each) => each.name === column);
      if (index < 0) throw undefinedColumnOfRelation(column, entry.name);
      definitions.setComment(entry.oid, index + 1, text);
      return;
    }
    case "table":
      return onRelation("table", statement, definitions, context);
    case "foreignTable":
      return onRelation("foreign table", statement, definitions, context);
    case "view":
      return onRelation("view", statement, definitions, context);
    case "materializedView":
      return onRelation("materialized view", statement, definitions, context);
    case "server":
      throw serversAreBuiltIn("COMMENT ON SERVER");
    default:
      unreachable(objectType);
  }
}

function onRelation(
  kind: ObjectKind,
  statement: Comment,
  definitions: Definitions,
  context: StatementContext,
): void {
  const entry = relationNamed(statement.name, definitions, context);
  const actual = entry.kind === "view" ? "view" : "foreign table";
  if (actual !== kind) throw wrongKindOfRelation(entry.name, kind);
  Rights.of(context, definitions.current).checkOwns(entry);
  definitions.setComment(entry.oid, undefined, statement.comment);
}

function relationNamed(
  parts: QualifiedName,
  definitions: Definitions,
  context: StatementContext,
): RelationEntry {
  const found = findRelation(parts, definitions.current, context);
  checkSchemaFound(found);
  if (found.entry === undefined) throw undefinedTable(found.shown, undefined);
  return found.entry;
}
