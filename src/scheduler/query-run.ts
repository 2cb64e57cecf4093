import type { ExecutorLink, LinkedQuery, ResultBytes } from "../cluster/index.js";
import { invariant, type SqlError, unreachable } from "../errors/index.js";
import {
  newQuery,
  type FragmentNode,
  type QueryCommand,
  type QueryEvent,
  type QueryState,
} from "./query-state.js";
import { isResultOpen, step } from "./step.js";

/** A promise to be settled from outside. */
class Latch {
  readonly opened: Promise<void>;
  open: () => void = () => undefined;
  constructor() {
    this.opened = new Promise((resolve) => {
      this.open = resolve;
    });
  }
}

/**
 * One run of a query: carries out what the state machine commands and feeds it what happens. Whoever
 * starts one closes it.
 */
export class QueryRun {
  private state: QueryState;
  private readonly query: LinkedQuery;
  private readonly ended = new Latch();
  private readonly resultOpened = new Latch();
  private closing: Promise<void> | null = null;

  /** Throws the SqlError of a plan that cannot run. */
  constructor(plan: Uint8Array, fragments: readonly FragmentNode[], executor: ExecutorLink) {
    this.state = newQuery(fragments, [executor.executorId]);
    this.query = executor.openQuery(plan, ({ task, error }) => {
      this.feed(
        error === null ? { kind: "task-finished", task } : { kind: "task-failed", task, error },
      );
    });
    this.feed({ kind: "started" });
  }

  /** The next page of the result, null at its end. Rejects with what the run failed of. */
  async next(): Promise<ResultBytes | null> {
    await this.resultOpened.opened;
    if (this.closing !== null) return null;
    if (isResultOpen(this.state)) {
      const page = await this.query.nextPage();
      if (page !== null) return page;
    }
    await this.finish();
    return null;
  }

  /** Resolves when every task has finished; rejects with what the run failed of. */
  async finish(): Promise<void> {
    await this.ended.opened;
    if (this.state.error !== null) throw this.state.error;
  }

  /** Ends it with this error, unless it has ended. */
  cancel(reason: SqlError): void {
    this.feed({ kind: "cancelled", reason });
  }

  /** What operators did so far. */
  profile(): ReturnType<LinkedQuery["profile"]> {
    return this.query.profile();
  }

  /**
   * Ends what runs and frees what the query holds; resolves when no task is left. Pages that are
   * still out stay valid until they are released.
   */
  close(reason: SqlError): Promise<void> {
    this.closing ??= this.end(reason);
    return this.closing;
  }

  private async end(reason: SqlError): Promise<void> {
    this.cancel(reason);
    await this.ended.opened;
    this.query.close();
  }

  private feed(event: QueryEvent): void {
    const { state, commands } = step(this.state, event);
    this.state = state;
    for (const command of commands) this.carryOut(command);
    if (isResultOpen(state)) this.resultOpened.open();
  }

  private carryOut(command: QueryCommand): void {
    switch (command.kind) {
      case "run-task":
        invariant(this.state.executorIds.includes(command.executorId), "the task's executor");
        this.query.runTask(command.task);
        break;
      case "cancel-tasks":
        this.query.cancel();
        break;
      case "end":
        this.ended.open();
        this.resultOpened.open();
        break;
      default:
        unreachable(command);
    }
  }
}
