import assert from "node:assert/strict";
import { test } from "node:test";
import { SqlError } from "../errors/index.js";
import { initParser } from "../parser/index.js";
import { EQUIVALENCE_QUERIES } from "../testing/equivalence-queries.js";
import { differenceOf } from "../testing/plan-equivalence.js";
import { randomQuery } from "../testing/random-query.js";
import { SeededRandom } from "../testing/seeded-random.js";

const ROUNDS = 4;
const RANDOM_QUERIES = 600;

await initParser();

test("optimized plans have the rows of bound plans, whatever rules are off", () => {
  for (let seed = 1; seed <= ROUNDS; seed++) {
    for (const sql of EQUIVALENCE_QUERIES) assert.equal(differenceOf(sql, seed), undefined);
  }
});

test("so do plans of random queries", () => {
  let planned = 0;
  for (let seed = 1; seed <= RANDOM_QUERIES; seed++) {
    const sql = randomQuery(new SeededRandom(seed));
    try {
      assert.equal(differenceOf(sql, seed), undefined);
      planned += 1;
    } catch (error) {
      // The writer does not know where PostgreSQL refuses an aggregate.
      if (!(error instanceof SqlError && error.sqlstate === "42803")) throw error;
    }
  }
  assert.ok(planned > RANDOM_QUERIES * 0.9, "most random queries are valid");
});
