import { invariant } from "../errors/index.js";
import type { LogicalOperator } from "../plan/index.js";
import type { Phase } from "./phase.js";
import type { RuleContext } from "./rule.js";
import { sameStructure } from "./same-structure.js";
import { verifyPlan } from "./verify.js";

/** A phase that goes on changing its plan for this long has rules that undo each other. */
const MAX_ROUNDS = 50;

export interface RuleRun {
  readonly plan: LogicalOperator;
  /** Names of the rules that changed the plan, in order, repeated as often as they did. */
  readonly fired: readonly string[];
}

/**
 * Applies the phases in order; a repeating one until a whole round changes nothing. Rules named in
 * `disabled` are left out, required ones excepted.
 */
export function runRules(
  start: LogicalOperator,
  phases: readonly Phase[],
  disabled: ReadonlySet<string>,
  context: RuleContext,
): RuleRun {
  const fired: string[] = [];
  let plan = start;
  verifyPlan(plan, context.outputs, "the binder");
  for (const phase of phases) {
    const rules = phase.rules.filter((r) => r.required !== undefined || !disabled.has(r.rule.name));
    for (let round = 0, changed = true; changed; round++) {
      invariant(round < MAX_ROUNDS, `optimizer phase ${phase.name} does not come to an end`);
      changed = false;
      for (const { rule } of rules) {
        context.estimator.learn(plan);
        const next = rule.apply(plan, context);
        if (next === plan || sameStructure(next, plan)) continue;
        verifyPlan(next, context.outputs, rule.name);
        plan = next;
        changed = phase.repeat;
        fired.push(rule.name);
      }
    }
  }
  return { plan, fired };
}
