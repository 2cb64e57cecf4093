import assert from "node:assert/strict";
import { before, test } from "node:test";
import { initParser } from "../../parser/index.js";
import { StatementStatistics } from "./statement-statistics.js";

before(initParser);

const USER = { user: "u", database: "d" };

test("statements that differ in constants are one; users' are not", () => {
  const statistics = new StatementStatistics();
  for (const [i, ms] of [2, 4, 6].entries()) {
    statistics.record({ ...USER, text: `SELECT ${String(i)} + 1` }, ms, i);
  }
  statistics.record({ ...USER, user: "v", text: "SELECT 7 + 1" }, 1, 1);
  statistics.record({ ...USER, text: "SELECT 9 + 9" }, 8, 10);
  const ours = statistics.summaries().find(({ user }) => user === "u");
  assert.equal(statistics.summaries().length, 2);
  const { query, calls, rows, totalMs, minMs, maxMs, meanMs, deviationMs } = ours ?? assert.fail();
  assert.deepEqual(
    { query, calls, rows, totalMs, minMs, maxMs, meanMs },
    {
      query: "SELECT $1 + $2",
      calls: 4,
      rows: 13,
      totalMs: 20,
      minMs: 2,
      maxMs: 8,
      meanMs: 5,
    },
  );
  assert.ok(Math.abs(deviationMs - Math.sqrt(5)) < 1e-9);
});

test("there is a most of them, and those called least go", () => {
  const statistics = new StatementStatistics();
  const often = { ...USER, text: "SELECT 'often'" };
  statistics.record(often, 1, 1);
  statistics.record(often, 1, 1);
  for (let i = 0; i < 6_000; i++) {
    statistics.record({ ...USER, text: `SELECT 1 AS a FROM t${String(i)}` }, 1, 1);
  }
  const summaries = statistics.summaries();
  assert.ok(summaries.length <= 5_000);
  assert.equal(summaries.find(({ query }) => query === "SELECT $1")?.calls, 2);
});

test("a text that is very long is not kept", () => {
  const statistics = new StatementStatistics();
  statistics.record({ ...USER, text: `SELECT '${"x".repeat(20_000)}'` }, 1, 1);
  assert.deepEqual(statistics.summaries(), []);
});
