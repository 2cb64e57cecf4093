import assert from "node:assert/strict";
import { test } from "node:test";
import { answerDifference, knownExactness, TPCH_QUERIES } from "./answers.js";

const Q12 = [
  ["MAIL", "64", "86"],
  ["SHIP", "61", "96"],
];

test("all 22 queries are there", () => {
  assert.equal(TPCH_QUERIES.length, 22);
  assert.ok(TPCH_QUERIES.every(({ sql }) => /select/i.test(sql)));
});

test("an answer compares by every byte and in order", () => {
  const difference = (rows: string[][]): string | null =>
    answerDifference("q12", "0.01", rows, "exact");
  assert.equal(difference(Q12), null);
  assert.notEqual(difference([...Q12].reverse()), null);
  assert.notEqual(difference(Q12.slice(1)), null);
  assert.notEqual(difference([["MAIL", "64", "86.0"], Q12[1] ?? []]), null);
});

test("another engine's numbers may differ in the last digits, and only there", () => {
  const difference = (value: string, exactness: "exact" | "close"): string | null =>
    answerDifference("q14", "0.01", [[value]], exactness);
  assert.equal(difference("15.4865458122840715", "exact"), null);
  assert.notEqual(difference("15.486545812284072", "exact"), null);
  assert.equal(difference("15.486545812284072", "close"), null);
  assert.notEqual(difference("15.4866", "close"), null);
});

test("a long answer is known by its digest", () => {
  assert.match(answerDifference("q16", "1", [["x"]], "exact") ?? "", /expected 18314/);
});

test("scales without known answers say so", () => {
  assert.equal(knownExactness("0.01"), "exact");
  assert.equal(knownExactness("10"), "close");
  assert.equal(knownExactness("3"), null);
});
