import type { Definitions } from "../../../catalog/index.js";
import { unreachable } from "../../../errors/index.js";
import type { Analyze, CreateTable, Truncate, Vacuum } from "../../../parser/index.js";
import type { StatementContext, UtilityStatement } from "../../planner.js";
import { accessControl } from "../access/access-command.js";
import type { PlanningServices } from "../services.js";
import { comment } from "./comment.js";
import { createView } from "./create-view.js";
import { createForeignTable, createSchema, createServer, importForeignSchema } from "./create.js";
import { drop } from "./drop.js";

/** Statements that change what is defined. */
export type DefiningStatement = Exclude<
  UtilityStatement,
  Analyze | Vacuum | CreateTable | Truncate
>;

/** Edits the definitions as a statement says. */
export async function define(
  statement: DefiningStatement,
  definitions: Definitions,
  services: PlanningServices,
  context: StatementContext,
): Promise<void> {
  switch (statement.kind) {
    case "createSchema":
      return createSchema(statement, definitions, context);
    case "createForeignTable":
      return createForeignTable(statement, definitions, context);
    case "createServer":
      return createServer(statement, context);
    case "importForeignSchema":
      return importForeignSchema(statement, definitions, context);
    case "createView":
      return createView(statement, definitions, services, context);
    case "drop":
      return drop(statement, definitions, context);
    case "comment":
      return comment(statement, definitions, context);
    case "accessControl":
      return accessControl(statement, definitions, services, context);
    default:
      return unreachable(statement);
  }
}
