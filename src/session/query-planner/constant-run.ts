import { invariant, type SqlError } from "../../errors/index.js";
import type { Run } from "./query-stream.js";

type Page = Awaited<ReturnType<Run["next"]>>;

/**
 * A query without relations, computed on the spot where that is quick; else it becomes an ordinary
 * run. It has nothing to cancel before then: the event loop is busy with it.
 */
export class ConstantRun implements Run {
  private asked = false;
  private run: Run | null = null;
  private cancelled: SqlError | null = null;

  constructor(
    /** All rows, or null where it is more than that. */
    private readonly answer: () => Page,
    private readonly start: () => Run,
  ) {}

  next(): Promise<Page> {
    if (this.run !== null) return this.run.next();
    if (this.cancelled !== null) return Promise.reject(this.cancelled);
    if (this.asked) return Promise.resolve(null);
    this.asked = true;
    try {
      const page = this.answer();
      if (page !== null) return Promise.resolve(page.rowCount === 0 ? null : page);
    } catch (error) {
      return Promise.reject(error);
    }
    this.run = this.start();
    return this.run.next();
  }

  cancel(reason: SqlError): void {
    this.cancelled = reason;
    this.run?.cancel(reason);
  }

  profile(): ReturnType<Run["profile"]> {
    invariant(this.run !== null, "a profile of a run");
    return this.run.profile();
  }

  close(reason: SqlError): Promise<void> {
    return this.run === null ? Promise.resolve() : this.run.close(reason);
  }
}
