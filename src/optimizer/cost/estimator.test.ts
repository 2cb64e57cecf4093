import assert from "node:assert/strict";
import { test } from "node:test";
import { initParser } from "../../parser/index.js";
import { referenceEvaluator } from "../../testing/plan-equivalence.js";
import { planText } from "../../testing/plan-fixture.js";
import { tpchSnapshot } from "../../testing/tpch-catalog.js";

await initParser();
const TPCH = tpchSnapshot();

function rows(sql: string): number {
  return planText(sql, TPCH, { exchange: "never" }, referenceEvaluator).plan.root.rows;
}

/** Whether an estimate is within this factor of what scale 1 really has. */
function near(estimate: number, actual: number, factor: number): void {
  const isNear = estimate <= actual * factor && estimate >= actual / factor;
  assert.ok(isNear, `${String(estimate)} is not near ${String(actual)}`);
}

test("filters", () => {
  near(rows("SELECT 1 FROM nation WHERE n_name = 'PERU'"), 1, 1.01);
  near(rows("SELECT 1 FROM part WHERE p_size IN (1, 2, 3)"), 12_000, 1.1);
  near(rows("SELECT 1 FROM lineitem WHERE l_quantity < 25"), 2_880_000, 1.1);
  near(rows("SELECT 1 FROM lineitem WHERE l_quantity BETWEEN 10 AND 20"), 1_320_000, 1.2);
  near(
    rows("SELECT 1 FROM orders WHERE o_orderdate >= '1995-01-01' AND o_orderdate < '1996-01-01'"),
    228_637,
    1.1,
  );
  assert.ok(rows("SELECT 1 FROM orders WHERE o_orderdate > '2010-01-01'") < 10);
  near(rows("SELECT 1 FROM part WHERE p_name LIKE '%green%'"), 10_664, 2);
});

test("joins by one key and by two", () => {
  near(rows("SELECT 1 FROM orders, customer WHERE o_custkey = c_custkey"), 1_500_000, 1.1);
  near(rows("SELECT 1 FROM lineitem, orders WHERE l_orderkey = o_orderkey"), 6_001_215, 1.1);
  const composite = "l_partkey = ps_partkey AND l_suppkey = ps_suppkey";
  near(rows(`SELECT 1 FROM lineitem, partsupp WHERE ${composite}`), 6_001_215, 1.1);
});

test("semi and anti joins, groups and limits", () => {
  const open = "SELECT FROM orders WHERE o_custkey = c_custkey";
  near(rows(`SELECT 1 FROM customer WHERE EXISTS (${open})`), 99_996, 1.2);
  near(rows(`SELECT 1 FROM customer WHERE NOT EXISTS (${open})`), 50_004, 1.2);
  near(rows("SELECT l_returnflag, l_linestatus FROM lineitem GROUP BY 1, 2"), 4, 2);
  near(rows("SELECT count(*) FROM lineitem"), 1, 1.01);
  near(rows("SELECT 1 FROM lineitem LIMIT 7"), 7, 1.01);
});
