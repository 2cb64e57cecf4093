import type {
  Column,
  ColumnFactory,
  ConstantEvaluator,
  EvaluationSettings,
  LogicalOperator,
  PhysicalPlan,
} from "../plan/index.js";
import type { Estimator } from "./cost/index.js";

/** What rules may use besides the plan. */
export interface RuleContext {
  readonly columns: ColumnFactory;
  readonly evaluator: ConstantEvaluator;
  readonly evaluation: EvaluationSettings;
  readonly estimator: Estimator;
  /** Columns that the whole plan must go on putting out. */
  readonly outputs: readonly Column[];
  /** A number for a common table that no other has in this statement. */
  readonly newCteId: () => number;
}

/**
 * A rewriting of whole logical plans that keeps the rows. It answers the very plan it got where it
 * has nothing to do; that is how the driver knows whether it fired.
 */
export interface Rule {
  /** verb-noun, as in its file's name and in millrace.disabled_rules. */
  readonly name: string;
  readonly apply: (plan: LogicalOperator, context: RuleContext) => LogicalOperator;
}

/** The same for physical plans: it may use what the choice of algorithms made possible. */
export interface PhysicalRule {
  readonly name: string;
  readonly apply: (plan: PhysicalPlan) => PhysicalPlan;
}
