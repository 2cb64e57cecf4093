import assert from "node:assert/strict";
import { before, test } from "node:test";
import { initParser, outputColumnName, parseExpression } from "./index.js";

before(initParser);

/** Recorded from PostgreSQL 15. */
const NAMES: readonly (readonly [sql: string, name: string])[] = [
  ["true", "?column?"],
  ["null", "?column?"],
  ["'a' COLLATE \"C\"", "?column?"],
  ["t.a", "a"],
  ["1::int", "int4"],
  ["a::int", "a"],
  ["1::numeric(10, 2)::text", "text"],
  ["date '2020-01-01'", "date"],
  ["interval '1 day'", "interval"],
  ["localtime::text", "localtime"],
  ["case when true then 1 end", "case"],
  ["case when true then now() else current_date end", "current_date"],
  ["case when true then 1 else length('a') end", "length"],
  ["(case when true then 1 end)::int8", "int8"],
  ["(select 3 as x)", "x"],
  ["(values (1))", "column1"],
  ["(select 1 union select 2 limit 1)", "?column?"],
  ["(select 1) + 1", "?column?"],
  ["array(select 1)", "array"],
  ["array[1, 2]", "array"],
  ["(array[1, 2])[1]", "array"],
  ["exists(select 1)", "exists"],
  ["user", "user"],
  ["current_timestamp(3)", "current_timestamp"],
  ["current_catalog", "current_catalog"],
  ["extract(year from now())", "extract"],
  ["now() at time zone 'utc'", "timezone"],
  ["trim('a')", "btrim"],
  ["substring('abc' from 1 for 2)", "substring"],
  ["1 = 1", "?column?"],
  ["1 in (2)", "?column?"],
  ["1 between 2 and 3", "?column?"],
  ["not true", "?column?"],
  ["row(1, 2)", "row"],
  ["nullif(1, 2)", "nullif"],
  ["greatest(1, 2)", "greatest"],
  ["coalesce(1, 2)", "coalesce"],
  ["(pg_stat_file('PG_VERSION')).size", "size"],
];

for (const [sql, name] of NAMES) {
  test(`column name of ${sql}`, () => {
    assert.equal(outputColumnName(parseExpression(sql)), name);
  });
}

test("the caller names a subquery's star", () => {
  const expression = parseExpression("(select * from t)");
  assert.equal(
    outputColumnName(expression, () => "first"),
    "first",
  );
});
