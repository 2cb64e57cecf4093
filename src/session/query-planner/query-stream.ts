import { invariant, SqlError, SQLSTATE, statementClosed } from "../../errors/index.js";
import type { QueryRun } from "../../scheduler/index.js";
import { throwIfAborted } from "../interrupts.js";
import type { ResultPage, ResultStream, StatementContext } from "../planner.js";

/** Ends runs whose reader has gone; nobody is told of it, so one is enough. */
const CLOSED = statementClosed();

/** A run as its reader needs it. */
export type Run = Pick<QueryRun, "next" | "cancel" | "close" | "profile">;

/** Plans and starts a run; `again` where files changed before a row of the one before was there. */
export type OpenRun = (again: boolean) => Promise<Run>;

/**
 * The rows of one run. The run starts with the first page that is asked for; a signal that is aborted
 * cancels it at once, whoever waits or does not.
 */
export class QueryStream implements ResultStream {
  private run: Run | null = null;
  private opening: Promise<Run> | null = null;
  private closing: Promise<void> | null = null;
  private again = false;
  private answered = false;
  private readonly onAbort: () => void;

  constructor(
    private readonly open: OpenRun,
    /** Told of the first page, or the end without one. */
    private readonly onAnswer: () => void,
    private readonly context: Pick<StatementContext, "signal">,
  ) {
    this.onAbort = () => this.run?.cancel(this.reason());
    context.signal.addEventListener("abort", this.onAbort);
  }

  async next(): Promise<ResultPage | null> {
    try {
      return await this.nextOf(await this.opened());
    } catch (error) {
      if (!this.mayRestart(error)) throw error;
      await this.run?.close(this.reason());
      this.run = null;
      this.opening = null;
      this.again = true;
      return this.nextOf(await this.opened());
    }
  }

  /** What operators of the run did; after the last page and before `close`. */
  profile(): ReturnType<Run["profile"]> {
    invariant(this.run !== null, "a profile of a run");
    return this.run.profile();
  }

  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private async nextOf(run: Run): Promise<ResultPage | null> {
    const page = await run.next();
    if (!this.answered) this.onAnswer();
    this.answered = true;
    if (page === null) return null;
    const { bytes, rowCount } = page;
    return { kind: "encoded", bytes, rowCount, release: () => page.release() };
  }

  private opened(): Promise<Run> {
    this.opening ??= this.start();
    return this.opening;
  }

  private async start(): Promise<Run> {
    throwIfAborted(this.context.signal);
    const run = await this.open(this.again);
    this.run = run;
    if (this.context.signal.aborted || this.closing !== null) run.cancel(this.reason());
    return run;
  }

  private async end(): Promise<void> {
    this.context.signal.removeEventListener("abort", this.onAbort);
    // A start under way has a run soon, which must not be left behind.
    await this.opening?.catch(() => undefined);
    await this.run?.close(this.reason());
  }

  private mayRestart(error: unknown): boolean {
    const changed = error instanceof SqlError && error.sqlstate === SQLSTATE.serializationFailure;
    const mayYet = !this.answered && !this.again && this.closing === null;
    return changed && mayYet && !this.context.signal.aborted;
  }

  private reason(): SqlError {
    const { signal } = this.context;
    return signal.aborted ? (signal.reason as SqlError) : CLOSED;
  }
}
