import { toBinary } from "@bufbuild/protobuf";
import type { FileInspector, StoredCatalog } from "../../catalog/index.js";
import type { ExecutorLink } from "../../cluster/index.js";
import type { Clock, Random } from "../../env/index.js";
import type { EngineEvaluator, SessionTables } from "../../engine/index.js";
import {
  buildFragments,
  fragmentGraph,
  isConstantQuery,
  QuerySchema,
  querySettings,
  type CopyFormat,
  type FragmentFacts,
  type ResultColumns,
} from "../../fragments/index.js";
import {
  DEFAULT_OPTIMIZER_SETTINGS,
  optimize,
  type OptimizedQuery,
} from "../../optimizer/index.js";
import type { BoundQuery, ConstantEvaluator } from "../../plan/index.js";
import { QueryRun } from "../../scheduler/index.js";
import type { Format, StatementContext } from "../planner.js";
import { ConstantRun } from "./constant-run.js";
import type { FixedAnswer } from "./shared-plan.js";
import type { Run } from "./query-stream.js";
import type { SystemServices } from "./system-query/index.js";

/** What plans are made of and run with; shared by all sessions. */
export interface PlanningServices {
  readonly catalog: StoredCatalog;
  readonly evaluator: EngineEvaluator;
  readonly executor: ExecutorLink;
  readonly inspector: FileInspector;
  /** Where rows of temporary tables lie. */
  readonly tables: SessionTables;
  readonly clock: Clock;
  readonly random: Random;
  /** Where queries of PostgreSQL's own catalogs go; without one they are refused. */
  readonly system?: Omit<SystemServices, "catalog">;
}

/** Reads values as their types do. */
export type ConstantReader = Pick<EngineEvaluator, "readParameter">;

/** The physical plan of a query without parameters. */
export function optimized(
  query: BoundQuery,
  context: StatementContext,
  evaluator: ConstantEvaluator,
): OptimizedQuery {
  const { disabledRules, exchange } = context.settings;
  return optimize(query, {
    settings: { ...DEFAULT_OPTIMIZER_SETTINGS, disabledRules, exchange },
    evaluator,
    evaluation: context.evaluation,
  });
}

/** A plan as executors read it, but for the settings of a run. */
export interface CompiledQuery {
  readonly fragments: Uint8Array;
  readonly graph: readonly FragmentFacts[];
  /** It reads nothing and has one row. */
  readonly isConstant: boolean;
  /** Told of all rows where they were there at once. */
  readonly onAnswer?: (answer: FixedAnswer) => void;
}

export function compile(
  query: BoundQuery,
  plan: OptimizedQuery["plan"],
  formats: readonly Format[],
  copy?: CopyFormat,
): CompiledQuery {
  const columns = query.outputs.map(({ column }) => column);
  return compiled(plan, copy === undefined ? { columns, formats } : { columns, formats, copy });
}

/** A plan whose rows go into a session's table that is open. */
export function compileInto(
  query: BoundQuery,
  plan: OptimizedQuery["plan"],
  intoTable: number,
): CompiledQuery {
  const columns = query.outputs.map(({ column }) => column);
  const formats = columns.map(() => 0 as const);
  // On the spot a run may be given up and begun again, which the table would not take.
  return { ...compiled(plan, { columns, formats, intoTable }), isConstant: false };
}

function compiled(plan: OptimizedQuery["plan"], result: ResultColumns): CompiledQuery {
  const message = buildFragments(plan, result);
  return {
    fragments: toBinary(QuerySchema, message),
    graph: fragmentGraph(message),
    isConstant: isConstantQuery(message),
  };
}

/** Starts a plan; `timed`: its operators are. The run must be closed. */
export function startRun(
  { fragments, graph, isConstant, onAnswer }: CompiledQuery,
  timed: boolean,
  context: StatementContext,
  { executor, evaluator }: PlanningServices,
): Run {
  const { vectorSize, threads } = context.settings;
  const settings = querySettings({ ...context.evaluation, vectorSize, threads, timed });
  const message = new Uint8Array(fragments.length + settings.length);
  message.set(fragments);
  message.set(settings, fragments.length);
  const start = (): QueryRun => new QueryRun(message, graph, executor);
  if (!isConstant) return start();
  return new ConstantRun(() => {
    const answer = evaluator.answer(message);
    if (answer !== null) onAnswer?.(answer);
    return answer;
  }, start);
}
