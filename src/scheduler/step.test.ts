import assert from "node:assert/strict";
import { test } from "node:test";
import { internalError } from "../errors/index.js";
import { newQuery, type FragmentNode, type QueryEvent, type QueryState } from "./query-state.js";
import { isResultOpen, step } from "./step.js";

/** Two scans feed a join of two partitions, which feeds the result. */
const FRAGMENTS: readonly FragmentNode[] = [
  { id: 0, partitions: 1, consumes: [], isResult: false },
  { id: 1, partitions: 1, consumes: [], isResult: false },
  { id: 2, partitions: 2, consumes: [0, 1], isResult: false },
  { id: 3, partitions: 1, consumes: [2], isResult: true },
];

const FAILURE = internalError("it broke");

/** A query that is fed events and remembers what it commanded last. */
class Driven {
  state: QueryState;
  last: readonly string[] = [];

  constructor(fragments = FRAGMENTS, executors: readonly string[] = ["a"]) {
    this.state = newQuery(fragments, executors);
  }

  feed(event: QueryEvent): readonly string[] {
    const { state, commands } = step(this.state, event);
    this.state = state;
    this.last = commands.map((command) => {
      switch (command.kind) {
        case "run-task":
          return `run ${String(command.task.fragmentId)}/${String(command.task.partition)}`;
        case "cancel-tasks":
          return "cancel";
        case "end":
          return command.error === null ? "end" : `end: ${command.error.message}`;
      }
    });
    return this.last;
  }

  finish(fragmentId: number, partition = 0): readonly string[] {
    return this.feed({ kind: "task-finished", task: { fragmentId, partition, attempt: 1 } });
  }

  fail(fragmentId: number, partition = 0): readonly string[] {
    const task = { fragmentId, partition, attempt: 1 };
    return this.feed({ kind: "task-failed", task, error: FAILURE });
  }
}

test("fragments start when all they read is complete, with a task for each partition", () => {
  const query = new Driven();
  assert.deepEqual(query.feed({ kind: "started" }), ["run 0/0", "run 1/0"]);
  assert.deepEqual(query.finish(0), []);
  assert.deepEqual(query.finish(1), ["run 2/0", "run 2/1"]);
  assert.deepEqual(query.finish(2, 1), []);
  assert.equal(isResultOpen(query.state), false);
  assert.deepEqual(query.finish(2, 0), ["run 3/0"]);
  assert.equal(isResultOpen(query.state), true);
  assert.deepEqual(query.finish(3), ["end"]);
  assert.equal(query.state.phase, "ended");
});

test("the first failure ends the query once nothing runs any more", () => {
  const query = new Driven();
  query.feed({ kind: "started" });
  assert.deepEqual(query.fail(0), ["cancel"]);
  assert.deepEqual(query.finish(1), ["end: it broke"]);
  assert.deepEqual(query.fail(1), []);
});

test("a failure with nothing else running ends it at once", () => {
  const query = new Driven([{ id: 0, partitions: 1, consumes: [], isResult: true }]);
  query.feed({ kind: "started" });
  assert.deepEqual(query.fail(0), ["end: it broke"]);
});

test("cancelling waits for tasks that run, and wins over failures that follow from it", () => {
  const query = new Driven();
  query.feed({ kind: "started" });
  const reason = internalError("cancelled");
  assert.deepEqual(query.feed({ kind: "cancelled", reason }), ["cancel"]);
  assert.deepEqual(query.feed({ kind: "cancelled", reason }), []);
  assert.deepEqual(query.fail(0), []);
  assert.deepEqual(query.fail(1), ["end: cancelled"]);
});

test("cancelling before the start ends at once, and starts nothing", () => {
  const query = new Driven();
  const reason = internalError("cancelled");
  assert.deepEqual(query.feed({ kind: "cancelled", reason }), ["end: cancelled"]);
  assert.deepEqual(query.feed({ kind: "started" }), []);
});

test("reports of unknown, ended or other attempts say nothing", () => {
  const query = new Driven();
  query.feed({ kind: "started" });
  const stale = { fragmentId: 0, partition: 0, attempt: 2 };
  assert.deepEqual(query.feed({ kind: "task-finished", task: stale }), []);
  assert.deepEqual(query.finish(3), []);
  query.finish(0);
  assert.deepEqual(query.fail(0), []);
  assert.deepEqual(query.finish(1), ["run 2/0", "run 2/1"]);
});

test("partitions are spread over executors, and a lost one ends what it had a part in", () => {
  const query = new Driven(FRAGMENTS, ["a", "b"]);
  query.feed({ kind: "started" });
  query.finish(0);
  query.finish(1);
  const placed = [...query.state.tasks.values()].map(({ executorId }) => executorId);
  assert.deepEqual(placed, ["a", "a", "a", "b"]);
  const lost = { kind: "executor-lost", executorId: "b", error: FAILURE } as const;
  assert.deepEqual(query.feed(lost), ["cancel"]);
  assert.deepEqual(query.finish(2, 0), ["end: it broke"]);
});

test("an executor that had no part is not missed", () => {
  const query = new Driven(FRAGMENTS, ["a", "b"]);
  query.feed({ kind: "started" });
  const lost = { kind: "executor-lost", executorId: "b", error: FAILURE } as const;
  assert.deepEqual(query.feed(lost), []);
  query.finish(0);
  assert.deepEqual(query.finish(1), ["run 2/0", "run 2/1"]);
});

test("a query without fragments ends when it starts", () => {
  assert.deepEqual(new Driven([]).feed({ kind: "started" }), ["end"]);
});
