import assert from "node:assert/strict";
import { before, test } from "node:test";
import { initParser, outline, parse } from "../index.js";

before(initParser);

/** One space for any white space: the expected outlines below are wrapped. */
function unwrapped(text: string): string {
  return text.replace(/\s+/g, " ");
}

const SHAPES: readonly (readonly [sql: string, tree: string])[] = [
  [
    `SELECT a AS x, b y, c`,
    `(query@8 body: (select@8 items: [(selectItem@8 value: a@8 alias: x) (selectItem@16 value:
      b@16 alias: y) (selectItem@21 value: c@21)]))`,
  ],
  [`SELECT`, `(query body: (select))`],
  [
    `SELECT DISTINCT a`,
    `(query@17 body: (select@17 distinct: (distinct) items: [(selectItem@17 value: a@17)]))`,
  ],
  [
    `SELECT DISTINCT ON (a, b) c`,
    `(query@27 body: (select@27 distinct: (distinctOn expressions: [a@21 b@24]) items:
      [(selectItem@27 value: c@27)]))`,
  ],
  [`SELECT ALL a`, `(query@12 body: (select@12 items: [(selectItem@12 value: a@12)]))`],
  [
    `TABLE s.t`,
    `(query body: (select items: [(selectItem value: *)] from: [(tableReference@7 table:
      (tableName@7 schema: s name: t))]))`,
  ],
  [`VALUES (1, 'a'), (2)`, `(query@9 body: (values@9 rows: [[1@9 'a'@12] [2@19]]))`],
  [
    `SELECT 1 FROM t`,
    `(query@8 body: (select@8 items: [(selectItem@8 value: 1@8)] from: [(tableReference@15 table:
      (tableName@15 name: t))]))`,
  ],
  [
    `SELECT 1 FROM ONLY c.s.t AS x (a, b)`,
    `(query@8 body: (select@8 items: [(selectItem@8 value: 1@8)] from: [(tableReference@20 table:
      (tableName@20 catalog: c schema: s name: t) only: true alias: {name: x columns: [a b]})]))`,
  ],
  [
    `SELECT 1 FROM a, b`,
    `(query@8 body: (select@8 items: [(selectItem@8 value: 1@8)] from: [(tableReference@15 table:
      (tableName@15 name: a)) (tableReference@18 table: (tableName@18 name: b))]))`,
  ],
  [
    `SELECT 1 FROM a JOIN b ON c`,
    `(query@8 body: (select@8 items: [(selectItem@8 value: 1@8)] from: [(join joinType: inner
      left: (tableReference@15 table: (tableName@15 name: a)) right: (tableReference@22 table:
      (tableName@22 name: b)) condition: (on expression: c@27))]))`,
  ],
  [
    `SELECT 1 FROM a LEFT JOIN b USING (x, y)`,
    `(query@8 body: (select@8 items: [(selectItem@8 value: 1@8)] from: [(join joinType: left
      left: (tableReference@15 table: (tableName@15 name: a)) right: (tableReference@27 table:
      (tableName@27 name: b)) condition: (using columns: [x y]))]))`,
  ],
  [
    `SELECT 1 FROM a RIGHT JOIN b USING (x) AS j`,
    `(query@8 body: (select@8 items: [(selectItem@8 value: 1@8)] from: [(join joinType: right
      left: (tableReference@15 table: (tableName@15 name: a)) right: (tableReference@28 table:
      (tableName@28 name: b)) condition: (using columns: [x] alias: j))]))`,
  ],
  [
    `SELECT 1 FROM a FULL JOIN b ON c`,
    `(query@8 body: (select@8 items: [(selectItem@8 value: 1@8)] from: [(join joinType: full
      left: (tableReference@15 table: (tableName@15 name: a)) right: (tableReference@27 table:
      (tableName@27 name: b)) condition: (on expression: c@32))]))`,
  ],
  [
    `SELECT 1 FROM a CROSS JOIN b`,
    `(query@8 body: (select@8 items: [(selectItem@8 value: 1@8)] from: [(join joinType: cross
      left: (tableReference@15 table: (tableName@15 name: a)) right: (tableReference@28 table:
      (tableName@28 name: b)))]))`,
  ],
  [
    `SELECT 1 FROM a NATURAL LEFT JOIN b`,
    `(query@8 body: (select@8 items: [(selectItem@8 value: 1@8)] from: [(join joinType: left
      left: (tableReference@15 table: (tableName@15 name: a)) right: (tableReference@35 table:
      (tableName@35 name: b)) condition: (natural))]))`,
  ],
  [
    `SELECT 1 FROM a JOIN b ON c JOIN d ON e`,
    `(query@8 body: (select@8 items: [(selectItem@8 value: 1@8)] from: [(join joinType: inner
      left: (join joinType: inner left: (tableReference@15 table: (tableName@15 name: a)) right:
      (tableReference@22 table: (tableName@22 name: b)) condition: (on expression: c@27)) right:
      (tableReference@34 table: (tableName@34 name: d)) condition: (on expression: e@39))]))`,
  ],
  [
    `SELECT 1 FROM a JOIN (b JOIN d ON e) ON c`,
    `(query@8 body: (select@8 items: [(selectItem@8 value: 1@8)] from: [(join joinType: inner
      left: (tableReference@15 table: (tableName@15 name: a)) right: (join joinType: inner left:
      (tableReference@23 table: (tableName@23 name: b)) right: (tableReference@30 table:
      (tableName@30 name: d)) condition: (on expression: e@35)) condition: (on expression:
      c@41))]))`,
  ],
  [
    `SELECT 1 FROM (a JOIN b ON c) AS j (x, y)`,
    `(query@8 body: (select@8 items: [(selectItem@8 value: 1@8)] from: [(join joinType: inner
      left: (tableReference@16 table: (tableName@16 name: a)) right: (tableReference@23 table:
      (tableName@23 name: b)) condition: (on expression: c@28) alias: {name: j columns: [x y]})]))`,
  ],
  [
    `SELECT 1 FROM (SELECT 2) s (x), LATERAL (SELECT 3) AS l`,
    `(query@8 body: (select@8 items: [(selectItem@8 value: 1@8)] from: [(derivedTable@23 query:
      (query@23 body: (select@23 items: [(selectItem@23 value: 2@23)])) alias: {name: s columns:
      [x]}) (derivedTable@49 query: (query@49 body: (select@49 items: [(selectItem@49 value:
      3@49)])) lateral: true alias: {name: l})]))`,
  ],
  [
    `SELECT 1 FROM (VALUES (1)) v`,
    `(query@8 body: (select@8 items: [(selectItem@8 value: 1@8)] from: [(derivedTable@24 query:
      (query@24 body: (values@24 rows: [[1@24]])) alias: {name: v})]))`,
  ],
  [
    `SELECT 1 FROM f(1) WITH ORDINALITY AS g (x, n)`,
    `(query@8 body: (select@8 items: [(selectItem@8 value: 1@8)] from: [(tableFunction@15
      functions: [{call: (functionCall@15 name: [f] arguments: [{value: 1@17}@17])}] ordinality:
      true alias: {name: g columns: [x n]})]))`,
  ],
  [
    `SELECT 1 FROM LATERAL f(1)`,
    `(query@8 body: (select@8 items: [(selectItem@8 value: 1@8)] from: [(tableFunction@23
      functions: [{call: (functionCall@23 name: [f] arguments: [{value: 1@25}@25])}] lateral:
      true)]))`,
  ],
  [
    `SELECT 1 FROM f() AS (a int, b text COLLATE "C")`,
    `(query@8 body: (select@8 items: [(selectItem@8 value: 1@8)] from: [(tableFunction@15
      functions: [{call: (functionCall@15 name: [f]) columns: [(columnDefinition@23 name: a type:
      (typeName@25 schema: pg_catalog name: int4)) (columnDefinition@30 name: b type: (typeName@32
      name: text) collation: [C])]}])]))`,
  ],
  [
    `SELECT 1 FROM ROWS FROM (f(1), g() AS (x int)) AS r`,
    `(query@8 body: (select@8 items: [(selectItem@8 value: 1@8)] from: [(tableFunction@26
      functions: [{call: (functionCall@26 name: [f] arguments: [{value: 1@28}@28])} {call:
      (functionCall@32 name: [g]) columns: [(columnDefinition@40 name: x type: (typeName@42 schema:
      pg_catalog name: int4))]}] rowsFrom: true alias: {name: r})]))`,
  ],
  [
    `SELECT 1 FROM current_date`,
    `(query@8 body: (select@8 items: [(selectItem@8 value: 1@8)] from: [(tableFunction@15
      functions: [{call: (valueFunction@15 name: current_date)}])]))`,
  ],
  [
    `SELECT 1 FROM t WHERE a HAVING b`,
    `(query@8 body: (select@8 items: [(selectItem@8 value: 1@8)] from: [(tableReference@15 table:
      (tableName@15 name: t))] where: a@23 having: b@32))`,
  ],
  [
    `SELECT 1 FROM t GROUP BY a, 2, (b, c)`,
    `(query@8 body: (select@8 items: [(selectItem@8 value: 1@8)] from: [(tableReference@15 table:
      (tableName@15 name: t))] groupBy: [(groupingExpression@26 expression: a@26)
      (groupingExpression@29 expression: 2@29) (groupingExpression@33 expression: b@33)
      (groupingExpression@36 expression: c@36)]))`,
  ],
  [
    `SELECT 1 FROM t GROUP BY DISTINCT a, ROLLUP (b, (c, d))`,
    `(query@8 body: (select@8 items: [(selectItem@8 value: 1@8)] from: [(tableReference@15 table:
      (tableName@15 name: t))] groupBy: [(groupingExpression@35 expression: a@35) (groupingSet@38
      variant: rollup elements: [(groupingExpression@46 expression: b@46) (groupingSet@49 variant:
      simple elements: [(groupingExpression@50 expression: c@50) (groupingExpression@53 expression:
      d@53)])])] groupDistinct: true))`,
  ],
  [
    `SELECT 1 FROM t GROUP BY GROUPING SETS ((a, b), a, (), CUBE (a, b)), ()`,
    `(query@8 body: (select@8 items: [(selectItem@8 value: 1@8)] from: [(tableReference@15 table:
      (tableName@15 name: t))] groupBy: [(groupingSet@26 variant: sets elements: [(groupingSet@41
      variant: simple elements: [(groupingExpression@42 expression: a@42) (groupingExpression@45
      expression: b@45)]) (groupingExpression@49 expression: a@49) (groupingSet@52 variant: empty)
      (groupingSet@56 variant: cube elements: [(groupingExpression@62 expression: a@62)
      (groupingExpression@65 expression: b@65)])]) (groupingSet@70 variant: empty)]))`,
  ],
  [
    `SELECT 1 FROM t WINDOW w AS (PARTITION BY a), v AS (w ORDER BY b)`,
    `(query@8 body: (select@8 items: [(selectItem@8 value: 1@8)] from: [(tableReference@15 table:
      (tableName@15 name: t))] windows: [(windowDefinition@29 name: w partitionBy: [a@43])
      (windowDefinition@52 name: v base: w orderBy: [(orderItem@64 expression: b@64 direction:
      default nulls: default)])]))`,
  ],
  [
    `SELECT 1 ORDER BY a, b ASC NULLS FIRST, c DESC, d USING OPERATOR(s.<)`,
    `(query@8 body: (select@8 items: [(selectItem@8 value: 1@8)]) orderBy: [(orderItem@19
      expression: a@19 direction: default nulls: default) (orderItem@22 expression: b@22 direction:
      asc nulls: first) (orderItem@41 expression: c@41 direction: desc nulls: default)
      (orderItem@57 expression: d@49 direction: using using: s.< nulls: default)])`,
  ],
  [
    `SELECT 1 LIMIT 2 OFFSET 3`,
    `(query@8 body: (select@8 items: [(selectItem@8 value: 1@8)]) limit: 2@16 offset: 3@25)`,
  ],
  [
    `SELECT 1 LIMIT ALL`,
    `(query@8 body: (select@8 items: [(selectItem@8 value: 1@8)]) limit: null@16)`,
  ],
  [
    `SELECT 1 ORDER BY 1 FETCH FIRST 2 ROWS WITH TIES`,
    `(query@8 body: (select@8 items: [(selectItem@8 value: 1@8)]) orderBy: [(orderItem@19
      expression: 1@19 direction: default nulls: default)] limit: 2@33 withTies: true)`,
  ],
  [
    `SELECT 1 OFFSET 2 ROWS FETCH NEXT ROW ONLY`,
    `(query@8 body: (select@8 items: [(selectItem@8 value: 1@8)]) limit: 1 offset: 2@17)`,
  ],
  [
    `SELECT 1 UNION SELECT 2 UNION ALL SELECT 3`,
    `(query@8 body: (setOperation@8 operator: union all: true left: (query@8 body:
      (setOperation@8 operator: union left: (query@8 body: (select@8 items: [(selectItem@8 value:
      1@8)])) right: (query@23 body: (select@23 items: [(selectItem@23 value: 2@23)])))) right:
      (query@42 body: (select@42 items: [(selectItem@42 value: 3@42)]))))`,
  ],
  [
    `SELECT 1 UNION SELECT 2 INTERSECT SELECT 3`,
    `(query@8 body: (setOperation@8 operator: union left: (query@8 body: (select@8 items:
      [(selectItem@8 value: 1@8)])) right: (query@23 body: (setOperation@23 operator: intersect
      left: (query@23 body: (select@23 items: [(selectItem@23 value: 2@23)])) right: (query@42
      body: (select@42 items: [(selectItem@42 value: 3@42)]))))))`,
  ],
  [
    `(SELECT 1 ORDER BY 1 LIMIT 1) EXCEPT ALL (SELECT 2 UNION SELECT 3) ORDER BY 1`,
    `(query@9 body: (setOperation@9 operator: except all: true left: (query@9 body: (select@9
      items: [(selectItem@9 value: 1@9)]) orderBy: [(orderItem@20 expression: 1@20 direction:
      default nulls: default)] limit: 1@28) right: (query@50 body: (setOperation@50 operator: union
      left: (query@50 body: (select@50 items: [(selectItem@50 value: 2@50)])) right: (query@65
      body: (select@65 items: [(selectItem@65 value: 3@65)]))))) orderBy: [(orderItem@77
      expression: 1@77 direction: default nulls: default)])`,
  ],
  [
    `WITH a AS (SELECT 1), b (x) AS MATERIALIZED (SELECT 2), c AS NOT MATERIALIZED (VALUES (1))
      SELECT 3`,
    `(query@99 with: {tables: [(commonTable@6 name: a materialized: default query: (query@19
      body: (select@19 items: [(selectItem@19 value: 1@19)]))) (commonTable@23 name: b columns: [x]
      materialized: always query: (query@53 body: (select@53 items: [(selectItem@53 value:
      2@53)]))) (commonTable@57 name: c materialized: never query: (query@88 body: (values@88 rows:
      [[1@88]])))]}@1 body: (select@99 items: [(selectItem@99 value: 3@99)]))`,
  ],
  [
    `WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n FROM r) SELECT n FROM r`,
    `(query@69 with: {recursive: true tables: [(commonTable@16 name: r columns: [n] materialized:
      default query: (query@33 body: (setOperation@33 operator: union all: true left: (query@33
      body: (select@33 items: [(selectItem@33 value: 1@33)])) right: (query@52 body: (select@52
      items: [(selectItem@52 value: n@52)] from: [(tableReference@59 table: (tableName@59 name:
      r))])))))]}@1 body: (select@69 items: [(selectItem@69 value: n@69)] from: [(tableReference@76
      table: (tableName@76 name: r))]))`,
  ],
  [
    `SELECT (WITH a AS (SELECT 1) SELECT 2)`,
    `(query@8 body: (select@8 items: [(selectItem@8 value: (scalarSubquery@8 query: (query@37
      with: {tables: [(commonTable@14 name: a materialized: default query: (query@27 body:
      (select@27 items: [(selectItem@27 value: 1@27)])))]}@9 body: (select@37 items:
      [(selectItem@37 value: 2@37)]))))]))`,
  ],
  [
    `SELECT 1 FROM t FOR UPDATE OF t NOWAIT FOR SHARE SKIP LOCKED`,
    `(query@8 body: (select@8 items: [(selectItem@8 value: 1@8)] from: [(tableReference@15 table:
      (tableName@15 name: t))]) locking: [{strength: FOR UPDATE tables: [(tableName@31 name: t)]
      wait: error} {strength: FOR SHARE wait: skip}])`,
  ],
];

for (const [sql, tree] of SHAPES) {
  test(`query ${sql}`, () => {
    const [only] = parse(unwrapped(sql));
    assert.ok(only !== undefined);
    assert.equal(unwrapped(outline(only.statement, { positions: true })), unwrapped(tree));
  });
}
