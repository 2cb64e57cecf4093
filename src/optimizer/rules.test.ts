import assert from "node:assert/strict";
import { test } from "node:test";
import { initParser } from "../parser/index.js";
import { snapshotOf } from "../testing/bind-fixture.js";
import { referenceEvaluator } from "../testing/plan-equivalence.js";
import { planText } from "../testing/plan-fixture.js";
import { tpchSnapshot } from "../testing/tpch-catalog.js";
import { OPTIONAL_RULES } from "./rule-list.js";

await initParser();
const CATALOG = snapshotOf({
  t: "a int, b int, c text",
  s: "a int not null, b int",
  u: "a int, e numeric(10,2)",
});
const TPCH = tpchSnapshot();

function fired(sql: string, catalog = CATALOG): readonly string[] {
  return planText(sql, catalog, {}, referenceEvaluator).firedRules;
}

/** For each rule a query where it fires and one much like it where it must not. */
const CASES: readonly (readonly [rule: string, fires: string, not: string])[] = [
  [
    "place-common-tables",
    "WITH q AS (SELECT a FROM t) SELECT a FROM q",
    "WITH q AS MATERIALIZED (SELECT a FROM t) SELECT a FROM q",
  ],
  [
    "unnest-subqueries",
    "SELECT a FROM t WHERE a IN (SELECT a FROM s)",
    "SELECT a FROM t WHERE a IN (1, 2)",
  ],
  [
    "split-distinct-aggregates",
    "SELECT count(DISTINCT a) FROM t",
    "SELECT count(a) FROM (SELECT DISTINCT a FROM t) q",
  ],
  ["fold-constants", "SELECT a FROM t WHERE a > 1 + 1", "SELECT a FROM t WHERE a > b + 1"],
  [
    "simplify-booleans",
    "SELECT a FROM t WHERE NOT a > 1",
    "SELECT a FROM t WHERE a > 1 OR NOT c LIKE 'x%'",
  ],
  [
    "extract-common-factors",
    "SELECT a FROM t WHERE (a = 1 AND b = 2) OR (a = 1 AND b > 3)",
    "SELECT a FROM t WHERE (1 / a = 1 AND b = 2) OR (1 / a = 1 AND b > 3)",
  ],
  [
    "merge-projections",
    "SELECT x + 1 FROM (SELECT a * 2 AS x FROM t) q",
    "SELECT x + 1, x - 1 FROM (SELECT a * 2 AS x FROM t) q",
  ],
  [
    "convert-outer-joins",
    "SELECT t.a FROM t LEFT JOIN s ON t.a = s.a WHERE s.b > 1",
    "SELECT t.a FROM t LEFT JOIN s ON t.a = s.a WHERE s.b > 1 OR s.b IS NULL",
  ],
  [
    "push-filters",
    "SELECT a FROM (SELECT a, count(*) AS n FROM t GROUP BY a) q WHERE a = 1",
    "SELECT a FROM (SELECT a, count(*) AS n FROM t GROUP BY a) q WHERE n = 1",
  ],
  [
    "infer-predicates",
    "SELECT t.a FROM t JOIN s ON t.a = s.a WHERE s.a = 1",
    "SELECT t.a FROM t FULL JOIN s ON t.a = s.a WHERE s.a = 1 OR t.a IS NULL",
  ],
  [
    "drop-null-checks",
    "SELECT a FROM s WHERE a IS NOT NULL",
    "SELECT s.a FROM t LEFT JOIN s ON t.a = s.a WHERE s.a IS NULL",
  ],
  [
    "remove-redundant-operators",
    "SELECT count(*) FROM (SELECT a FROM t ORDER BY b) q",
    "SELECT count(*) FROM (SELECT a FROM t ORDER BY b LIMIT 2) q",
  ],
  [
    "remove-empty-inputs",
    "SELECT t.a FROM t JOIN s ON t.a = s.a WHERE false",
    "SELECT t.a FROM t JOIN s ON t.a = s.a WHERE t.a > 1",
  ],
  [
    "derive-branch-predicates",
    "SELECT t.a FROM t, s WHERE (t.b = 1 AND s.b = 2) OR (t.b = 3 AND s.b = 4)",
    "SELECT t.a FROM t, s WHERE t.b = 1 OR s.b = 2",
  ],
  [
    "prune-columns",
    "SELECT a FROM (SELECT a, sum(b) AS s, max(b) AS m FROM t GROUP BY a) q",
    "SELECT a, b, c FROM t",
  ],
  [
    "reduce-group-keys",
    "SELECT t.a, s.a, count(*) FROM t JOIN s ON t.a = s.a GROUP BY t.a, s.a",
    "SELECT t.a, s.a, count(*) FROM t LEFT JOIN s ON t.a = s.a GROUP BY t.a, s.a",
  ],
  [
    "push-limits",
    "SELECT a FROM t UNION ALL SELECT a FROM s LIMIT 2",
    "SELECT a FROM t UNION SELECT a FROM s LIMIT 2",
  ],
  ["use-like-shapes", "SELECT a FROM t WHERE c LIKE 'x%'", "SELECT a FROM t WHERE c LIKE 'x_%'"],
];

/** The same over TPC-H, where sizes decide. */
const SIZED: typeof CASES = [
  [
    "share-common-subplans",
    "SELECT x.n, y.n FROM (SELECT o_custkey, count(*) AS n FROM orders GROUP BY 1) x, (SELECT o_custkey, count(*) AS n FROM orders GROUP BY 1) y WHERE x.n = y.o_custkey",
    "SELECT x.n, y.n FROM (SELECT o_custkey, count(*) AS n FROM orders GROUP BY 1) x, (SELECT o_custkey, count(*) AS n FROM orders WHERE o_orderkey > 5 GROUP BY 1) y WHERE x.n = y.o_custkey",
  ],
  [
    "order-joins",
    "SELECT 1 FROM region, customer, nation WHERE c_nationkey = n_nationkey AND n_regionkey = r_regionkey",
    "SELECT 1 FROM lineitem, orders WHERE l_orderkey = o_orderkey",
  ],
  [
    "publish-runtime-filters",
    "SELECT 1 FROM lineitem, part WHERE l_partkey = p_partkey AND p_size = 1",
    "SELECT 1 FROM lineitem LEFT JOIN part ON l_partkey = p_partkey AND p_size = 1",
  ],
];

for (const [catalog, cases] of [
  [CATALOG, CASES],
  [TPCH, SIZED],
] as const) {
  for (const [rule, fires, not] of cases) {
    test(`${rule} fires where it should, and only there`, () => {
      assert.ok(fired(fires, catalog).includes(rule), fires);
      assert.ok(!fired(not, catalog).includes(rule), not);
    });
  }
}

test("every optional rule has a case", () => {
  const tried = new Set([...CASES, ...SIZED].map(([rule]) => rule));
  assert.deepEqual(
    OPTIONAL_RULES.filter((rule) => !tried.has(rule)),
    [],
  );
});

test("a rule that is off does not fire, and required ones fire all the same", () => {
  const sql = "SELECT a FROM t WHERE NOT a > 1 AND a IN (SELECT a FROM s)";
  const settings = { disabledRules: new Set([...OPTIONAL_RULES, "unnest-subqueries"]) };
  const { firedRules } = planText(sql, CATALOG, settings, referenceEvaluator);
  assert.deepEqual(firedRules, ["unnest-subqueries"]);
});
