import assert from "node:assert/strict";
import { test } from "node:test";
import { SqlError } from "../errors/index.js";
import { initParser } from "../parser/index.js";
import { bindText, snapshotOf } from "../testing/bind-fixture.js";
import { assertWellFormed } from "../testing/check-plan.js";
import { recordedStatements } from "../testing/corpus.js";
import { printPlan } from "./index.js";

await initParser();

const catalog = snapshotOf({
  t: "a int4 not null, b text, c numeric(10,2)",
  u: "a int4, d date",
  v: "view (q int4, r text) select a + 1, b from t where a > 0",
  w: "view (a int4) select a from v2",
  v2: "view (a int4) select a from u",
  loop: "view (x int4) select x from loop",
  narrow: "view (x int4, y int4) select a from u",
  broken: "view (x int4) select nosuch from u",
  "other.t": "z int4",
  bp: "c char(5), d char(3)",
});

function plan(sql: string): string {
  const { query } = bindText(sql, catalog);
  assertWellFormed(query.plan);
  return printPlan(query.plan);
}

function failure(sql: string): SqlError {
  try {
    bindText(sql, catalog);
  } catch (error) {
    assert.ok(error instanceof SqlError, String(error));
    return error;
  }
  return assert.fail(`${sql} was bound`);
}

test("queries become these plans", () => {
  const recorded = recordedStatements("binder/plans.txt");
  assert.ok(recorded.length > 40);
  for (const { sql, answer } of recorded) assert.equal(plan(sql), answer, sql);
});

test("a view is its query: its errors have no position, and it cannot hold itself", () => {
  assert.equal(failure("select * from loop").sqlstate, "42P17");
  assert.equal(failure("select * from narrow").sqlstate, "55000");
  const broken = failure("select * from broken");
  assert.equal(broken.message, 'column "nosuch" does not exist');
  assert.equal(broken.fields.position, undefined);
  assert.match(plan("select a.q from v a, v b where a.q = b.r::int"), /inner join/);
});

test("result columns say where they come from", () => {
  const { outputs } = bindText(
    "select b as x, t.a + 1, s.a from t, (select a from t) s",
    catalog,
  ).query;
  assert.deepEqual(
    outputs.map(({ name, relationOid, columnNumber }) => [name, relationOid, columnNumber]),
    [
      ["x", 16384, 2],
      ["?column?", 0, 0],
      ["a", 16384, 1],
    ],
  );
});

test("two tables of one name stand side by side if their schemas differ", () => {
  assert.match(plan("select other.t.z, public.t.a from other.t, public.t"), /z#/);
  assert.equal(failure("select 1 from t, public.t").sqlstate, "42712");
});

test("a table's own name is hidden by its alias, a common table hides the catalog's", () => {
  assert.equal(failure("select t.a from t x").sqlstate, "42P01");
  assert.match(plan("with t as (select 1 as q) select q from t"), /cte t/);
  assert.match(plan("with t as (select 1 as q) select a from public.t"), /scan public\.t/);
});

test("columns of outer joins are nullable, inner ones are as declared", () => {
  const nullable = (sql: string): readonly boolean[] =>
    bindText(sql, catalog).query.outputs.map(({ column }) => column.nullable);
  assert.deepEqual(nullable("select a from t"), [false]);
  assert.deepEqual(nullable("select t.a from u left join t on true"), [true]);
  assert.deepEqual(nullable("select t.a from t left join u on true"), [false]);
  assert.deepEqual(nullable("select t.a from t full join u on t.a = u.a"), [true]);
  assert.deepEqual(nullable("select count(*), sum(t.a), t.a + 1 from t group by t.a"), [
    false,
    true,
    false,
  ]);
  assert.deepEqual(nullable("select s.a from u left join (select a from t) s on true"), [true]);
});

test("char(n) sorts and compares by what it means", () => {
  assert.match(plan("select c from bp order by c"), /^sort bpchar_trim\(c#1\)/);
  assert.match(plan("select c from bp where c = 'ab '"), /eq\(c#1, ab {3}:text\)/);
  assert.match(
    plan("select 1 from bp where c = d"),
    /eq\(bpchar_trim\(c#1\), bpchar_trim\(d#2\)\)/,
  );
});

test("what is not supported is refused by name", () => {
  const refusals: readonly (readonly [string, string])[] = [
    ["with recursive r as (select 1 union all select * from r) select 1", "recursive queries"],
    ["select rank() over (order by a) from t", "window functions"],
    ["select sum(a) over () from t", "window functions"],
    ["select 1 from t window w as (order by a)", "window functions"],
    ["select t from u left join t on true", "an outer join makes NULL"],
    ["select (row(1, row(2))).f2.f1", "columns of such a row"],
    ["select '{1}'::timestamp(3)[]", "modifiers of type"],
    ["select '{1}'::json[]", "type json"],
    ["select b'1'", "bit strings"],
    ["select '1'::json", "type json"],
    ["select current_time", "type time with time zone"],
    ['select b collate "de_DE" from t', "collation"],
    ["select a from t for update", "FOR UPDATE"],
    ["select concat(variadic array['a'])", "VARIADIC"],
  ];
  for (const [sql, named] of refusals) {
    const { sqlstate, message } = failure(sql);
    assert.equal(sqlstate, "0A000", sql);
    assert.ok(message.includes(named), `${sql}: ${message}`);
  }
});

test("a subquery in FROM may go without an alias, as in PostgreSQL 16", () => {
  assert.match(plan("select x from (select 1 as x)"), /project x#1/);
  assert.equal(failure("select unnamed_subquery.x from (select 1 as x)").sqlstate, "42P01");
});
