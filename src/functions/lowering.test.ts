import assert from "node:assert/strict";
import { test } from "node:test";
import { printExpression } from "../binder/index.js";
import { initParser } from "../parser/index.js";
import type { Expression } from "../plan/index.js";
import { bindText, snapshotOf } from "../testing/bind-fixture.js";
import { recordedStatements } from "../testing/corpus.js";
import { printPhysical } from "../types/index.js";

await initParser();

const catalog = snapshotOf({
  x:
    "b bool, i2 int2, i4 int4, i8 int8, f4 float4, f8 float8, n numeric, n2 numeric(10,2), " +
    "n4 numeric(12,4), m15 numeric(15,2), n38 numeric(38,10), t text, v varchar(10), c char(5), " +
    "c8 char(8), d date, ts timestamp, tz timestamptz, iv interval, tm time",
});

/** The expression that the query's projection computes. */
function lowered(sql: string): Expression {
  const { plan, outputs } = bindText(`select ${sql} from x`, catalog).query;
  assert.equal(plan.kind, "project");
  const items = plan.kind === "project" ? plan.items : [];
  const item = items.find(({ column }) => column.id === outputs[0]?.column.id);
  assert.ok(item !== undefined);
  return item.expression;
}

test("expressions are written as these operations, in these forms", () => {
  const recorded = recordedStatements("binder/lowerings.txt");
  assert.ok(recorded.length > 100);
  for (const { sql, answer } of recorded) {
    const expression = lowered(sql);
    const facts = [
      printPhysical(expression.physical),
      ...(expression.nullable ? [] : ["not null"]),
      ...(expression.kind === "call" && expression.fallible ? ["fallible"] : []),
    ];
    const text = printExpression(expression).replaceAll(/#\d+/g, "");
    assert.equal(`${text}\n${facts.join(" ")}`, answer, sql);
  }
});

test("a position is where the expression starts", () => {
  assert.equal(lowered("  n2 + 1").position, 10);
  assert.equal(lowered("cast(i4 as text)").position, 8);
  assert.equal(lowered("lower(t || 'x')").position, 8);
});
