import { sameSnapshot } from "../../catalog/index.js";
import { cachedPlanChangedType } from "../../errors/index.js";
import type { BoundQuery } from "../../plan/index.js";
import type { CopyFormat } from "../../fragments/index.js";
import { sameType, type TypeName } from "../../types/index.js";
import type {
  BoundParameter,
  Format,
  PlannedQuery,
  ResultColumn,
  ResultStream,
  StatementContext,
} from "../planner.js";
import type { TemporaryState } from "../temporary/index.js";
import { checkAccesses } from "./access/check-accesses.js";
import { Rights } from "./access/rights.js";
import { bindOver, type DeclaredTypes } from "./binding.js";
import { parameterLiterals, withParameters } from "./bound-parameters.js";
import { isImmutable, PlanUses, WatchedEvaluator } from "./plan-uses.js";
import { QueryStream, type OpenRun } from "./query-stream.js";
import {
  compile,
  optimized,
  startRun,
  type CompiledQuery,
  type PlanningServices,
} from "./services.js";
import { FixedStream } from "./fixed-stream.js";
import { SharedPlan, type FixedAnswer } from "./shared-plan.js";
import { namedHere } from "./temporary/named-here.js";
import { scannedOids } from "./scanned-oids.js";
import type { StatementSnapshots } from "./statement-snapshots.js";

/** The part of a statement's context that its plan was made in. */
type Planned = Pick<StatementContext, "evaluation" | "settings"> & {
  /** The session's relations as they were, where the statement names one of them. */
  readonly temporary?: TemporaryState;
};

/**
 * A query with its names and types settled. A start without parameters takes the plan that is there
 * if it still holds; with parameters each start plans anew, for their values.
 */
export class PlannedSelect implements PlannedQuery {
  readonly columns: readonly ResultColumn[];
  readonly parameterOids: readonly number[];

  constructor(
    private shared: SharedPlan,
    private readonly planned: Planned,
    private readonly services: PlanningServices,
    private readonly snapshots: StatementSnapshots,
  ) {
    this.columns = shared.columns;
    this.parameterOids = shared.parameterOids;
  }

  isCurrent(context: StatementContext): boolean {
    const { shared, services, planned } = this;
    const names = namedHere(shared.query, context.temporary.state);
    if (names !== planned.temporary) return false;
    const version = services.catalog.versionIn(context.transaction);
    return this.hasSameSettings(context) && shared.version === version.number;
  }

  start(
    parameters: readonly BoundParameter[],
    resultFormats: readonly Format[],
    context: StatementContext,
    copy?: CopyFormat,
  ): ResultStream {
    if (copy !== undefined) return this.copied(parameters, resultFormats, context, copy);
    const fixed = this.shared.answerFor(resultFormats);
    if (fixed !== undefined && this.hasSameSettings(context) && this.needsNoLook(context)) {
      this.checkRights(this.shared, context);
      this.snapshots.noteAnswer(context);
      return new FixedStream(fixed);
    }
    return this.stream(async (again) => {
      const compiled = await this.compiledFor(parameters, resultFormats, context, again);
      return startRun(compiled, false, context, this.services);
    }, context);
  }

  reads(oid: number): boolean {
    return scannedOids(this.shared.bound.plan).has(oid);
  }

  /** The rows of runs that `open` starts. */
  stream(open: OpenRun, context: StatementContext): QueryStream {
    return new QueryStream(open, () => this.snapshots.noteAnswer(context), context);
  }

  /** The query over files as they are now, with values for its parameters. */
  async boundFor(
    parameters: readonly BoundParameter[],
    context: StatementContext,
    again: boolean,
  ): Promise<BoundQuery> {
    return this.withValues(await this.current(context, again), parameters, context);
  }

  /** Rows as COPY writes them: each has options of its own, so nothing is kept. */
  private copied(
    parameters: readonly BoundParameter[],
    formats: readonly Format[],
    context: StatementContext,
    copy: CopyFormat,
  ): ResultStream {
    return this.stream(async (again) => {
      const bound = await this.boundFor(parameters, context, again);
      const { plan } = optimized(bound, context, this.services.evaluator);
      return startRun(compile(bound, plan, formats, copy), false, context, this.services);
    }, context);
  }

  private async compiledFor(
    parameters: readonly BoundParameter[],
    formats: readonly Format[],
    context: StatementContext,
    again: boolean,
  ): Promise<CompiledQuery> {
    const plan = await this.current(context, again);
    const known = plan.compiledFor(formats);
    if (known !== undefined) return known;
    const bound = this.withValues(plan, parameters, context);
    const uses = new PlanUses();
    const evaluator = new WatchedEvaluator(this.services.evaluator, uses);
    const compiled = compile(bound, optimized(bound, context, evaluator).plan, formats);
    if (parameters.length > 0 || uses.clock) return compiled;
    const kept = isImmutable(bound.plan) ? this.keepingAnswer(plan, compiled, formats) : compiled;
    plan.keepCompiled(formats, kept);
    return kept;
  }

  /** The same; the first run that has all rows at once leaves them with the plan. */
  private keepingAnswer(
    plan: SharedPlan,
    compiled: CompiledQuery,
    formats: readonly Format[],
  ): CompiledQuery {
    if (!compiled.isConstant || !plan.isShareable) return compiled;
    const onAnswer = ({ bytes, rowCount }: FixedAnswer): void => {
      plan.keepAnswer(formats, bytes, rowCount);
    };
    return { ...compiled, onAnswer };
  }

  private withValues(
    { binding }: SharedPlan,
    parameters: readonly BoundParameter[],
    context: StatementContext,
  ): BoundQuery {
    const { query, parameterTypes } = binding.statement;
    if (parameterTypes.length === 0) return query;
    const { evaluator } = this.services;
    const literals = parameterLiterals(parameterTypes, parameters, (type, isBinary, bytes, i) =>
      evaluator.readParameter(type, isBinary, bytes, i, context.evaluation),
    );
    return { ...query, plan: withParameters(query.plan, literals) };
  }

  /** The plan over files as they are now, whose relations the user may read. */
  private async current(context: StatementContext, again: boolean): Promise<SharedPlan> {
    const plan = await this.newest(context, again);
    this.checkRights(plan, context);
    return plan;
  }

  private checkRights({ binding }: SharedPlan, context: StatementContext): void {
    const { accesses } = binding.statement;
    checkAccesses(accesses, this.services.catalog.versionIn(context.transaction), context);
  }

  private async newest(context: StatementContext, again: boolean): Promise<SharedPlan> {
    const { shared, snapshots } = this;
    const sameSettings = this.hasSameSettings(context);
    if (sameSettings && !again && this.needsNoLook(context)) return shared;
    const { temporary } = this.planned;
    const snapshot = await (again
      ? snapshots.renewed(shared.query, context, temporary)
      : snapshots.current(shared.query, context, temporary));
    if (sameSettings && sameSnapshot(snapshot, shared.binding.snapshot)) return shared;
    const { parameterTypes } = shared.binding.statement;
    const declared: DeclaredTypes = parameterTypes.map(({ name }): TypeName => name);
    const { evaluator } = this.services;
    const uses = new PlanUses();
    const rights = Rights.of(context, this.services.catalog.versionIn(context.transaction));
    const binding = bindOver(snapshot, shared.query, declared, context, evaluator, rights, uses);
    if (!sameOutputs(binding.statement.query, shared.bound)) throw cachedPlanChangedType();
    const renewed = new SharedPlan(shared.query, binding, uses);
    if (sameSettings) this.shared = renewed;
    return renewed;
  }

  /** Whether there is nothing new to see: the statement was just planned, or reads nothing. */
  private needsNoLook(context: StatementContext): boolean {
    const { shared, services } = this;
    const { statementTimestamp, transactionTimestamp } = this.planned.evaluation;
    const justPlanned =
      context.evaluation.statementTimestamp === statementTimestamp &&
      context.evaluation.transactionTimestamp === transactionTimestamp;
    const { transaction } = context;
    const { number } = services.catalog.versionIn(transaction);
    return justPlanned || (!transaction.explicit && shared.holdsAt(number));
  }

  /** Whether names, zones and styles are settled as they were: one object until one changes. */
  private hasSameSettings({ settings }: StatementContext): boolean {
    const { planned, shared } = this;
    if (settings === planned.settings) return true;
    return shared.isShareable && settings.planKey === planned.settings.planKey;
  }
}

function sameOutputs(a: BoundQuery, b: BoundQuery): boolean {
  return (
    a.outputs.length === b.outputs.length &&
    a.outputs.every(({ name, column }, i) => {
      const other = b.outputs[i];
      return other?.name === name && sameType(other.column.type, column.type);
    })
  );
}
