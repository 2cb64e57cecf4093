import { toBinary } from "@bufbuild/protobuf";
import type { StoredCatalog } from "../../catalog/index.js";
import type { ExecutorLink } from "../../cluster/index.js";
import type { Clock } from "../../env/index.js";
import type { EngineEvaluator } from "../../engine/index.js";
import { type CopyFormat, buildQuery, fragmentGraph, QuerySchema } from "../../fragments/index.js";
import {
  DEFAULT_OPTIMIZER_SETTINGS,
  optimize,
  type OptimizedQuery,
} from "../../optimizer/index.js";
import type { BoundQuery } from "../../plan/index.js";
import { QueryRun } from "../../scheduler/index.js";
import type { Format, StatementContext } from "../planner.js";

/** What plans are made of and run with; shared by all sessions. */
export interface PlanningServices {
  readonly catalog: StoredCatalog;
  readonly evaluator: EngineEvaluator;
  readonly executor: ExecutorLink;
  readonly clock: Clock;
}

/** The physical plan of a query without parameters. */
export function optimized(
  query: BoundQuery,
  context: StatementContext,
  { evaluator }: PlanningServices,
): OptimizedQuery {
  const { disabledRules, exchange } = context.settings;
  return optimize(query, {
    settings: { ...DEFAULT_OPTIMIZER_SETTINGS, disabledRules, exchange },
    evaluator,
    evaluation: context.evaluation,
  });
}

export interface RunOptions {
  readonly formats: readonly Format[];
  /** Whether operators are timed. */
  readonly timed: boolean;
  /** Rows become CopyData messages. */
  readonly copy?: CopyFormat | undefined;
}

/** Starts a plan. The run must be closed. */
export function startRun(
  query: BoundQuery,
  plan: OptimizedQuery["plan"],
  { formats, timed, copy }: RunOptions,
  context: StatementContext,
  { executor }: PlanningServices,
): QueryRun {
  const { vectorSize, threads } = context.settings;
  const columns = query.outputs.map(({ column }) => column);
  const settings = { ...context.evaluation, vectorSize, threads };
  const message = buildQuery(plan, settings, {
    columns,
    formats,
    ...(copy === undefined ? {} : { copy }),
  });
  if (message.settings !== undefined) message.settings.timed = timed;
  return new QueryRun(toBinary(QuerySchema, message), fragmentGraph(message), executor);
}
