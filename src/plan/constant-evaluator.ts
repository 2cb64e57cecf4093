import type { Expression } from "./expression/index.js";

/** Settings that change the value or the text of an expression. Times are µs from 2000-01-01 UTC. */
export interface EvaluationSettings {
  readonly timeZone: string;
  readonly dateStyle: string;
  readonly intervalStyle: string;
  readonly extraFloatDigits: number;
  readonly byteaOutput: string;
  readonly transactionTimestamp: bigint;
  readonly statementTimestamp: bigint;
}

/**
 * Evaluates a column-free, subquery-free expression by the CPU interpreter and answers its literal
 * text (see LiteralExpression), or null for NULL. Throws the SqlError that evaluation raises, at
 * the expression's position. The engine room implements it; main.ts hands it in.
 */
export interface ConstantEvaluator {
  evaluate(expression: Expression, settings: EvaluationSettings): string | null;
}
