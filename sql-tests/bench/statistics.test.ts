import assert from "node:assert/strict";
import { test } from "node:test";
import { geometricMean, median, spread } from "./statistics.js";

test("median of odd and even counts", () => {
  assert.equal(median([5, 1, 3]), 3);
  assert.equal(median([4, 1, 3, 2]), 2.5);
});

test("geometric mean and spread", () => {
  assert.ok(Math.abs(geometricMean([1, 4, 16]) - 4) < 1e-12);
  assert.equal(spread([9, 10, 11]), 0.1);
});
