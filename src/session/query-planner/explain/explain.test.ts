import assert from "node:assert/strict";
import { test } from "node:test";
import { SqlError } from "../../../errors/index.js";
import { parse, initParser } from "../../../parser/index.js";
import type { Column, Expression, PhysicalPlan } from "../../../plan/index.js";
import { physicalTypeOf, sqlType, type TypeName } from "../../../types/index.js";
import { expressionText } from "./expression-text.js";
import { explainOptions, type ExplainOptions } from "./options.js";
import type { Explained } from "./explained.js";
import { jsonOf } from "./formats/json.js";
import { xmlOf } from "./formats/xml.js";
import { yamlOf } from "./formats/yaml.js";
import { planDocument } from "./plan-document.js";
import { planNodes } from "./plan-node.js";
import { planText } from "./plan-text.js";

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
  return {
    root: planNodes(plan()),
    planningMs: 1.5,
    rules: ["push-filters"],
    settings: [],
    measured,
  };
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
    buffers: false,
    settings: false,
    wal: false,
    format: "text",
  });
  const all = options(
    "(ANALYZE, VERBOSE true, COSTS off, TIMING 0, SUMMARY off, BUFFERS, SETTINGS on, WAL, FORMAT yaml)",
  );
  assert.deepEqual(all, {
    analyze: true,
    verbose: true,
    costs: false,
    timing: false,
    summary: false,
    buffers: true,
    settings: true,
    wal: true,
    format: "yaml",
  });
  assert.equal(options("ANALYZE VERBOSE").timing, true);
  const refusals = [
    ["(x)", "42601", 'unrecognized EXPLAIN option "x"'],
    ["(TIMING)", "22023", "EXPLAIN option TIMING requires ANALYZE"],
    ["(WAL)", "22023", "EXPLAIN option WAL requires ANALYZE"],
    ["(COSTS maybe)", "42601", "costs requires a Boolean value"],
    ["(FORMAT)", "42601", "format requires a parameter"],
    ["(FORMAT pdf)", "22023", 'unrecognized value for EXPLAIN option "format": "pdf"'],
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

test("JSON: PostgreSQL's arrangement", () => {
  const document = planDocument(explained(MEASURED), options("(ANALYZE, BUFFERS, FORMAT json)"));
  const none = Object.fromEntries(
    ["Local Hit", "Local Read", "Local Dirtied", "Local Written", "Temp Read", "Temp Written"].map(
      (what) => [`${what} Blocks`, 0],
    ),
  );
  const blocks = (read: number): object => ({
    "Shared Hit Blocks": 0,
    "Shared Read Blocks": read,
    "Shared Dirtied Blocks": 0,
    "Shared Written Blocks": 0,
    ...none,
  });
  const unaware = { "Parallel Aware": false, "Async Capable": false };
  assert.deepEqual(JSON.parse(jsonOf(document)), [
    {
      Plan: {
        "Node Type": "Sort",
        ...unaware,
        "Startup Cost": 0,
        "Total Cost": 20,
        "Plan Rows": 4,
        "Plan Width": 40,
        "Actual Startup Time": 0,
        "Actual Total Time": 0,
        "Actual Rows": 0,
        "Actual Loops": 0,
        "Sort Key": ["name DESC NULLS LAST"],
        ...blocks(1),
        Plans: [
          {
            "Node Type": "Parquet Scan",
            "Parent Relationship": "Outer",
            ...unaware,
            "Relation Name": "t",
            Alias: "x",
            "Startup Cost": 0,
            "Total Cost": 12.35,
            "Plan Rows": 4,
            "Plan Width": 40,
            "Actual Startup Time": 0,
            "Actual Total Time": 2.5,
            "Actual Rows": 3,
            "Actual Loops": 1,
            Filter: "(id < 5)",
            Files: 1,
            "Row Groups": 4,
            "Row Groups Pruned": 1,
            "Bytes Read": 2048,
            ...blocks(1),
          },
        ],
      },
      Planning: blocks(0),
      "Planning Time": 1.5,
      Triggers: [],
      "Peak Memory Usage": 3,
      "Execution Time": 7.25,
    },
  ]);
});

test("YAML and XML: PostgreSQL's layout", () => {
  const changed = { ...explained(), settings: [{ name: "millrace.threads", value: "2" }] };
  const yaml = yamlOf(planDocument(changed, options("(COSTS off, SETTINGS, FORMAT yaml)")));
  assert.equal(
    yaml,
    `- Plan: 
    Node Type: "Sort"
    Parallel Aware: false
    Async Capable: false
    Sort Key: 
      - "name DESC NULLS LAST"
    Plans: 
      - Node Type: "Parquet Scan"
        Parent Relationship: "Outer"
        Parallel Aware: false
        Async Capable: false
        Relation Name: "t"
        Alias: "x"
        Filter: "(id < 5)"
        Files: 1
  Settings: 
    millrace.threads: "2"`,
  );
  const xml = xmlOf(planDocument(changed, options("(COSTS off, VERBOSE, FORMAT xml)")));
  const lines = xml.split("\n");
  assert.equal(lines[0], '<explain xmlns="http://www.postgresql.org/2009/explain">');
  assert.deepEqual(
    ["        <Item>name DESC NULLS LAST</Item>", "          <Filter>(id &lt; 5)</Filter>"].filter(
      (line) => !lines.includes(line),
    ),
    [],
  );
  assert.deepEqual(lines.slice(-5), [
    "    <Rules>",
    "      <Item>push-filters</Item>",
    "    </Rules>",
    "  </Query>",
    "</explain>",
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
