import assert from "node:assert/strict";
import { before, test } from "node:test";
import { expressionStart, initParser, parseExpression } from "./index.js";

before(initParser);

/** Each expression is behind two blanks, so it starts at 3. */
const EXPRESSIONS: readonly string[] = [
  "a",
  "a + b * c",
  "a OR b AND c",
  "NOT a",
  "- a",
  "a IS NULL AND b",
  "a = ANY (b)",
  "a = ANY (SELECT 1)",
  "a IN (SELECT 1)",
  "a IN (1) OR b",
  "a BETWEEN 1 AND 2",
  "a LIKE 'x'",
  "a::int",
  'a COLLATE "C" || b',
  "a AT TIME ZONE 'utc'",
  "a IS DISTINCT FROM b",
  "f(a) + 1",
  "CASE WHEN a THEN b END",
  "a[1]",
];

for (const sql of EXPRESSIONS) {
  test(`start of ${sql}`, () => {
    assert.equal(expressionStart(parseExpression(`  ${sql}`)), 3);
  });
}
