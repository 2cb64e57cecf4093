import assert from "node:assert/strict";
import { test } from "node:test";
import type { ExecutorLink, LinkedQuery, ResultBytes, TaskReport } from "../../cluster/index.js";
import { canceledByUser, engineError, type SqlError } from "../../errors/index.js";
import { QueryRun } from "../../scheduler/index.js";
import { QueryStream } from "./query-stream.js";

/** What a run does: its pages, then its end. */
interface Script {
  readonly pages: number;
  readonly error: SqlError | null;
  /** Whether it runs until it is cancelled. */
  readonly endless?: boolean;
}

/** Executor of one-task queries that go by scripts, one after the other. */
class ScriptedExecutor implements ExecutorLink {
  readonly executorId = "scripted";
  opened = 0;
  closed = 0;
  released = 0;
  answers = 0;
  readonly restarts: boolean[] = [];

  constructor(private readonly scripts: Script[]) {}

  openQuery(_plan: Uint8Array, report: (report: TaskReport) => void): LinkedQuery {
    this.opened += 1;
    const script = this.scripts.shift();
    assert.ok(script !== undefined, "another run was not expected");
    let left = script.pages;
    let wake: () => void = () => undefined;
    const cancelled = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const page = (): ResultBytes => ({
      bytes: new Uint8Array(1),
      rowCount: 1,
      release: () => (this.released += 1),
    });
    return {
      runTask: (task) => {
        const wait = script.endless === true ? cancelled : Promise.resolve();
        void wait.then(() => report({ task, error: script.error }));
      },
      cancel: () => wake(),
      nextPage: async () => {
        if (left === 0 && script.endless === true) await cancelled;
        return left-- > 0 ? page() : null;
      },
      profile: () => ({ operators: new Map(), peakBytes: 0 }),
      close: () => (this.closed += 1),
    };
  }

  stream(controller = new AbortController()): QueryStream {
    const fragments = [{ id: 0, partitions: 1, consumes: [], isResult: true }];
    const open = (again: boolean): Promise<QueryRun> => {
      this.restarts.push(again);
      return Promise.resolve(new QueryRun(new Uint8Array(), fragments, this));
    };
    return new QueryStream(open, () => (this.answers += 1), { signal: controller.signal });
  }
}

const CHANGED = engineError("40001", "file changed");

test("pages, then the end, then one close", async () => {
  const executor = new ScriptedExecutor([{ pages: 2, error: null }]);
  const stream = executor.stream();
  for (let page = await stream.next(); page !== null; page = await stream.next()) {
    assert.equal(page.kind, "encoded");
    if (page.kind === "encoded") page.release();
  }
  await stream.close();
  await stream.close();
  assert.deepEqual([executor.released, executor.opened, executor.closed], [2, 1, 1]);
});

test("a stream that is closed before its first page never runs", async () => {
  const executor = new ScriptedExecutor([]);
  await executor.stream().close();
  assert.equal(executor.opened, 0);
});

test("files that change before a row was sent start the statement again, once", async () => {
  const again = new ScriptedExecutor([
    { pages: 0, error: CHANGED },
    { pages: 1, error: null },
  ]);
  const stream = again.stream();
  assert.notEqual(await stream.next(), null);
  assert.equal(await stream.next(), null);
  await stream.close();
  assert.deepEqual([again.opened, again.closed, again.answers], [2, 2, 1]);
  assert.deepEqual(again.restarts, [false, true]);

  const twice = new ScriptedExecutor([
    { pages: 0, error: CHANGED },
    { pages: 0, error: CHANGED },
  ]);
  const failing = twice.stream();
  await assert.rejects(failing.next(), (error) => error === CHANGED);
  await failing.close();
  assert.deepEqual([twice.opened, twice.closed, twice.answers], [2, 2, 0]);
});

test("after a row was sent a change is an error", async () => {
  const executor = new ScriptedExecutor([{ pages: 1, error: CHANGED }]);
  const stream = executor.stream();
  await stream.next();
  await assert.rejects(stream.next(), (error) => error === CHANGED);
  await stream.close();
  assert.equal(executor.closed, 1);
});

test("aborting cancels a run at once, waited for or not", async () => {
  const executor = new ScriptedExecutor([{ pages: 1, error: CHANGED, endless: true }]);
  const controller = new AbortController();
  const stream = executor.stream(controller);
  await stream.next();
  const reason = canceledByUser();
  const waiting = stream.next();
  controller.abort(reason);
  await assert.rejects(waiting, (error) => error === reason);
  await stream.close();
  assert.equal(executor.closed, 1);
});

test("a signal that is aborted already starts nothing", async () => {
  const executor = new ScriptedExecutor([]);
  const controller = new AbortController();
  const reason = canceledByUser();
  controller.abort(reason);
  const stream = executor.stream(controller);
  await assert.rejects(stream.next(), (error) => error === reason);
  await stream.close();
});

test("closing while it starts leaves no run behind", async () => {
  const executor = new ScriptedExecutor([{ pages: 0, error: null, endless: true }]);
  const stream = executor.stream();
  const first = stream.next();
  const closing = stream.close();
  await Promise.allSettled([first, closing]);
  assert.deepEqual([executor.opened, executor.closed], [1, 1]);
});
