import type { CatalogSnapshot } from "../../catalog/index.js";
import { featureNotSupported, unreachable } from "../../errors/index.js";
import type { Explain, Query } from "../../parser/index.js";
import type {
  PlannedQuery,
  Planner,
  StatementContext,
  TransactionScope,
  UtilityStatement,
} from "../planner.js";
import { bindOver, declaredTypes, snapshotOf } from "./binding.js";
import { explainOptions } from "./explain/options.js";
import { PlannedExplain } from "./explain/planned-explain.js";
import { PlannedSelect } from "./planned-select.js";
import type { PlanningServices } from "./services.js";
import { analyze } from "./utility/analyze.js";
import { comment } from "./utility/comment.js";
import { createView } from "./utility/create-view.js";
import {
  createForeignTable,
  createSchema,
  createServer,
  importForeignSchema,
} from "./utility/create.js";
import { drop } from "./utility/drop.js";

/** Plans and runs statements: the session's planner over catalog, optimizer and executor. */
export class QueryPlanner implements Planner {
  /** What explicit transactions saw first; later statements see the same version. */
  private readonly pinned = new WeakMap<TransactionScope, CatalogSnapshot>();

  constructor(private readonly services: PlanningServices) {}

  async plan(
    statement: Query | Explain,
    parameterOids: readonly number[] | null,
    context: StatementContext,
  ): Promise<PlannedQuery> {
    if (statement.kind === "query") return this.planSelect(statement, parameterOids, context);
    const options = explainOptions(statement.options);
    const { statement: inner } = statement;
    const query = inner.kind === "declareCursor" ? inner.query : inner;
    if (query.kind !== "query") {
      throw featureNotSupported("EXPLAIN of a statement that is no query is not supported");
    }
    const planned = await this.planSelect(query, parameterOids, context);
    return new PlannedExplain(planned, options, this.services);
  }

  async runUtility(statement: UtilityStatement, context: StatementContext): Promise<void> {
    const { catalog, evaluator } = this.services;
    const { definitions } = catalog;
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
        return createView(statement, catalog, evaluator, context);
      case "drop":
        return drop(statement, definitions, context);
      case "analyze":
      case "vacuum":
        return analyze(statement, catalog, context);
      case "comment":
        return comment(statement, definitions, context);
      default:
        return unreachable(statement);
    }
  }

  private async planSelect(
    query: Query,
    parameterOids: readonly number[] | null,
    context: StatementContext,
  ): Promise<PlannedSelect> {
    const { services } = this;
    const declared = declaredTypes(parameterOids);
    const snapshot = await this.snapshotFor(query, context);
    const binding = bindOver(snapshot, query, declared, context, services.evaluator);
    return new PlannedSelect(query, binding, context, services, (...asked) =>
      this.snapshotFor(...asked),
    );
  }

  private async snapshotFor(query: Query, context: StatementContext): Promise<CatalogSnapshot> {
    const { transaction } = context;
    const base = transaction.explicit ? this.pinned.get(transaction) : undefined;
    const snapshot = await snapshotOf(query, context, this.services.catalog, base);
    if (transaction.explicit) this.pinned.set(transaction, snapshot);
    return snapshot;
  }
}
