import assert from "node:assert/strict";
import { before, test } from "node:test";
import { initParser, outline, parseExpression } from "../index.js";

before(initParser);

/** One space for any white space: the expected outlines below are wrapped. */
function unwrapped(text: string): string {
  return text.replace(/\s+/g, " ");
}

/** Each construct's shape, with positions as PostgreSQL reports them. */
const SHAPES: readonly (readonly [sql: string, tree: string])[] = [
  [`5`, `5@1`],
  [`-5`, `-5@1`],
  [`2147483647`, `2147483647@1`],
  [`2147483648`, `2147483648@1`],
  [`-2147483648`, `-2147483648@1`],
  [`9223372036854775807`, `9223372036854775807@1`],
  [`9223372036854775808`, `9223372036854775808@1`],
  [`-9223372036854775808`, `-9223372036854775808@1`],
  [`-9223372036854775809`, `-9223372036854775809@1`],
  [`0x1F`, `31@1`],
  [`0xFFFFFFFFFF`, `1099511627775@1`],
  [`1_000_000`, `1000000@1`],
  [`1_000.5`, `1000.5@1`],
  [`0o17`, `15@1`],
  [`123456789012345678901234567890`, `123456789012345678901234567890@1`],
  [`1.10`, `1.10@1`],
  [`.5`, `.5@1`],
  [`1e400`, `1e400@1`],
  [`'it''s'`, `'it's'@1`],
  [`E'a\\tb'`, `'a	b'@1`],
  [`$$a'b$$`, `'a'b'@1`],
  [`U&'\\00e9'`, `'é'@1`],
  [`B'101'`, `b'101'@1`],
  [`X'1f'`, `x'1f'@1`],
  [`true`, `true@1`],
  [`NULL`, `null@1`],
  [`a`, `a@1`],
  [`"A b".C`, `A b.c@1`],
  [`s.t.c`, `s.t.c@1`],
  [`t.*`, `t.*@1`],
  [`*`, `*@1`],
  [`$12`, `$12@1`],
  [`a + b`, `(a@1 +@3 b@5)`],
  [`- a`, `(-@1 a@3)`],
  [`a OPERATOR(s.+) b`, `(a@1 s.+@3 b@17)`],
  [`a AND b`, `(a@1 and@3 b@7)`],
  [`NOT a`, `(not@1 a@5)`],
  [`a IS NULL`, `(nullTest@3 operand: a@1)`],
  [`a IS NOT NULL`, `(nullTest@3 operand: a@1 negated: true)`],
  [`a ISNULL`, `(nullTest@3 operand: a@1)`],
  [`a IS NOT TRUE`, `(booleanTest@3 operand: a@1 test: true negated: true)`],
  [`a IS FALSE`, `(booleanTest@3 operand: a@1 test: false)`],
  [`a IS UNKNOWN`, `(booleanTest@3 operand: a@1 test: unknown)`],
  [`a IS DISTINCT FROM b`, `(distinctTest@3 left: a@1 right: b@20)`],
  [`a IS NOT DISTINCT FROM b`, `(distinctTest@3 left: a@1 right: b@24 negated: true)`],
  [`nullif(a, b)`, `(nullIf@1 left: a@8 right: b@11)`],
  [`a BETWEEN 1 AND 2`, `(between@3 operand: a@1 low: 1@11 high: 2@17)`],
  [
    `a NOT BETWEEN SYMMETRIC 1 AND 2`,
    `(between@3 operand: a@1 low: 1@25 high: 2@31 symmetric: true negated: true)`,
  ],
  [`a IN (1, 'x')`, `(inList@3 operand: a@1 items: [1@7 'x'@10])`],
  [`a NOT IN (1)`, `(inList@3 operand: a@1 items: [1@11] negated: true)`],
  [`a LIKE 'x%'`, `(like@3 variant: like operand: a@1 pattern: 'x%'@8)`],
  [
    `a NOT LIKE 'x' ESCAPE '!'`,
    `(like@3 variant: like operand: a@1 pattern: 'x'@12 escape: '!'@23 negated: true)`,
  ],
  [`a ILIKE b`, `(like@3 variant: ilike operand: a@1 pattern: b@9)`],
  [
    `a NOT ILIKE b ESCAPE c`,
    `(like@3 variant: ilike operand: a@1 pattern: b@13 escape: c@22 negated: true)`,
  ],
  [`a SIMILAR TO 'x'`, `(like@3 variant: similar operand: a@1 pattern: 'x'@14)`],
  [
    `a NOT SIMILAR TO 'x' ESCAPE '#'`,
    `(like@3 variant: similar operand: a@1 pattern: 'x'@18 escape: '#'@29 negated: true)`,
  ],
  [`a = ANY (b)`, `(quantifiedArray@3 operator: = quantifier: any left: a@1 array: b@10)`],
  [
    `a < SOME (ARRAY[1])`,
    `(quantifiedArray@3 operator: < quantifier: any left: a@1 array: (array@11 elements: [1@17]))`,
  ],
  [`a LIKE ALL (b)`, `(quantifiedArray@3 operator: ~~ quantifier: all left: a@1 array: b@13)`],
  [
    `a = ANY (SELECT 1)`,
    `(quantifiedSubquery@3 operator: = quantifier: any left: a@1 query: (query@17 body:
      (select@17 items: [(selectItem@17 value: 1@17)])))`,
  ],
  [
    `a >= ALL (SELECT 1)`,
    `(quantifiedSubquery@3 operator: >= quantifier: all left: a@1 query: (query@18 body:
      (select@18 items: [(selectItem@18 value: 1@18)])))`,
  ],
  [
    `a IN (SELECT 1)`,
    `(inSubquery@3 operand: a@1 query: (query@14 body: (select@14 items: [(selectItem@14 value:
      1@14)])))`,
  ],
  [
    `a NOT IN (SELECT 1)`,
    `(not@3 (inSubquery@3 operand: a@1 query: (query@18 body: (select@18 items: [(selectItem@18
      value: 1@18)]))))`,
  ],
  [
    `(a, b) IN (SELECT 1, 2)`,
    `(inSubquery@8 operand: (row@1 items: [a@2 b@5]) query: (query@19 body: (select@19 items:
      [(selectItem@19 value: 1@19) (selectItem@22 value: 2@22)])))`,
  ],
  [
    `EXISTS (SELECT 1)`,
    `(exists@1 query: (query@16 body: (select@16 items: [(selectItem@16 value: 1@16)])))`,
  ],
  [
    `(SELECT 1)`,
    `(scalarSubquery@1 query: (query@9 body: (select@9 items: [(selectItem@9 value: 1@9)])))`,
  ],
  [
    `ARRAY(SELECT 1)`,
    `(arraySubquery@1 query: (query@14 body: (select@14 items: [(selectItem@14 value: 1@14)])))`,
  ],
  [
    `CASE a WHEN 1 THEN 2 ELSE 3 END`,
    `(case@1 operand: a@6 branches: [{when: 1@13 then: 2@20}@8] otherwise: 3@27)`,
  ],
  [`CASE WHEN a THEN b END`, `(case@1 branches: [{when: a@11 then: b@18}@6])`],
  [`coalesce(a, 1)`, `(coalesce@1 arguments: [a@10 1@13])`],
  [`greatest(a, b)`, `(minMax@1 variant: greatest arguments: [a@10 b@13])`],
  [`least(a)`, `(minMax@1 variant: least arguments: [a@7])`],
  [
    `CAST(a AS numeric(12, 2))`,
    `(cast@1 operand: a@6 type: (typeName@11 schema: pg_catalog name: numeric modifiers: [12 2]))`,
  ],
  [
    `a::int[][]`,
    `(cast@2 operand: a@1 type: (typeName@4 schema: pg_catalog name: int4 arrayDimensions: 2))`,
  ],
  [`date '1998-12-01'`, `(cast@1 operand: '1998-12-01'@6 type: (typeName@1 name: date))`],
  [
    `interval '1' day`,
    `(cast@1 operand: '1'@10 type: (typeName@1 schema: pg_catalog name: interval intervalFields:
      day))`,
  ],
  [
    `interval '1' day to second(3)`,
    `(cast@1 operand: '1'@10 type: (typeName@1 schema: pg_catalog name: interval modifiers: [3]
      intervalFields: day to second))`,
  ],
  [
    `interval(3) '1'`,
    `(cast@1 operand: '1'@13 type: (typeName@1 schema: pg_catalog name: interval modifiers: [3]))`,
  ],
  [
    `interval '90 days'`,
    `(cast@1 operand: '90 days'@10 type: (typeName@1 schema: pg_catalog name: interval))`,
  ],
  [`a::s.t`, `(cast@2 operand: a@1 type: (typeName@4 schema: s name: t))`],
  [
    `a::varchar(10)`,
    `(cast@2 operand: a@1 type: (typeName@4 schema: pg_catalog name: varchar modifiers: [10]))`,
  ],
  [
    `'x'::char`,
    `(cast@4 operand: 'x'@1 type: (typeName@6 schema: pg_catalog name: bpchar modifiers: [1]))`,
  ],
  [
    `double precision '1.5'`,
    `(cast@1 operand: '1.5'@18 type: (typeName@1 schema: pg_catalog name: float8))`,
  ],
  [
    `timestamp(3) with time zone '2000-01-01'`,
    `(cast@1 operand: '2000-01-01'@29 type: (typeName@1 schema: pg_catalog name: timestamptz
      modifiers: [3]))`,
  ],
  [`f()`, `(functionCall@1 name: [f])`],
  [
    `f(a, b => 1, c := 2)`,
    `(functionCall@1 name: [f] arguments: [{value: a@3}@3 {name: b value: 1@11}@6 {name: c value:
      2@19}@14])`,
  ],
  [`count(*)`, `(functionCall@1 name: [count] star: true)`],
  [
    `count(DISTINCT a)`,
    `(functionCall@1 name: [count] arguments: [{value: a@16}@16] distinct: true)`,
  ],
  [`s.f(VARIADIC a)`, `(functionCall@1 name: [s f] arguments: [{value: a@14}@14] variadic: true)`],
  [
    `string_agg(a, ',' ORDER BY b DESC NULLS LAST)`,
    `(functionCall@1 name: [string_agg] arguments: [{value: a@12}@12 {value: ','@15}@15] orderBy:
      [(orderItem@28 expression: b@28 direction: desc nulls: last)])`,
  ],
  [
    `sum(a) FILTER (WHERE b)`,
    `(functionCall@1 name: [sum] arguments: [{value: a@5}@5] filter: b@22)`,
  ],
  [
    `percentile_cont(0.5) WITHIN GROUP (ORDER BY a)`,
    `(functionCall@1 name: [percentile_cont] arguments: [{value: 0.5@17}@17] orderBy:
      [(orderItem@45 expression: a@45 direction: default nulls: default)] withinGroup: true)`,
  ],
  [
    `sum(a) OVER ()`,
    `(functionCall@1 name: [sum] arguments: [{value: a@5}@5] over: (windowDefinition@13))`,
  ],
  [
    `sum(a) OVER w`,
    `(functionCall@1 name: [sum] arguments: [{value: a@5}@5] over: (windowReference@13 name: w))`,
  ],
  [
    `sum(a) OVER (w PARTITION BY b, c ORDER BY d)`,
    `(functionCall@1 name: [sum] arguments: [{value: a@5}@5] over: (windowDefinition@13 base: w
      partitionBy: [b@29 c@32] orderBy: [(orderItem@43 expression: d@43 direction: default nulls:
      default)]))`,
  ],
  [
    `sum(a) OVER (ROWS 2 PRECEDING)`,
    `(functionCall@1 name: [sum] arguments: [{value: a@5}@5] over: (windowDefinition@13 frame:
      {mode: rows start: (preceding offset: 2@19) end: (currentRow) exclude: none}))`,
  ],
  [
    `sum(a) OVER (RANGE BETWEEN 1 PRECEDING AND 2 FOLLOWING EXCLUDE TIES)`,
    `(functionCall@1 name: [sum] arguments: [{value: a@5}@5] over: (windowDefinition@13 frame:
      {mode: range start: (preceding offset: 1@28) end: (following offset: 2@44) exclude: ties}))`,
  ],
  [
    `sum(a) OVER (GROUPS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING EXCLUDE GROUP)`,
    `(functionCall@1 name: [sum] arguments: [{value: a@5}@5] over: (windowDefinition@13 frame:
      {mode: groups start: (currentRow) end: (unboundedFollowing) exclude: group}))`,
  ],
  [
    `sum(a) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING EXCLUDE CURRENT ROW)`,
    `(functionCall@1 name: [sum] arguments: [{value: a@5}@5] over: (windowDefinition@13 frame:
      {mode: rows start: (unboundedPreceding) end: (preceding offset: 1@51) exclude: currentRow}))`,
  ],
  [
    `sum(a) OVER (ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING EXCLUDE NO OTHERS)`,
    `(functionCall@1 name: [sum] arguments: [{value: a@5}@5] over: (windowDefinition@13 frame:
      {mode: rows start: (following offset: 1@27) end: (following offset: 2@43) exclude: none}))`,
  ],
  [`current_date`, `(valueFunction@1 name: current_date)`],
  [`current_timestamp(3)`, `(valueFunction@1 name: current_timestamp precision: 3)`],
  [`current_time`, `(valueFunction@1 name: current_time)`],
  [`localtime`, `(valueFunction@1 name: localtime)`],
  [`localtimestamp(0)`, `(valueFunction@1 name: localtimestamp precision: 0)`],
  [`user`, `(valueFunction@1 name: user)`],
  [`current_user`, `(valueFunction@1 name: current_user)`],
  [`session_user`, `(valueFunction@1 name: session_user)`],
  [`current_role`, `(valueFunction@1 name: current_role)`],
  [`current_catalog`, `(valueFunction@1 name: current_catalog)`],
  [`current_schema`, `(valueFunction@1 name: current_schema)`],
  [
    `extract(year FROM a)`,
    `(functionCall@1 name: [pg_catalog extract] arguments: [{value: 'year'@9}@9 {value: a@19}@19])`,
  ],
  [
    `a AT TIME ZONE 'utc'`,
    `(functionCall@3 name: [pg_catalog timezone] arguments: [{value: 'utc'@16}@16 {value: a@1}@1])`,
  ],
  [
    `substring(a FROM 2 FOR 3)`,
    `(functionCall@1 name: [pg_catalog substring] arguments: [{value: a@11}@11 {value: 2@18}@18
      {value: 3@24}@24])`,
  ],
  [
    `trim(BOTH 'x' FROM a)`,
    `(functionCall@1 name: [pg_catalog btrim] arguments: [{value: a@20}@20 {value: 'x'@11}@11])`,
  ],
  [
    `position('x' IN a)`,
    `(functionCall@1 name: [pg_catalog position] arguments: [{value: a@17}@17 {value: 'x'@10}@10])`,
  ],
  [
    `overlay(a PLACING b FROM 1)`,
    `(functionCall@1 name: [pg_catalog overlay] arguments: [{value: a@9}@9 {value: b@19}@19
      {value: 1@26}@26])`,
  ],
  [
    `(a, b) OVERLAPS (c, d)`,
    `(functionCall@8 name: [pg_catalog overlaps] arguments: [{value: a@2}@2 {value: b@5}@5
      {value: c@18}@18 {value: d@21}@21])`,
  ],
  [`ROW(1, 2)`, `(row@1 items: [1@5 2@8] explicit: true)`],
  [`ROW()`, `(row@1 explicit: true)`],
  [`(1, 2)`, `(row@1 items: [1@2 2@5])`],
  [`ARRAY[1, 2]`, `(array@1 elements: [1@7 2@10])`],
  [
    `ARRAY[[1], [2]]`,
    `(array@1 elements: [(array@7 elements: [1@8]) (array@12 elements: [2@13])])`,
  ],
  [
    `ARRAY[]::int[]`,
    `(cast@8 operand: (array@1) type: (typeName@10 schema: pg_catalog name: int4 arrayDimensions:
      1))`,
  ],
  [`a[1]`, `(subscripting@1 operand: a@1 subscripts: [(index value: 1@3)])`],
  [
    `a[1][2:3]`,
    `(subscripting@1 operand: a@1 subscripts: [(index value: 1@3) (slice lower: 2@6 upper: 3@8)])`,
  ],
  [`a[:2][:]`, `(subscripting@1 operand: a@1 subscripts: [(slice upper: 2@4) (slice)])`],
  [`(a).b`, `(fieldSelection@2 operand: a@2 field: b)`],
  [
    `(a).b[1].c`,
    `(fieldSelection@2 operand: (subscripting@2 operand: (fieldSelection@2 operand: a@2 field: b)
      subscripts: [(index value: 1@7)]) field: c)`,
  ],
  [`(f(a)).*`, `(fieldStar@2 operand: (functionCall@2 name: [f] arguments: [{value: a@4}@4]))`],
  [`a COLLATE "C"`, `(collate@3 operand: a@1 collation: [C])`],
  [`a COLLATE pg_catalog."C"`, `(collate@3 operand: a@1 collation: [pg_catalog C])`],
  [`grouping(a, b)`, `(grouping@1 arguments: [a@10 b@13])`],
];

for (const [sql, tree] of SHAPES) {
  test(`expression ${sql}`, () => {
    const actual = outline(parseExpression(sql), { positions: true });
    assert.equal(unwrapped(actual), unwrapped(tree));
  });
}

/** Operators group as PostgreSQL's manual says (4.1.6). */
const PRECEDENCE: readonly (readonly [sql: string, tree: string])[] = [
  [`a OR b AND c`, `(a or (b and c))`],
  [`a AND b OR c AND d`, `((a and b) or (c and d))`],
  [`NOT a = b`, `(not (a = b))`],
  [`NOT a AND b`, `((not a) and b)`],
  [`a OR b OR c`, `(a or b or c)`],
  [`(a OR b) AND c`, `((a or b) and c)`],
  [`a + b * c`, `(a + (b * c))`],
  [`a - b - c`, `((a - b) - c)`],
  [`a ^ b ^ c`, `((a ^ b) ^ c)`],
  [`- a ^ 2`, `((- a) ^ 2)`],
  [`-1 ^ 2`, `(-1 ^ 2)`],
  [`a || b + c`, `(a || (b + c))`],
  [`a + b || c`, `((a + b) || c)`],
  [`a = b IS NULL`, `(nullTest operand: (a = b))`],
  [`a < b IS NOT TRUE`, `(booleanTest operand: (a < b) test: true negated: true)`],
  [
    `a IN (1, 2) OR a = 3 AND b > 99`,
    `((inList operand: a items: [1 2]) or ((a = 3) and (b > 99)))`,
  ],
  [`a BETWEEN 1 AND 2 AND b`, `((between operand: a low: 1 high: 2) and b)`],
  [`NOT a BETWEEN 1 AND 2`, `(not (between operand: a low: 1 high: 2))`],
  [`a LIKE 'x' || 'y'`, `(like variant: like operand: a pattern: ('x' || 'y'))`],
  [`a = 1 AND b = 99 OR c > 0`, `(((a = 1) and (b = 99)) or (c > 0))`],
  [
    `a * $1::numeric / 100`,
    `((a * (cast operand: $1 type: (typeName schema: pg_catalog name: numeric))) / 100)`,
  ],
  [`-a::int`, `(- (cast operand: a type: (typeName schema: pg_catalog name: int4)))`],
  [
    `a::int::text`,
    `(cast operand: (cast operand: a type: (typeName schema: pg_catalog name: int4)) type:
      (typeName name: text))`,
  ],
  [
    `a + b AT TIME ZONE 'utc'`,
    `(a + (functionCall name: [pg_catalog timezone] arguments: [{value: 'utc'} {value: b}]))`,
  ],
  [`a COLLATE "C" || b`, `((collate operand: a collation: [C]) || b)`],
  [`a ->> 'x' = 'y'`, `((a ->> 'x') = 'y')`],
  [`a IS DISTINCT FROM b AND c`, `((distinctTest left: a right: b) and c)`],
  [`(a, b) < (1, 2)`, `((row items: [a b]) < (row items: [1 2]))`],
  [
    `a <> ALL (ARRAY[1, 2])`,
    `(quantifiedArray operator: <> quantifier: all left: a array: (array elements: [1 2]))`,
  ],
  [`a OPERATOR(pg_catalog.+) b * c`, `(a pg_catalog.+ (b * c))`],
  [`@ a + b`, `(@ (a + b))`],
  [
    `a[1].b`,
    `(fieldSelection operand: (subscripting operand: a subscripts: [(index value: 1)]) field: b)`,
  ],
  [`a <= b + 1`, `(a <= (b + 1))`],
];

for (const [sql, tree] of PRECEDENCE) {
  test(`precedence of ${sql}`, () => {
    assert.equal(unwrapped(outline(parseExpression(sql))), unwrapped(tree));
  });
}
