import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { SqlError } from "../errors/index.js";
import { buildQuery } from "../fragments/index.js";
import { initParser } from "../parser/index.js";
import { physicalInputs, type PhysicalOperator, type PhysicalPlan } from "../plan/index.js";
import { bindText, contextFor } from "../testing/bind-fixture.js";
import { planBound } from "../testing/plan-fixture.js";
import { referenceEvaluator } from "../testing/plan-equivalence.js";
import { tpcdsSnapshot } from "../testing/tpcds-catalog.js";
import { tpchSnapshot } from "../testing/tpch-catalog.js";

const CORPORA = "sql-tests/corpora";
await initParser();
const TPCH = tpchSnapshot();

function plan(text: string, catalog = TPCH): PhysicalPlan {
  const { query } = bindText(text.replace(/;\s*$/, ""), catalog);
  const { plan: physical } = planBound(query, catalog, {}, evaluator);
  const columns = query.outputs.map((output) => output.column);
  const settings = { ...contextFor(catalog).settings, vectorSize: 0, threads: 0 };
  buildQuery(physical, settings, { columns, formats: columns.map(() => 0) });
  return physical;
}

/** What the reference cannot compute stays unfolded, as an operation that fails does. */
const evaluator: typeof referenceEvaluator = {
  evaluate(expression, settings) {
    try {
      return referenceEvaluator.evaluate(expression, settings);
    } catch {
      throw new SqlError("dataException", "not a constant for this test");
    }
  },
};

function tpch(number: number): PhysicalPlan {
  const name = `q${String(number).padStart(2, "0")}.sql`;
  return plan(readFileSync(`${CORPORA}/tpch/queries/${name}`, "utf8"));
}

function* operators(root: PhysicalOperator): Generator<PhysicalOperator> {
  yield root;
  for (const input of physicalInputs(root)) yield* operators(input);
}

function allOperators({ shared, root }: PhysicalPlan): readonly PhysicalOperator[] {
  return [...shared.flatMap((one) => [...operators(one.plan)]), ...operators(root)];
}

function joinKinds(physical: PhysicalPlan): readonly string[] {
  return allOperators(physical).flatMap((o) => (o.kind === "hash-join" ? [o.joinKind] : []));
}

test("no TPC-H query needs a nested loop but against one row", () => {
  for (let number = 1; number <= 22; number++) {
    for (const operator of allOperators(tpch(number))) {
      if (operator.kind !== "nested-loop-join") continue;
      assert.ok(Math.min(operator.outer.rows, operator.inner.rows) <= 1, `query ${String(number)}`);
    }
  }
});

test("joins build from the smaller side", () => {
  for (let number = 1; number <= 22; number++) {
    for (const operator of allOperators(tpch(number))) {
      if (operator.kind !== "hash-join" || operator.joinKind !== "inner") continue;
      assert.ok(operator.build.rows <= operator.probe.rows * 4, `query ${String(number)}`);
    }
  }
});

test("EXISTS and IN become semi and anti joins", () => {
  assert.ok(joinKinds(tpch(4)).some((kind) => kind.endsWith("semi")));
  assert.ok(joinKinds(tpch(18)).some((kind) => kind.endsWith("semi")));
  assert.ok(joinKinds(tpch(20)).filter((kind) => kind.endsWith("semi")).length === 2);
  assert.ok(joinKinds(tpch(16)).some((kind) => kind.endsWith("anti")));
  const kinds = joinKinds(tpch(21));
  assert.ok(kinds.some((kind) => kind.endsWith("semi")));
  assert.ok(kinds.some((kind) => kind.endsWith("anti")));
  assert.ok(joinKinds(tpch(22)).some((kind) => kind.endsWith("anti")));
});

test("correlated aggregates become groupings that are joined", () => {
  for (const number of [2, 17, 20]) {
    const kinds = joinKinds(tpch(number));
    assert.ok(!kinds.includes("single") && !kinds.includes("left"), `query ${String(number)}`);
    assert.ok(kinds.includes("inner"));
  }
});

test("work done twice is shared", () => {
  assert.equal(tpch(11).shared.length, 1);
  assert.equal(tpch(15).shared.length, 1);
});

test("the equality common to all branches of query 19 is its join key", () => {
  const join = allOperators(tpch(19)).find((operator) => operator.kind === "hash-join");
  assert.equal(join?.keys.length, 1);
  const scans = allOperators(tpch(19)).filter((operator) => operator.kind === "table-scan");
  assert.ok(scans.every((scan) => scan.conditions.length > 0));
});

test("scans read only what is used", () => {
  const [scan] = allOperators(tpch(6)).filter((operator) => operator.kind === "table-scan");
  assert.deepEqual(scan?.scanned.map((column) => column.name).sort(), [
    "l_discount",
    "l_extendedprice",
    "l_quantity",
    "l_shipdate",
  ]);
});

test("small builds reach the scans of large probes", () => {
  for (const number of [2, 3, 5, 7, 8, 9, 10, 17, 21]) {
    const scans = allOperators(tpch(number)).filter((o) => o.kind === "table-scan");
    assert.ok(
      scans.some((scan) => scan.runtimeFilters.length > 0),
      `query ${String(number)}`,
    );
  }
});

test("every TPC-DS query that binds is planned", () => {
  const catalog = tpcdsSnapshot();
  let planned = 0;
  for (const name of readdirSync(`${CORPORA}/tpcds/queries`)) {
    const text = readFileSync(`${CORPORA}/tpcds/queries/${name}`, "utf8");
    try {
      plan(text, catalog);
      planned += 1;
    } catch (error) {
      const isWindow = error instanceof SqlError && error.message.includes("window functions");
      if (!isWindow) throw new Error(`TPC-DS query ${name}`, { cause: error });
    }
  }
  assert.ok(planned >= 84);
});
