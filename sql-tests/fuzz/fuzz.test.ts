/** A fixed row of random queries gives what PostgreSQL 15 gives. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SeededRandom } from "../../src/testing/seeded-random.js";
import { startMillrace, startPostgres, type Environment } from "../runner/environment.js";
import type { Outcome } from "../runner/outcome.js";
import { openSession } from "../runner/run-file.js";
import { compareQuery, compareSeed, describeDifference } from "./compare.js";
import { writeQuery } from "./query-writer.js";

const SEED = 1;
const QUERIES = 150;
/** Below this share the queries would compare little. */
const LEAST_SHARE_COMPARED = 0.6;
let servers: readonly Environment[] = [];

before(async () => {
  servers = [await startMillrace(), await startPostgres()];
});

after(async () => {
  for (const server of servers) await server.stop();
});

test("random queries answer as PostgreSQL answers", async () => {
  const [ours, theirs] = await Promise.all(servers.map((server) => openSession(server)));
  assert.ok(ours && theirs);
  let compared = 0;
  const differences: string[] = [];
  for (let seed = SEED; seed < SEED + QUERIES; seed += 1) {
    const verdict = await compareSeed(seed, ours, theirs);
    if (verdict.kind === "same") compared += 1;
    if (verdict.kind === "different") differences.push(describeDifference(seed, verdict));
  }
  assert.equal(differences.length, 0, differences.join("\n"));
  assert.ok(compared >= QUERIES * LEAST_SHARE_COMPARED, `only ${String(compared)} compared`);
  await Promise.all([ours.close(), theirs.close()]);
});

test("a seed is a query", () => {
  assert.equal(writeQuery(new SeededRandom(7)), writeQuery(new SeededRandom(7)));
  assert.notEqual(writeQuery(new SeededRandom(7)), writeQuery(new SeededRandom(8)));
});

const ROW: Outcome = { kind: "rows", columns: ["a:int4"], rows: [["1"], ["2"]] };

function failed(sqlstate: string): Outcome {
  return { kind: "error", sqlstate, message: "", position: null, detail: null, hint: null };
}

test("what counts as a difference", () => {
  const verdict = (actual: Outcome, expected: Outcome): string =>
    compareQuery("SELECT", actual, expected).kind;
  assert.equal(verdict({ ...ROW, rows: [["2"], ["1"]] }, ROW), "same");
  assert.equal(verdict({ ...ROW, rows: [["1"], ["1"]] }, ROW), "different");
  assert.equal(verdict({ ...ROW, columns: ["a:int8"] }, ROW), "different");
  assert.equal(verdict(failed("22012"), ROW), "different");
  assert.equal(verdict(ROW, failed("22012")), "avoided");
  assert.equal(verdict(failed("22003"), failed("22012")), "same");
  assert.equal(verdict(failed("42883"), failed("42804")), "different");
  assert.equal(verdict(ROW, failed("42804")), "different");
  assert.equal(verdict(failed("0A000"), ROW), "refused");
});
