import type { QueryProfile } from "../engine/index.js";
import type { SqlError } from "../errors/index.js";

/** One run of a fragment's work on one partition. Attempts count from 1. */
export interface TaskName {
  readonly fragmentId: number;
  readonly partition: number;
  readonly attempt: number;
}

/** How a task ended. */
export interface TaskReport {
  readonly task: TaskName;
  /** Null where it finished. */
  readonly error: SqlError | null;
}

/** Result rows as the client gets them; `release` gives the memory back, once. */
export interface ResultBytes {
  readonly bytes: Uint8Array;
  readonly rowCount: number;
  release(): void;
}

/** A query as an executor holds it. */
export interface LinkedQuery {
  /** Starts a task; its end is reported. */
  runTask(task: TaskName): void;
  /** Ends running tasks soon: each is reported as failed, or as finished if it just was. */
  cancel(): void;
  /** Pages of the result, null at the end or when the run failed. Only after the result's task started. */
  nextPage(): Promise<ResultBytes | null>;
  /** What operators did so far; only before `close`. */
  profile(): QueryProfile;
  /** After the last report. The memory of pages that are still out is freed with their release. */
  close(): void;
}

/** The way to one executor. */
export interface ExecutorLink {
  readonly executorId: string;
  /** `plan` is a message millrace.plan.Query. Throws the SqlError of a plan that cannot run. */
  openQuery(plan: Uint8Array, report: (report: TaskReport) => void): LinkedQuery;
}
