import type {
  ColumnFactory,
  ColumnId,
  ConstantEvaluator,
  EvaluationSettings,
  LogicalOperator,
  PhysicalOperator,
} from "../../plan/index.js";
import type { Estimator } from "../cost/index.js";

/** Where aggregates are cut into partial and final: by estimate, wherever possible, or nowhere. */
export type ExchangeMode = "auto" | "always" | "never";

export interface PhysicalSettings {
  readonly exchange: ExchangeMode;
  /** Partitions of a hash exchange. */
  readonly partitions: number;
}

/** What the parts of physical planning share. */
export interface PlanContext {
  readonly columns: ColumnFactory;
  readonly evaluator: ConstantEvaluator;
  readonly evaluation: EvaluationSettings;
  readonly estimator: Estimator;
  readonly settings: PhysicalSettings;
  /** A number for the next operator. */
  readonly nextId: () => number;
  /**
   * A physical plan for the operator whose output has at least the `needed` columns, in any order,
   * and may have others.
   */
  readonly plan: (logical: LogicalOperator, needed: Needed) => PhysicalOperator;
}

export type Needed = ReadonlySet<ColumnId>;
