import {
  childrenOf,
  expressionsOf,
  inputsOf,
  type ConstantEvaluator,
  type EvaluationSettings,
  type Expression,
  type LogicalOperator,
} from "../../plan/index.js";

/** Words that date and time input reads as the time of the transaction. */
const CLOCK_WORDS = /now|today|tomorrow|yesterday/i;

/** What went into a plan that another statement may not share, found out while it is made. */
export class PlanUses {
  /** Something only this session has: its backend's number, its user, a setting by name. */
  session = false;
  /** A value that depends on when the statement was planned. */
  clock = false;
}

/** Evaluates, and notes what depends on the clock. */
export class WatchedEvaluator implements ConstantEvaluator {
  constructor(
    private readonly evaluator: ConstantEvaluator,
    private readonly uses: PlanUses,
  ) {}

  evaluate(expression: Expression, settings: EvaluationSettings): string | null {
    if (!this.uses.clock) this.uses.clock = dependsOnClock(expression);
    return this.evaluator.evaluate(expression, settings);
  }
}

/**
 * Styles and zone are part of every plan's key, so reading a constant depends on nothing else unless
 * it is one of the words; of other operations only the immutable ones are known not to.
 */
function dependsOnClock(expression: Expression): boolean {
  if (expression.kind === "literal") return CLOCK_WORDS.test(expression.text ?? "");
  if (expression.kind === "call" && expression.volatility !== "immutable") {
    const readsConstant =
      expression.op.startsWith("cast") && expression.args.every(({ kind }) => kind === "literal");
    if (!readsConstant) return true;
  }
  return childrenOf(expression).some(dependsOnClock);
}

/** Whether every value is made of constants by operations that always answer the same. */
export function isImmutable(plan: LogicalOperator): boolean {
  return expressionsOf(plan).every(isImmutableValue) && inputsOf(plan).every(isImmutable);
}

/** Whether a value is the same wherever in a statement it is computed. */
export function isImmutableOrStable(expression: Expression): boolean {
  const isOpen =
    "plan" in expression || (expression.kind === "call" && expression.volatility === "volatile");
  return !isOpen && childrenOf(expression).every(isImmutableOrStable);
}

function isImmutableValue(expression: Expression): boolean {
  const isOpen =
    "plan" in expression ||
    expression.kind === "parameter" ||
    (expression.kind === "call" && expression.volatility !== "immutable");
  return !isOpen && childrenOf(expression).every(isImmutableValue);
}
