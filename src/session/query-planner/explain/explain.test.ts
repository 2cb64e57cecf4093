import assert from "node:assert/strict";
import { test } from "node:test";
import { SqlError } from "../../../errors/index.js";
import { parse, initParser } from "../../../parser/index.js";
import type { Column, Expression, PhysicalPlan } from "../../../plan/index.js";
import { physicalTypeOf, sqlType, type TypeName } from "../../../types/index.js";
import { expressionText } from "./expression-text.js";
import { explainOptions, type ExplainOptions } from "./options.js";
import { planJson } from "./plan-json.js";
import { planNodes } from "./plan-node.js";
import { planText, type Explained } from "./plan-text.js";

function options(text: string): ExplainOptions {
  const [parsed] = parse(`EXPLAIN ${text} SELECT 1`);
  assert.ok(parsed?.statement.kind === "explain");
  return explainOptions(parsed.statement.options);
}

function column(id: number, name: string, typeName: TypeName): Column {
  const type = sqlType(typeName);
  return { id, name, type, physical: physicalTypeOf(type), nullable: true };
}

function refer(to: Column): Expression {
  const { type, physical, nullable } = to;
  return { kind: "column", column: to, type, physical, nullable };
}

function constant(text: string | null, typeName: TypeName): Expression {
  const type = sqlType(typeName);
  return { kind: "literal", text, type, physical: physicalTypeOf(type), nullable: text === null };
}

function call(op: string, typeName: TypeName, ...args: readonly Expression[]): Expression {
  const type = sqlType(typeName);
  const facts = { volatility: "immutable", fallible: false, nullable: true } as const;
  return { kind: "call", op, args, type, physical: physicalTypeOf(type), ...facts };
}

const ID = column(1, "id", "int8");
const NAME = column(2, "name", "text");

function plan(): PhysicalPlan {
  const relation = {
    oid: 16384,
    schema: "s",
    name: "t",
    format: "parquet",
    columns: [],
    files: [{ path: "f", sizeBytes: 1n, mtimeNs: 1n, rowCount: 9n }],
    statistics: { rowCount: 9, columns: new Map() },
  } as const;
  const scan = {
    kind: "table-scan",
    id: 2,
    rows: 4.4,
    cost: 12.345,
    columns: [ID, NAME],
    relation,
    alias: "x",
    scanned: [ID, NAME],
    ordinals: [0, 1],
    conditions: [call("lt", "bool", refer(ID), constant("5", "int8"))],
    runtimeFilters: [],
  } as const;
  const sort = {
    kind: "sort",
    id: 1,
    rows: 4.4,
    cost: 20,
    columns: [ID, NAME],
    input: scan,
    keys: [{ expression: refer(NAME), descending: true, nullsFirst: false }],
  } as const;
  return { shared: [], root: sort };
}

function explained(measured: Explained["measured"] = null): Explained {
  return { root: planNodes(plan()), planningMs: 1.5, rules: ["push-filters"], measured };
}

const MEASURED: Explained["measured"] = {
  executionMs: 7.25,
  profile: {
    peakBytes: 3000,
    operators: new Map([
      [
        2,
        {
          id: 2,
          rows: 3,
          timeNs: 2_500_000,
          bytesRead: 2048,
          rowGroups: 4,
          rowGroupsPruned: 1,
          peakBytes: 0,
        },
      ],
    ]),
  },
};

test("options: PostgreSQL's names and defaults", async () => {
  await initParser();
  assert.deepEqual(options(""), {
    analyze: false,
    verbose: false,
    costs: true,
    timing: false,
    summary: false,
    format: "text",
  });
  const all = options("(ANALYZE, VERBOSE true, COSTS off, TIMING 0, SUMMARY off, FORMAT json)");
  assert.deepEqual(all, {
    analyze: true,
    verbose: true,
    costs: false,
    timing: false,
    summary: false,
    format: "json",
  });
  assert.equal(options("ANALYZE VERBOSE").timing, true);
  const refusals = [
    ["(x)", "42601", 'unrecognized EXPLAIN option "x"'],
    ["(TIMING)", "22023", "EXPLAIN option TIMING requires ANALYZE"],
    ["(COSTS maybe)", "22023", 'parameter "costs" requires a Boolean value'],
    ["(FORMAT pdf)", "22023", 'unrecognized value for EXPLAIN option "format": "pdf"'],
    ["(FORMAT xml)", "0A000", "EXPLAIN (FORMAT XML) is not supported"],
  ] as const;
  for (const [text, sqlstate, message] of refusals) {
    assert.throws(
      () => options(text),
      (error) =>
        error instanceof SqlError && error.sqlstate === sqlstate && error.message === message,
      text,
    );
  }
});

test("text: operators, estimates and conditions as in PostgreSQL", () => {
  assert.deepEqual(planText(explained(), options("")), [
    "Sort  (cost=0.00..20.00 rows=4 width=40)",
    "  Sort Key: name DESC NULLS LAST",
    "  ->  Parquet Scan on s.t x  (cost=0.00..12.35 rows=4 width=40)",
    "        Filter: (id < 5)",
    "        Files: 1",
  ]);
  assert.deepEqual(planText(explained(), options("(COSTS off, VERBOSE)")).slice(0, 3), [
    "Sort",
    "  Output: id, name",
    "  Sort Key: name DESC NULLS LAST",
  ]);
});

test("text: what a run showed", () => {
  assert.deepEqual(planText(explained(MEASURED), options("(ANALYZE, COSTS off)")), [
    "Sort (never executed)",
    "  Sort Key: name DESC NULLS LAST",
    "  ->  Parquet Scan on s.t x (actual time=0.000..2.500 rows=3 loops=1)",
    "        Filter: (id < 5)",
    "        Files: 1",
    "        Row Groups: 4 (1 pruned)",
    "        Read: 2kB",
    "Planning Time: 1.500 ms",
    "Peak Memory: 3kB",
    "Execution Time: 7.250 ms",
  ]);
});

test("JSON: the same as one value", () => {
  const json = planJson(explained(MEASURED), options("(ANALYZE, FORMAT json)"));
  assert.deepEqual(JSON.parse(json), [
    {
      Plan: {
        "Node Type": "Sort",
        "Startup Cost": 0,
        "Total Cost": 20,
        "Plan Rows": 4,
        "Plan Width": 40,
        "Actual Rows": 0,
        "Actual Loops": 0,
        "Sort Key": ["name DESC NULLS LAST"],
        Plans: [
          {
            "Node Type": "Parquet Scan",
            "Relation Name": "s.t x",
            "Startup Cost": 0,
            "Total Cost": 12.345,
            "Plan Rows": 4,
            "Plan Width": 40,
            "Actual Startup Time": 0,
            "Actual Total Time": 2.5,
            "Actual Rows": 3,
            "Actual Loops": 1,
            "Row Groups": 4,
            "Row Groups Pruned": 1,
            "Bytes Read": 2048,
            Filter: "(id < 5)",
            Files: 1,
          },
        ],
      },
      "Planning Time": 1.5,
      "Peak Memory Bytes": 3000,
      "Execution Time": 7.25,
    },
  ]);
});

test("expressions are written as SQL", () => {
  const [id, name] = [refer(ID), refer(NAME)];
  const cases: readonly (readonly [Expression, string])[] = [
    [call("add", "int8", id, constant("-1", "int8")), "(id + (-1))"],
    [call("like", "bool", name, constant("a'%", "text")), "(name ~~ 'a''%'::text)"],
    [call("cast_text", "text", id), "(id)::text"],
    [call("upper", "text", name), "upper(name)"],
    [call("widen", "numeric", id), "id"],
    [call("neg", "int8", id), "(- id)"],
    [constant("2020-01-01", "date"), "'2020-01-01'::date"],
    [constant(null, "int4"), "NULL::integer"],
    [constant("t", "bool"), "true"],
  ];
  for (const [expression, text] of cases) {
    assert.equal(
      expressionText(expression, ({ name: shown }) => shown),
      text,
    );
  }
});
