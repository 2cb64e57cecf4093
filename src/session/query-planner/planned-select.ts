import { sameSnapshot } from "../../catalog/index.js";
import { cachedPlanChangedType } from "../../errors/index.js";
import type { CopyFormat } from "../../fragments/index.js";
import type { Query } from "../../parser/index.js";
import type { BoundQuery } from "../../plan/index.js";
import { sameType, TYPE_FACTS, type TypeName } from "../../types/index.js";
import type {
  BoundParameter,
  Format,
  PlannedQuery,
  ResultColumn,
  ResultStream,
  StatementContext,
} from "../planner.js";
import { bindOver, type Binding, type DeclaredTypes } from "./binding.js";
import { parameterLiterals, withParameters } from "./bound-parameters.js";
import { QueryStream, type OpenRun } from "./query-stream.js";
import { optimized, startRun, type PlanningServices } from "./services.js";
import type { StatementSnapshots } from "./statement-snapshots.js";

/** A query with its names and types settled. Each start plans anew, for its parameters' values. */
export class PlannedSelect implements PlannedQuery {
  readonly columns: readonly ResultColumn[];
  readonly parameterOids: readonly number[];
  private binding: Binding;

  constructor(
    private readonly query: Query,
    binding: Binding,
    private readonly planned: StatementContext,
    private readonly services: PlanningServices,
    private readonly snapshots: StatementSnapshots,
  ) {
    this.binding = binding;
    this.columns = resultColumns(binding.statement.query);
    this.parameterOids = binding.statement.parameterTypes.map(({ name }) => TYPE_FACTS[name].oid);
  }

  isCurrent(context: StatementContext): boolean {
    // Names, zones and styles are settled by settings, which are one object until one changes.
    const sameSettings = context.settings === this.planned.settings;
    return sameSettings && this.binding.snapshot.version === this.services.catalog.version;
  }

  start(
    parameters: readonly BoundParameter[],
    resultFormats: readonly Format[],
    context: StatementContext,
    copy?: CopyFormat,
  ): ResultStream {
    const options = { formats: resultFormats, timed: false, copy };
    return this.stream(async (again) => {
      const bound = await this.boundFor(parameters, context, again);
      const { plan } = optimized(bound, context, this.services);
      return startRun(bound, plan, options, context, this.services);
    }, context);
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
    const { query, parameterTypes } = await this.currentStatement(context, again);
    if (parameterTypes.length === 0) return query;
    const { evaluator } = this.services;
    const literals = parameterLiterals(parameterTypes, parameters, (type, isBinary, bytes, i) =>
      evaluator.readParameter(type, isBinary, bytes, i, context.evaluation),
    );
    return { ...query, plan: withParameters(query.plan, literals) };
  }

  private async currentStatement(
    context: StatementContext,
    again: boolean,
  ): Promise<Binding["statement"]> {
    // The statement that was just planned is the one that starts now.
    const { evaluation, settings } = this.planned;
    const justPlanned =
      context.evaluation.statementTimestamp === evaluation.statementTimestamp &&
      context.evaluation.transactionTimestamp === evaluation.transactionTimestamp &&
      context.settings === settings;
    if (justPlanned && !again) return this.binding.statement;
    const { query, snapshots } = this;
    const snapshot = await (again
      ? snapshots.renewed(query, context)
      : snapshots.current(query, context));
    const sameStyles = context.settings === settings;
    if (sameStyles && sameSnapshot(snapshot, this.binding.snapshot)) return this.binding.statement;
    const { parameterTypes } = this.binding.statement;
    const declared: DeclaredTypes = parameterTypes.map(({ name }): TypeName => name);
    const { evaluator } = this.services;
    const binding = bindOver(snapshot, query, declared, context, evaluator);
    if (!sameOutputs(binding.statement.query, this.binding.statement.query)) {
      throw cachedPlanChangedType();
    }
    if (sameStyles) this.binding = binding;
    return binding.statement;
  }
}

function resultColumns({ outputs }: BoundQuery): readonly ResultColumn[] {
  return outputs.map(({ name, column, relationOid, columnNumber }) => {
    const { oid, size } = TYPE_FACTS[column.type.name];
    return {
      name,
      typeOid: oid,
      typeSize: size,
      typmod: column.type.typmod,
      tableOid: relationOid,
      columnNumber,
    };
  });
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
