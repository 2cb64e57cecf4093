import type { EncodedPage, ResultPage, ResultStream } from "../planner.js";
import type { FixedAnswer } from "./shared-plan.js";

/** Rows that are known already. */
export class FixedStream implements ResultStream {
  private rest: FixedAnswer | null;

  constructor(answer: FixedAnswer) {
    this.rest = answer.rowCount === 0 ? null : answer;
  }

  takeAll(): EncodedPage | null {
    const { rest } = this;
    this.rest = null;
    return rest === null ? null : { kind: "encoded", ...rest, release: () => undefined };
  }

  next(): Promise<ResultPage | null> {
    return Promise.resolve(this.takeAll());
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
