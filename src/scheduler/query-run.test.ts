import assert from "node:assert/strict";
import { test } from "node:test";
import type {
  ExecutorLink,
  LinkedQuery,
  ResultBytes,
  TaskName,
  TaskReport,
} from "../cluster/index.js";
import { internalError, type SqlError, statementClosed } from "../errors/index.js";
import { QueryRun } from "./query-run.js";
import type { FragmentNode } from "./query-state.js";

const FRAGMENTS: readonly FragmentNode[] = [
  { id: 0, partitions: 1, consumes: [], isResult: false },
  { id: 1, partitions: 1, consumes: [0], isResult: true },
];

/** An executor whose tasks end when the test says so. */
class FakeExecutor implements ExecutorLink, LinkedQuery {
  readonly executorId = "fake";
  readonly running: TaskName[] = [];
  readonly pages: (ResultBytes | null)[] = [];
  cancelled = 0;
  closed = 0;
  private report: (report: TaskReport) => void = () => undefined;

  openQuery(_plan: Uint8Array, report: (report: TaskReport) => void): LinkedQuery {
    this.report = report;
    return this;
  }

  runTask(task: TaskName): void {
    this.running.push(task);
  }

  cancel(): void {
    this.cancelled += 1;
    for (const task of this.running.splice(0)) this.report({ task, error: statementClosed() });
  }

  nextPage(): Promise<ResultBytes | null> {
    return Promise.resolve(this.pages.shift() ?? null);
  }

  profile(): ReturnType<LinkedQuery["profile"]> {
    return { operators: new Map(), peakBytes: 0 };
  }

  close(): void {
    this.closed += 1;
  }

  end(error: SqlError | null = null): void {
    const task = this.running.shift();
    assert.ok(task !== undefined, "a task runs");
    this.report({ task, error });
  }
}

function started(): { readonly run: QueryRun; readonly executor: FakeExecutor } {
  const executor = new FakeExecutor();
  return { run: new QueryRun(new Uint8Array(), FRAGMENTS, executor), executor };
}

const PAGE: ResultBytes = { bytes: new Uint8Array(1), rowCount: 1, release: () => undefined };

test("pages come once the result's task runs, then the end", async () => {
  const { run, executor } = started();
  executor.pages.push(PAGE, null);
  const first = run.next();
  assert.deepEqual(
    executor.running.map(({ fragmentId }) => fragmentId),
    [0],
  );
  executor.end();
  assert.equal(await first, PAGE);
  const second = run.next();
  executor.end();
  assert.equal(await second, null);
  await run.close(statementClosed());
  assert.equal(executor.closed, 1);
  assert.equal(executor.cancelled, 0);
});

test("a fragment that fails before the result rejects whoever waits for rows", async () => {
  const { run, executor } = started();
  const first = run.next();
  executor.end(internalError("it broke"));
  await assert.rejects(first, /it broke/);
  await run.close(statementClosed());
  assert.equal(executor.closed, 1);
});

test("an end of pages is no end of the query: a failure after it is told", async () => {
  const { run, executor } = started();
  executor.end();
  const only = run.next();
  executor.end(internalError("it broke late"));
  await assert.rejects(only, /it broke late/);
  await run.close(statementClosed());
});

test("closing early cancels what runs and closes the query once", async () => {
  const { run, executor } = started();
  await Promise.all([run.close(statementClosed()), run.close(statementClosed())]);
  assert.deepEqual([executor.cancelled, executor.closed], [1, 1]);
});

test("cancelling rejects with the reason it was given", async () => {
  const { run, executor } = started();
  const waiting = run.next();
  const reason = internalError("asked to stop");
  run.cancel(reason);
  await assert.rejects(waiting, (error) => error === reason);
  await run.close(statementClosed());
  assert.equal(executor.closed, 1);
});
