import assert from "node:assert/strict";
import { before, test } from "node:test";
import { SqlError } from "../errors/index.js";
import { initParser, parse } from "./index.js";

before(initParser);

type Refusal = readonly [
  sql: string,
  sqlstate: string,
  message: string,
  position: number | undefined,
  hint?: string,
];

function assertRefused([sql, sqlstate, message, position, hint]: Refusal): void {
  let caught: unknown;
  try {
    parse(sql);
  } catch (error) {
    caught = error;
  }
  assert.ok(caught instanceof SqlError, String(caught));
  const { fields } = caught;
  assert.deepEqual(
    [caught.sqlstate, caught.message, fields.position, fields.hint],
    [sqlstate, message, position, hint],
  );
}

/** SQLSTATE, text, position and hint as PostgreSQL 15 sent them. */
const RECORDED: readonly Refusal[] = [
  ["select 1 form t", "42601", 'syntax error at or near "t"', 15],
  ["selec 1", "42601", 'syntax error at or near "selec"', 1],
  ["select * from", "42601", "syntax error at end of input", 14],
  ["select 'abc", "42601", 'unterminated quoted string at or near "\'abc"', 8],
  ['select "abc', "42601", 'unterminated quoted identifier at or near ""abc"', 8],
  ["select /* abc", "42601", 'unterminated /* comment at or near "/* abc"', 8],
  ["select $$abc", "42601", 'unterminated dollar-quoted string at or near "$$abc"', 8],
  ["select a b c", "42601", 'syntax error at or near "c"', 12],
  [
    "select 1 limit 1,2",
    "42601",
    "LIMIT #,# syntax is not supported",
    10,
    "Use separate LIMIT and OFFSET clauses.",
  ],
  [
    "select U&'\\zz'",
    "42601",
    "invalid Unicode escape",
    11,
    "Unicode escapes must be \\XXXX or \\+XXXXXX.",
  ],
  [
    "select E'\\u00g0'",
    "22025",
    "invalid Unicode escape",
    10,
    "Unicode escapes must be \\uXXXX or \\UXXXXXXXX.",
  ],
  ["select E'\\ud800'", "42601", 'invalid Unicode surrogate pair at or near "\'"', 16],
  ["select B'102'", "22P02", '"2" is not a valid binary digit', 8],
  ["select X'1G'", "22P02", '"G" is not a valid hexadecimal digit', 8],
  ["select 1 order by 1 order by 2", "42601", 'syntax error at or near "order"', 21],
  ["(select 1 order by 1) order by 2", "42601", "multiple ORDER BY clauses not allowed", 32],
  [
    "select * from a.b.c.d",
    "42601",
    "improper qualified name (too many dotted names): a.b.c.d",
    15,
  ],
  ["select f(a order by b, variadic c)", "42601", 'syntax error at or near "variadic"', 24],
  [
    "select sum(a) within group (order by b) over (order by c rows between unbounded following and current row)",
    "42P20",
    "frame start cannot be UNBOUNDED FOLLOWING",
    71,
  ],
  [
    "select sum(a) over (rows between current row and 1 preceding)",
    "42P20",
    "frame starting from current row cannot have preceding rows",
    50,
  ],
  [
    "select sum(a) over (rows between 1 following and 1 preceding)",
    "42P20",
    "frame starting from following row cannot have preceding rows",
    50,
  ],
  ["select 1::float(0)", "22023", "precision for type float must be at least 1 bit", 17],
  ["select 1::float(54)", "22023", "precision for type float must be less than 54 bits", 17],
  ["select 1::interval(2) second(3)", "42601", 'syntax error at or near "second"', 23],
  ["select 'é', 'ü' form x y", "42601", 'syntax error at or near "x"', 22],
  ["select '日本語' 'x' from", "42601", "syntax error at or near \"'x'\"", 14],
  ["select 1; select 2 2; select 3", "42601", 'syntax error at or near "2"', 20],
  ["select (1", "42601", "syntax error at end of input", 10],
  ["select 1)", "42601", 'syntax error at or near ")"', 9],
  ["select a = b = c", "42601", 'syntax error at or near "="', 14],
  ["select a < b < c", "42601", 'syntax error at or near "<"', 14],
  ["select 1 where", "42601", "syntax error at end of input", 15],
  ["select case end", "42601", 'syntax error at or near "end"', 13],
  ["select case when 1 then 2", "42601", "syntax error at end of input", 26],
  ["select cast(1 as )", "42601", 'syntax error at or near ")"', 18],
  ["select x::", "42601", "syntax error at end of input", 11],
  ["select ''''''' from", "42601", "unterminated quoted string at or near \"''''''' from\"", 8],
  ["select 1_", "42601", 'trailing junk after numeric literal at or near "1_"', 8],
  ["select 1a", "42601", 'trailing junk after numeric literal at or near "1a"', 8],
  ["select 123abc", "42601", 'trailing junk after numeric literal at or near "123abc"', 8],
  ['select ""', "42601", 'zero-length delimited identifier at or near """"', 8],
  ['select a."" from t', "42601", 'zero-length delimited identifier at or near """"', 10],
  ["create table", "42601", "syntax error at end of input", 13],
  ["drop", "42601", "syntax error at end of input", 5],
  ["explain", "42601", "syntax error at end of input", 8],
  ["set", "42601", "syntax error at end of input", 4],
  ["begin isolation level foo", "42601", 'syntax error at or near "foo"', 23],
  ["insert into t valuess (1)", "42601", 'syntax error at or near "valuess"', 15],
  ["select count(*) filter (where) from t", "42601", 'syntax error at or near ")"', 30],
  ["select * from a join b", "42601", "syntax error at end of input", 23],
  ["select * from a natural join b on true", "42601", 'syntax error at or near "on"', 32],
  ["select * from a left join b", "42601", "syntax error at end of input", 28],
  ["select row() over ()", "42601", 'syntax error at or near "over"', 14],
  ["select array[1,", "42601", "syntax error at end of input", 16],
  ["select not", "42601", "syntax error at end of input", 11],
  ["select - ", "42601", "syntax error at end of input", 10],
  ["select @@@", "42601", "syntax error at end of input", 11],
  ["select 1 in ()", "42601", 'syntax error at or near ")"', 14],
  ["select 1 between 2", "42601", "syntax error at end of input", 19],
  ["select 1 union", "42601", "syntax error at end of input", 15],
  ["select all distinct 1", "42601", 'syntax error at or near "distinct"', 12],
  ["with a as select 1", "42601", 'syntax error at or near "select"', 11],
  ["select * from (select 1", "42601", "syntax error at end of input", 24],
  ["values", "42601", "syntax error at end of input", 7],
  ["values (1),", "42601", "syntax error at end of input", 12],
  ["table", "42601", "syntax error at end of input", 6],
  ["select a from t group by", "42601", "syntax error at end of input", 25],
  ["select 1 as", "42601", "syntax error at end of input", 12],
  ["select interval '1' day to year", "42601", 'syntax error at or near "year"', 28],
  ["select extract(from x)", "42601", 'syntax error at or near "from"', 16],
  ["select 1 offset 1 offset 2", "42601", 'syntax error at or near "offset"', 19],
  ["declare c cursor", "42601", "syntax error at end of input", 17],
  ["prepare x as", "42601", "syntax error at end of input", 13],
  ["create view v as", "42601", "syntax error at end of input", 17],
  ["create view v select 1", "42601", 'syntax error at or near "select"', 15],
  ["copy t", "42601", "syntax error at end of input", 7],
  ["alter table", "42601", "syntax error at end of input", 12],
  ["select a ->> from t", "42601", 'syntax error at or near "from"', 14],
  ["select 1 is not distinct 2", "42601", 'syntax error at or near "2"', 26],
  ["comment on table a", "42601", "syntax error at end of input", 19],
  ["fetch 1 from", "42601", "syntax error at end of input", 13],
  ["select f(a => 1, b := )", "42601", 'syntax error at or near ")"', 23],
  ["select -- c\n 1 from from", "42601", 'syntax error at or near "from"', 21],
  ["select * from t tablesample", "42601", "syntax error at end of input", 28],
  ["select * from f() as (a int", "42601", "syntax error at end of input", 28],
  ["create foreign table t (a int check) server s", "42601", 'syntax error at or near ")"', 36],
  ["select 1 where a overlaps b", "42601", 'syntax error at or near "overlaps"', 18],
  [
    "select (1,2,3) overlaps (1,2)",
    "42601",
    "wrong number of parameters on left side of OVERLAPS expression",
    8,
  ],
  [
    "create schema if not exists a create table t(a int)",
    "0A000",
    "CREATE SCHEMA IF NOT EXISTS cannot include schema elements",
    31,
  ],
  ["select 'a'\n'b' 'c'", "42601", "syntax error at or near \"'c'\"", 16],
  ["select !", "42601", "syntax error at end of input", 9],
  ["select \\x", "42601", 'syntax error at or near "\\"', 8],
  ["select E'\\xff'", "22021", 'invalid byte sequence for encoding "UTF8": 0xff', undefined],
  ["select E'\\377'", "22021", 'invalid byte sequence for encoding "UTF8": 0xff', undefined],
  ["select E'\\000'", "22021", 'invalid byte sequence for encoding "UTF8": 0x00', undefined],
  ["select U&'\\0000'", "42601", "invalid Unicode escape value", 11],
  ["select U&'\\+110000'", "42601", "invalid Unicode escape value", 11],
  [
    "select U&\"d!0061t\" uescape 'a'",
    "42601",
    "invalid Unicode escape character at or near \"'a'\"",
    28,
  ],
  [
    "select U&'x' uescape '!!'",
    "42601",
    "invalid Unicode escape character at or near \"'!!'\"",
    22,
  ],
  ["select for", "42601", "syntax error at end of input", 11],
  ["lock", "42601", "syntax error at end of input", 5],
  ["select 1 into", "42601", "syntax error at end of input", 14],
  ["select 1 for update for", "42601", "syntax error at end of input", 24],
  ["select xmlparse(foo 'x')", "42601", 'syntax error at or near "foo"', 17],
  ["create index", "42601", "syntax error at end of input", 13],
  ["select distinct on () 1", "42601", 'syntax error at or near ")"', 21],
  ["select a[", "42601", "syntax error at end of input", 10],
  ["select a[1:", "42601", "syntax error at end of input", 12],
  ["grant", "42601", "syntax error at end of input", 6],
  ["select nullif(1)", "42601", 'syntax error at or near ")"', 16],
  ["select coalesce()", "42601", 'syntax error at or near ")"', 17],
  ["select greatest()", "42601", 'syntax error at or near ")"', 17],
  ["select position(1)", "42601", 'syntax error at or near ")"', 18],
  ["select overlay(1 placing)", "42601", 'syntax error at or near ")"', 25],
  ["select trim(both from)", "42601", 'syntax error at or near ")"', 22],
  ["select current_date()", "42601", 'syntax error at or near "("', 20],
  ["select user()", "42601", 'syntax error at or near "("', 12],
  ["select 5 ! 3 ^", "42601", "syntax error at end of input", 15],
  ["VALUES (DEFAULT)", "42601", "DEFAULT is not allowed in this context", 9],
  ["SELECT B'102'", "22P02", '"2" is not a valid binary digit', 8],
  ["SELECT X'1g'", "22P02", '"g" is not a valid hexadecimal digit', 8],
  [
    "SELECT a::numeric(b + 1)",
    "42601",
    "type modifiers must be simple constants or identifiers",
    11,
  ],
  [
    "SELECT 1 UNION SELECT 2 INTO x",
    "42601",
    "INTO is only allowed on first SELECT of UNION/INTERSECT/EXCEPT",
    30,
  ],
  ["SELECT (SELECT 1 INTO x)", "42601", "SELECT ... INTO is not allowed here", 23],
  [
    "SELECT a::x.y.z FROM t",
    "0A000",
    "cross-database references are not implemented: x.y.z",
    undefined,
  ],
  [
    "SELECT a::w.x.y.z",
    "42601",
    "improper qualified name (too many dotted names): w.x.y.z",
    undefined,
  ],
];

for (const refusal of RECORDED) {
  test(`as PostgreSQL: ${refusal[0]}`, () => {
    assertRefused(refusal);
  });
}

/** Valid PostgreSQL that is refused here, by name and position. */
const UNSUPPORTED: readonly Refusal[] = [
  ["SELECT 1 FROM t TABLESAMPLE system (1)", "0A000", "TABLESAMPLE is not supported", 29],
  ["WITH a AS (DELETE FROM t RETURNING *) SELECT 1", "0A000", "DELETE in WITH is not supported", 6],
  [
    "WITH RECURSIVE a AS (SELECT 1) SEARCH DEPTH FIRST BY x SET y SELECT 1 FROM t",
    "0A000",
    "SEARCH is not supported",
    16,
  ],
  [
    "WITH RECURSIVE a AS (SELECT 1) CYCLE x SET y USING z SELECT 1 FROM t",
    "0A000",
    "CYCLE is not supported",
    16,
  ],
  [
    "SELECT 1 FROM xmltable('x' PASSING y COLUMNS a int), t",
    "0A000",
    "XMLTABLE is not supported",
    15,
  ],
  [
    "SELECT 1 FROM json_table('1', '$' COLUMNS (a int)) AS j, t",
    "0A000",
    "JSON_TABLE is not supported",
    15,
  ],
  ["SELECT xmlelement(name x) FROM t", "0A000", "XML is not supported", 8],
  ["SELECT a IS JSON FROM t", "0A000", "IS JSON is not supported", 8],
  ["SELECT json_object('a': 1) FROM t", "0A000", "JSON_OBJECT is not supported", 8],
  ["SELECT json_value('1', '$') FROM t", "0A000", "JSON_VALUE is not supported", 8],
  [
    "CREATE SCHEMA s CREATE TABLE t (a int)",
    "0A000",
    "CREATE SCHEMA with schema elements is not supported",
    undefined,
  ],
  [
    "CREATE FOREIGN TABLE t (a int PRIMARY KEY) SERVER p",
    "0A000",
    "primary key constraints are not supported on foreign tables",
    31,
  ],
  [
    "CREATE FOREIGN TABLE t (a int DEFAULT 1) SERVER p",
    "0A000",
    "column defaults are not supported on foreign tables",
    31,
  ],
  [
    "CREATE FOREIGN TABLE t (a int, CHECK (a > 1)) SERVER p",
    "0A000",
    "check constraints are not supported on foreign tables",
    32,
  ],
  [
    "CREATE FOREIGN TABLE t (LIKE x) SERVER p",
    "0A000",
    "LIKE is not supported for creating foreign tables",
    30,
  ],
  ["CREATE FOREIGN TABLE t () INHERITS (x) SERVER p", "0A000", "INHERITS is not supported", 22],
  [
    "CREATE FOREIGN TABLE t PARTITION OF x DEFAULT SERVER p",
    "0A000",
    "PARTITION OF is not supported",
    22,
  ],
  [
    "CREATE VIEW v WITH (security_barrier) AS SELECT 1",
    "0A000",
    "CREATE VIEW ... WITH (...) is not supported",
    21,
  ],
  [
    "CREATE VIEW v AS SELECT 1 WITH CHECK OPTION",
    "0A000",
    "WITH CHECK OPTION is not supported",
    13,
  ],
  ["CREATE RECURSIVE VIEW v (a) AS SELECT 1", "0A000", "RECURSIVE VIEW is not supported", 23],
  ["CREATE UNLOGGED VIEW v AS SELECT 1", "0A000", "UNLOGGED VIEW is not supported", 22],
];

for (const refusal of UNSUPPORTED) {
  test(`not supported: ${refusal[0]}`, () => {
    assertRefused(refusal);
  });
}
