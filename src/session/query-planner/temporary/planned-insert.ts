import { bindInsert } from "../../../binder/index.js";
import type { CatalogSnapshot } from "../../../catalog/index.js";
import { featureNotSupported, invariant } from "../../../errors/index.js";
import type { Insert, Query } from "../../../parser/index.js";
import type { BoundQuery } from "../../../plan/index.js";
import { TYPE_FACTS } from "../../../types/index.js";
import type {
  BoundParameter,
  PlannedInsert,
  ResultColumn,
  ResultStream,
  StatementContext,
} from "../../planner.js";
import type { TemporaryState, TemporaryTable } from "../../temporary/index.js";
import { checkAccesses } from "../access/check-accesses.js";
import { Rights } from "../access/rights.js";
import { bindContextOf, finished, type DeclaredTypes } from "../binding.js";
import { parameterLiterals, withParameters } from "../bound-parameters.js";
import { PlanUses } from "../plan-uses.js";
import type { PlanningServices } from "../services.js";
import type { StatementSnapshots } from "../statement-snapshots.js";
import { explainMissingRelation } from "../system-relations.js";
import { targetTable } from "./find-table.js";
import { appendSegment, putRows } from "./put-rows.js";

type BoundInsert = ReturnType<typeof finished>;

/** An INSERT with its names and types settled, over the session's relations as they were. */
export class InsertPlan implements PlannedInsert {
  readonly columns: readonly ResultColumn[] = [];
  readonly parameterOids: readonly number[];

  private constructor(
    private readonly statement: Insert,
    private readonly bound: BoundInsert,
    private readonly temporary: TemporaryState,
    private readonly settings: StatementContext["settings"],
    private readonly version: bigint,
    private readonly services: PlanningServices,
    private readonly snapshots: StatementSnapshots,
  ) {
    this.parameterOids = bound.parameterTypes.map(({ name }) => TYPE_FACTS[name].oid);
  }

  static async make(
    statement: Insert,
    declared: DeclaredTypes,
    context: StatementContext,
    services: PlanningServices,
    snapshots: StatementSnapshots,
  ): Promise<InsertPlan> {
    if (statement.returning.length > 0) {
      throw featureNotSupported("INSERT ... RETURNING is not supported");
    }
    const table = targetTable(statement.table, "INSERT", context, services);
    const { state } = context.temporary;
    const read = withoutTarget(statement);
    const snapshot = await snapshots.current(read, context, state);
    const bound = boundOver(statement, table, snapshot, declared, context, services);
    const { version } = snapshot;
    return new InsertPlan(statement, bound, state, context.settings, version, services, snapshots);
  }

  isCurrent(context: StatementContext): boolean {
    return (
      context.temporary.state === this.temporary &&
      context.settings === this.settings &&
      this.services.catalog.versionIn(context.transaction).number === this.version
    );
  }

  start(): ResultStream {
    invariant(false, "an INSERT that answers rows");
  }

  async insert(parameters: readonly BoundParameter[], context: StatementContext): Promise<number> {
    const { statement, services, snapshots } = this;
    const table = targetTable(statement.table, "INSERT", context, services);
    const bind = async (again: boolean): Promise<BoundQuery> => {
      if (!again) return this.withValues(this.bound, parameters, context);
      const { state } = context.temporary;
      const snapshot = await snapshots.renewed(withoutTarget(statement), context, state);
      const declared = this.bound.parameterTypes.map(({ name }) => name);
      const renewed = boundOver(statement, table, snapshot, declared, context, services);
      return this.withValues(renewed, parameters, context);
    };
    const { accesses } = this.bound;
    checkAccesses(accesses, services.catalog.versionIn(context.transaction), context);
    const segment = await putRows(table, bind, context, services);
    if (segment === null) return 0;
    await appendSegment(table, segment, context.temporary, services);
    return segment.rowCount;
  }

  private withValues(
    { query, parameterTypes }: BoundInsert,
    parameters: readonly BoundParameter[],
    context: StatementContext,
  ): BoundQuery {
    if (parameterTypes.length === 0) return query;
    const { evaluator } = this.services;
    const literals = parameterLiterals(parameterTypes, parameters, (type, isBinary, bytes, i) =>
      evaluator.readParameter(type, isBinary, bytes, i, context.evaluation),
    );
    return { ...query, plan: withParameters(query.plan, literals) };
  }
}

/** What the statement reads: the target's name is none that is looked up. */
function withoutTarget(statement: Insert): Query | Insert {
  return statement.source.kind === "query" ? statement.source.query : statement;
}

function boundOver(
  statement: Insert,
  table: TemporaryTable,
  snapshot: CatalogSnapshot,
  declared: DeclaredTypes,
  context: StatementContext,
  { catalog, evaluator }: PlanningServices,
): BoundInsert {
  const rights = Rights.of(context, catalog.versionIn(context.transaction));
  const uses = new PlanUses();
  const bindContext = bindContextOf(snapshot, declared, context, evaluator, rights, uses);
  try {
    return finished(bindInsert(statement, table, bindContext), snapshot);
  } catch (error) {
    throw explainMissingRelation(error, statement);
  }
}
