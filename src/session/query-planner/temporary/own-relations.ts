import { invariant, unreachable } from "../../../errors/index.js";
import type { Copy, CreateTableAs, Insert } from "../../../parser/index.js";
import type {
  CopyIntoTable,
  PlannedInsert,
  StatementContext,
  TemporaryPlanner,
  UtilityStatement,
} from "../../planner.js";
import type { SegmentStore } from "../../temporary/index.js";
import { declaredTypes } from "../binding.js";
import type { PlanningServices } from "../services.js";
import type { StatementSnapshots } from "../statement-snapshots.js";
import { copyIntoTable } from "./copy-into-table.js";
import { createTable, createTableAs } from "./create-table.js";
import { createTemporaryView, isTemporaryView } from "./create-view.js";
import { dropsTemporary, dropTemporary } from "./drop.js";
import { truncate } from "./maintain.js";
import { InsertPlan } from "./planned-insert.js";

/** Statements over relations that are a session's own. */
export class OwnRelations implements TemporaryPlanner {
  readonly segments: SegmentStore;

  constructor(
    private readonly services: PlanningServices,
    private readonly snapshots: StatementSnapshots,
  ) {
    this.segments = services.tables;
  }

  isFor(statement: UtilityStatement, context: StatementContext): boolean {
    switch (statement.kind) {
      case "createTable":
      case "truncate":
        return true;
      case "createView":
        return isTemporaryView(statement, context);
      case "drop":
        return dropsTemporary(statement, context, this.services);
      case "createSchema":
      case "createForeignTable":
      case "createServer":
      case "importForeignSchema":
      case "analyze":
      case "vacuum":
      case "comment":
      case "accessControl":
        return false;
      default:
        return unreachable(statement);
    }
  }

  /** Done for the session alone; only where `isFor`. */
  async run(statement: UtilityStatement, context: StatementContext): Promise<void> {
    const { services, snapshots } = this;
    switch (statement.kind) {
      case "createTable":
        return createTable(statement, context, services, snapshots);
      case "truncate":
        return truncate(statement, context, services);
      case "createView":
        return createTemporaryView(statement, context, services, snapshots);
      case "drop":
        return dropTemporary(statement, context, services);
      default:
        invariant(false, "a statement over relations that all see");
    }
  }

  planInsert(
    statement: Insert,
    parameterOids: readonly number[] | null,
    context: StatementContext,
  ): Promise<PlannedInsert> {
    const { services, snapshots } = this;
    return InsertPlan.make(statement, declaredTypes(parameterOids), context, services, snapshots);
  }

  createTableAs(statement: CreateTableAs, context: StatementContext): Promise<number | null> {
    return createTableAs(statement, context, this.services, this.snapshots);
  }

  copyIntoTable(statement: Copy, context: StatementContext): Promise<CopyIntoTable | null> {
    return copyIntoTable(statement, context, this.services, this.snapshots);
  }
}
