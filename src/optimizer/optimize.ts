import {
  ColumnFactory,
  type BoundQuery,
  type ConstantEvaluator,
  type EvaluationSettings,
  type LogicalOperator,
  type PhysicalPlan,
} from "../plan/index.js";
import { Estimator } from "./cost/index.js";
import { runRules } from "./driver.js";
import type { ExchangeMode } from "./physical/context.js";
import { planPhysically } from "./physical/planner.js";
import { madeColumns } from "./expression/copy-plan.js";
import { PHASES, PHYSICAL_RULES } from "./rule-list.js";
import type { RuleContext } from "./rule.js";

export interface OptimizerSettings {
  /** Names of rules to leave out (millrace.disabled_rules); required rules run all the same. */
  readonly disabledRules: ReadonlySet<string>;
  /** millrace.exchange. */
  readonly exchange: ExchangeMode;
  /** Partitions of hash exchanges. */
  readonly partitions: number;
}

export const DEFAULT_OPTIMIZER_SETTINGS: OptimizerSettings = {
  disabledRules: new Set(),
  exchange: "auto",
  partitions: 16,
};

export interface OptimizerContext {
  readonly settings: OptimizerSettings;
  readonly evaluator: ConstantEvaluator;
  readonly evaluation: EvaluationSettings;
}

export interface OptimizedQuery {
  readonly plan: PhysicalPlan;
  /** The logical plan it was made from. */
  readonly logical: LogicalOperator;
  /** Names of the rules that changed the plan, in order. */
  readonly firedRules: readonly string[];
}

/** A bound query as a physical plan. Parameters must have been replaced by literals. */
export function optimize(query: BoundQuery, context: OptimizerContext): OptimizedQuery {
  const { settings, evaluator, evaluation } = context;
  const columns = new ColumnFactory(largestColumnId(query.plan) + 1);
  const estimator = new Estimator();
  const outputs = query.outputs.map((output) => output.column);
  let lastCteId = FIRST_CTE_ID;
  const ruleContext: RuleContext = {
    columns,
    evaluator,
    evaluation,
    estimator,
    outputs,
    newCteId: () => ++lastCteId,
  };
  const { plan: logical, fired } = runRules(
    query.plan,
    PHASES,
    settings.disabledRules,
    ruleContext,
  );
  const chosen = planPhysically(logical, outputs, {
    columns,
    evaluator,
    evaluation,
    estimator,
    settings,
  });
  const firedRules = [...fired];
  const plan = PHYSICAL_RULES.reduce((before, rule) => {
    const after = settings.disabledRules.has(rule.name) ? before : rule.apply(before);
    if (after !== before) firedRules.push(rule.name);
    return after;
  }, chosen);
  return { plan, logical, firedRules };
}

/** Above those the binder gives out, which count from 1. */
const FIRST_CTE_ID = 1_000_000;

function largestColumnId(plan: LogicalOperator): number {
  let largest = 0;
  for (const column of madeColumns(plan)) largest = Math.max(largest, column.id);
  return largest;
}
