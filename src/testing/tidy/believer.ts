import { SqlError } from "../../errors/index.js";
import type { ConstantEvaluator } from "../../plan/index.js";
import { referenceEvaluator } from "../plan-equivalence.js";

/** Believes that a constant is what it should be where the reference does not know to compute it. */
export const believer: ConstantEvaluator = {
  evaluate(expression, settings) {
    try {
      return referenceEvaluator.evaluate(expression, settings);
    } catch (error) {
      if (error instanceof SqlError) throw error;
      const [argument] = expression.kind === "call" ? expression.args : [];
      return argument?.kind === "literal" ? argument.text : "1";
    }
  },
};
