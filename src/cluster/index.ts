/**
 * cluster: who executes, and what coordinator and executors tell each other.
 *
 * May import errors, env and what else stands left of it. Invariant: a task is answered by exactly one
 * report; data never travels in these messages, only references to it.
 * Start reading at executor-link.ts.
 */
export type {
  ExecutorLink,
  LinkedQuery,
  ResultBytes,
  TaskName,
  TaskReport,
} from "./executor-link.js";
export { Members } from "./members.js";
