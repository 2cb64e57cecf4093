import type { TaskName } from "../cluster/index.js";
import type { SqlError } from "../errors/index.js";

/** A fragment as far as scheduling goes. */
export interface FragmentNode {
  readonly id: number;
  /** Tasks it has. */
  readonly partitions: number;
  /** Fragments whose output it reads. */
  readonly consumes: readonly number[];
  /** Whether its rows go to the client. */
  readonly isResult: boolean;
}

/** What happened. */
export type QueryEvent =
  | { readonly kind: "started" }
  | { readonly kind: "task-finished"; readonly task: TaskName }
  | { readonly kind: "task-failed"; readonly task: TaskName; readonly error: SqlError }
  | { readonly kind: "cancelled"; readonly reason: SqlError }
  | { readonly kind: "executor-lost"; readonly executorId: string; readonly error: SqlError };

/** What is to be done about it. */
export type QueryCommand =
  | { readonly kind: "run-task"; readonly task: TaskName; readonly executorId: string }
  | { readonly kind: "cancel-tasks" }
  /** Nothing runs any more; null where all tasks finished. */
  | { readonly kind: "end"; readonly error: SqlError | null };

type TaskPhase = "running" | "finished" | "failed";

interface TaskRecord {
  readonly task: TaskName;
  readonly executorId: string;
  readonly phase: TaskPhase;
}

/** A query's tasks at one moment. Immutable: `step` makes the next. */
export interface QueryState {
  readonly fragments: readonly FragmentNode[];
  /** Executors that tasks may be placed on, in order of preference. */
  readonly executorIds: readonly string[];
  /** The last attempt of every task that was ever started, by its key. */
  readonly tasks: ReadonlyMap<string, TaskRecord>;
  readonly phase: "new" | "running" | "stopping" | "ended";
  /** What the query ends with; the first failure counts. */
  readonly error: SqlError | null;
}

export interface Step {
  readonly state: QueryState;
  readonly commands: readonly QueryCommand[];
}

export function newQuery(
  fragments: readonly FragmentNode[],
  executorIds: readonly string[],
): QueryState {
  return { fragments, executorIds, tasks: new Map(), phase: "new", error: null };
}
