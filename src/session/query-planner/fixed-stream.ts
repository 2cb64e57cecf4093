import type { ResultPage, ResultStream } from "../planner.js";
import type { FixedAnswer } from "./shared-plan.js";

/** Rows that are known already. */
export class FixedStream implements ResultStream {
  private rest: FixedAnswer | null;

  constructor(answer: FixedAnswer) {
    this.rest = answer.rowCount === 0 ? null : answer;
  }

  next(): Promise<ResultPage | null> {
    const { rest } = this;
    this.rest = null;
    if (rest === null) return Promise.resolve(null);
    return Promise.resolve({ kind: "encoded", ...rest, release: () => undefined });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
