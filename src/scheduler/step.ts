import type { TaskName } from "../cluster/index.js";
import { internalError, unreachable, type SqlError } from "../errors/index.js";
import type { FragmentNode, QueryCommand, QueryEvent, QueryState, Step } from "./query-state.js";

/** The one transition function: a state and an event give the next state and what to do. Pure. */
export function step(state: QueryState, event: QueryEvent): Step {
  if (state.phase === "ended") return { state, commands: [] };
  switch (event.kind) {
    case "started":
      return state.phase === "new"
        ? advance({ ...state, phase: "running" }, [])
        : { state, commands: [] };
    case "task-finished":
      return settle(state, event.task, "finished", null);
    case "task-failed":
      return settle(state, event.task, "failed", event.error);
    case "cancelled":
      return stop(state, event.reason);
    case "executor-lost":
      return lose(state, event.executorId, event.error);
    default:
      return unreachable(event);
  }
}

/** Whether a task whose rows go to the client has been started. */
export function isResultOpen(state: QueryState): boolean {
  return state.fragments.some(
    ({ id, isResult }) => isResult && state.tasks.has(keyOf({ fragmentId: id, partition: 0 })),
  );
}

function keyOf({ fragmentId, partition }: Omit<TaskName, "attempt">): string {
  return `${String(fragmentId)}/${String(partition)}`;
}

function settle(
  state: QueryState,
  task: TaskName,
  phase: "finished" | "failed",
  error: SqlError | null,
): Step {
  const key = keyOf(task);
  const record = state.tasks.get(key);
  // A report of an attempt that was given up says nothing any more.
  if (record?.phase !== "running" || record.task.attempt !== task.attempt) {
    return { state, commands: [] };
  }
  const next = { ...state, tasks: new Map(state.tasks).set(key, { ...record, phase }) };
  return error === null ? advance(next, []) : stop(next, error);
}

/** Starts what has become ready; ends the query when nothing is left. */
function advance(state: QueryState, before: readonly QueryCommand[]): Step {
  if (state.phase !== "running") return endIfIdle(state, before);
  const tasks = new Map(state.tasks);
  const commands = [...before];
  for (const fragment of state.fragments) {
    if (!isReady(state, fragment)) continue;
    for (let partition = 0; partition < fragment.partitions; partition++) {
      const task = { fragmentId: fragment.id, partition, attempt: 1 };
      if (tasks.has(keyOf(task))) continue;
      const executorId = placeOf(state, partition);
      if (executorId === undefined) return stop(state, internalError("no executor is there"));
      tasks.set(keyOf(task), { task, executorId, phase: "running" });
      commands.push({ kind: "run-task", task, executorId });
    }
  }
  return endIfIdle({ ...state, tasks }, commands);
}

function placeOf(state: QueryState, partition: number): string | undefined {
  return state.executorIds[partition % Math.max(1, state.executorIds.length)];
}

/** What it reads is complete: exchanges are sealed when all their producers have finished. */
function isReady(state: QueryState, fragment: FragmentNode): boolean {
  return fragment.consumes.every((id) => {
    const producer = state.fragments.find((other) => other.id === id);
    return producer !== undefined && isFinished(state, producer);
  });
}

function isFinished(state: QueryState, { id, partitions }: FragmentNode): boolean {
  for (let partition = 0; partition < partitions; partition++) {
    if (state.tasks.get(keyOf({ fragmentId: id, partition }))?.phase !== "finished") return false;
  }
  return true;
}

function stop(state: QueryState, error: SqlError): Step {
  if (state.phase === "stopping") return endIfIdle(state, []);
  const stopping = { ...state, phase: "stopping", error: state.error ?? error } as const;
  const commands: QueryCommand[] = isIdle(state) ? [] : [{ kind: "cancel-tasks" }];
  return endIfIdle(stopping, commands);
}

/** Its tasks will not report any more, and what they put out is gone: the query cannot go on. */
function lose(state: QueryState, executorId: string, error: SqlError): Step {
  const tasks = new Map(state.tasks);
  let involved = false;
  for (const [key, record] of tasks) {
    if (record.executorId !== executorId) continue;
    involved = true;
    if (record.phase === "running") tasks.set(key, { ...record, phase: "failed" });
  }
  const executorIds = state.executorIds.filter((id) => id !== executorId);
  const next = { ...state, tasks, executorIds };
  return involved ? stop(next, error) : advance(next, []);
}

function endIfIdle(state: QueryState, commands: readonly QueryCommand[]): Step {
  const isDone =
    state.phase === "stopping" || state.fragments.every((fragment) => isFinished(state, fragment));
  if (state.phase === "new" || !isDone || !isIdle(state)) return { state, commands };
  return {
    state: { ...state, phase: "ended" },
    commands: [...commands, { kind: "end", error: state.error }],
  };
}

function isIdle(state: QueryState): boolean {
  return [...state.tasks.values()].every(({ phase }) => phase !== "running");
}
