import assert from "node:assert/strict";
import { before, test } from "node:test";
import { initParser, outline, parse, type Statement } from "../index.js";

before(initParser);

/** One space for any white space: the expected outlines below are wrapped. */
function unwrapped(text: string): string {
  return text.replace(/\s+/g, " ");
}

const SHAPES: readonly (readonly [sql: string, tree: string])[] = [
  [
    `EXPLAIN SELECT 1`,
    `(explain statement: (query body: (select items: [(selectItem value: 1)])))`,
  ],
  [
    `EXPLAIN (ANALYZE, FORMAT json, COSTS off, BUFFERS 1) SELECT 1`,
    `(explain options: [{name: analyze} {name: format value: json} {name: costs value: off}
      {name: buffers value: 1}] statement: (query body: (select items: [(selectItem value: 1)])))`,
  ],
  [
    `EXPLAIN ANALYZE VERBOSE EXECUTE p (1)`,
    `(explain options: [{name: analyze} {name: verbose}] statement: (execute name: p arguments:
      [1]))`,
  ],
  [
    `CREATE TEMP TABLE IF NOT EXISTS t (a int NOT NULL DEFAULT 1, b text) ON COMMIT DROP`,
    `(createTable table: (tableName name: t) ifNotExists: true columns: [{definition:
      (columnDefinition name: a type: (typeName schema: pg_catalog name: int4) notNull: true)
      defaultValue: 1} {definition: (columnDefinition name: b type: (typeName name: text))}] onCommit:
      drop)`,
  ],
  [
    `SELECT 1 INTO TEMP t UNION SELECT 2`,
    `(createTableAs table: (tableName name: t) query: (query body: (setOperation operator: union left:
      (query body: (select items: [(selectItem value: 1)])) right: (query body: (select items:
      [(selectItem value: 2)])))) withData: true onCommit: preserve)`,
  ],
  [
    `INSERT INTO t AS x (a, b) VALUES (1, DEFAULT), (DEFAULT, 2)`,
    `(insert table: (tableName name: t) alias: x columns: [{name: a} {name: b}] source: (values rows:
      [[1 undefined] [undefined 2]]))`,
  ],
  [
    `INSERT INTO pg_temp.t DEFAULT VALUES`,
    `(insert table: (tableName schema: pg_temp name: t) source: (defaults))`,
  ],
  [`TRUNCATE a, b.c`, `(truncate tables: [(tableName name: a) (tableName schema: b name: c)])`],
  [
    `EXPLAIN INSERT INTO t VALUES (1)`,
    `(explain statement: (insert table: (tableName name: t) source: (values rows: [[1]])))`,
  ],
  [`CREATE SCHEMA s`, `(createSchema name: s)`],
  [
    `CREATE SCHEMA IF NOT EXISTS s AUTHORIZATION r`,
    `(createSchema name: s authorization: (named name: r) ifNotExists: true)`,
  ],
  [`CREATE SCHEMA AUTHORIZATION CURRENT_USER`, `(createSchema authorization: (currentUser))`],
  [
    `CREATE FOREIGN TABLE t () SERVER parquet OPTIONS (path '/x', "Q" 'y')`,
    `(createForeignTable table: (tableName name: t) server: parquet options: [{name: path value:
      /x} {name: Q value: y}])`,
  ],
  [
    `CREATE FOREIGN TABLE IF NOT EXISTS s.t (a int NOT NULL, b numeric(3, 1) OPTIONS (column_name
      'B') NULL, c text COLLATE "C") SERVER p`,
    `(createForeignTable table: (tableName schema: s name: t) ifNotExists: true columns:
      [(columnDefinition name: a type: (typeName schema: pg_catalog name: int4) notNull: true)
      (columnDefinition name: b type: (typeName schema: pg_catalog name: numeric modifiers: [3 1])
      options: [{name: column_name value: B}]) (columnDefinition name: c type: (typeName name:
      text) collation: [C])] server: p)`,
  ],
  [
    `CREATE SERVER IF NOT EXISTS s TYPE 't' VERSION 'v' FOREIGN DATA WRAPPER w OPTIONS (a 'b')`,
    `(createServer name: s ifNotExists: true wrapper: w serverType: t version: v options: [{name:
      a value: b}])`,
  ],
  [
    `IMPORT FOREIGN SCHEMA "Dir" FROM SERVER p INTO s`,
    `(importForeignSchema remoteSchema: Dir server: p localSchema: s selection: (all))`,
  ],
  [
    `IMPORT FOREIGN SCHEMA d LIMIT TO (a, b) FROM SERVER p INTO s OPTIONS (path 'x')`,
    `(importForeignSchema remoteSchema: d server: p localSchema: s selection: (limitTo tables: [a
      b]) options: [{name: path value: x}])`,
  ],
  [
    `IMPORT FOREIGN SCHEMA d EXCEPT (a) FROM SERVER p INTO s`,
    `(importForeignSchema remoteSchema: d server: p localSchema: s selection: (except tables:
      [a]))`,
  ],
  [
    `CREATE VIEW v AS SELECT 1`,
    `(createView view: (tableName name: v) query: (query body: (select items: [(selectItem value:
      1)])) queryText: SELECT 1)`,
  ],
  [
    `CREATE OR REPLACE TEMP VIEW "As" (a, "as") AS (SELECT 1, 'as') ;`,
    `(createView view: (tableName name: As) replace: true temporary: true columns: [a as] query:
      (query body: (select items: [(selectItem value: 1) (selectItem value: 'as')])) queryText:
      (SELECT 1, 'as'))`,
  ],
  [
    `DROP SCHEMA IF EXISTS a, b CASCADE`,
    `(drop objectType: schema names: [[a] [b]] ifExists: true cascade: true)`,
  ],
  [`DROP TABLE a.b, c`, `(drop objectType: table names: [[a b] [c]])`],
  [`DROP FOREIGN TABLE a RESTRICT`, `(drop objectType: foreignTable names: [[a]])`],
  [`DROP VIEW v`, `(drop objectType: view names: [[v]])`],
  [`DROP MATERIALIZED VIEW v`, `(drop objectType: materializedView names: [[v]])`],
  [`DROP SERVER IF EXISTS s`, `(drop objectType: server names: [[s]] ifExists: true)`],
  [`ANALYZE`, `(analyze)`],
  [
    `ANALYZE VERBOSE a.b (c, d), e`,
    `(analyze targets: [{table: (tableName schema: a name: b) columns: [c d]} {table: (tableName
      name: e)}] options: [{name: verbose}])`,
  ],
  [
    `ANALYZE (SKIP_LOCKED false) t`,
    `(analyze targets: [{table: (tableName name: t)}] options: [{name: skip_locked value: false}])`,
  ],
  [`VACUUM FULL t`, `(vacuum targets: [{table: (tableName name: t)}] options: [{name: full}])`],
  [`COMMENT ON TABLE a.b IS 'x'`, `(comment objectType: table name: [a b] comment: x)`],
  [`COMMENT ON COLUMN a.b.c IS NULL`, `(comment objectType: column name: [a b c])`],
  [`COMMENT ON SCHEMA s IS 'x'`, `(comment objectType: schema name: [s] comment: x)`],
  [`COMMENT ON DATABASE d IS 'x'`, `(comment objectType: database name: [d] comment: x)`],
  [`COMMIT AND CHAIN`, `(commit chain: true)`],
  [`END`, `(commit)`],
  [`ROLLBACK`, `(rollback)`],
  [`ABORT`, `(rollback)`],
  [`SAVEPOINT a`, `(savepoint name: a)`],
  [`RELEASE SAVEPOINT a`, `(releaseSavepoint name: a)`],
  [`ROLLBACK TO a`, `(rollbackToSavepoint name: a)`],
  [`SET a = 1`, `(setVariable name: a values: [(number text: 1)])`],
  [
    `SET a.b TO 'x', y, -1.5`,
    `(setVariable name: a.b values: [(text text: x) (text text: y) (number text: -1.5)])`,
  ],
  [`SET LOCAL a = DEFAULT`, `(setVariable name: a local: true)`],
  [`SET TIME ZONE 'utc'`, `(setVariable name: timezone values: [(text text: utc)])`],
  [`SET TIME ZONE LOCAL`, `(setVariable name: timezone)`],
  [
    `SET TIME ZONE INTERVAL '2' HOUR`,
    `(setVariable name: timezone values: [(interval text: 2 type: (typeName schema: pg_catalog
      name: interval intervalFields: hour))])`,
  ],
  [`SET NAMES 'utf8'`, `(setVariable name: client_encoding values: [(text text: utf8)])`],
  [
    `SET search_path TO a, "B"`,
    `(setVariable name: search_path values: [(text text: a) (text text: B)])`,
  ],
  [`SET SCHEMA 'x'`, `(setVariable name: search_path values: [(text text: x)])`],
  [`SET ROLE NONE`, `(setVariable name: role values: [(text text: none)])`],
  [`SHOW a`, `(showVariable name: a)`],
  [`SHOW ALL`, `(showVariable)`],
  [`SHOW TIME ZONE`, `(showVariable name: timezone)`],
  [`SHOW TRANSACTION ISOLATION LEVEL`, `(showVariable name: transaction_isolation)`],
  [`RESET a`, `(resetVariable name: a)`],
  [`RESET ALL`, `(resetVariable)`],
  [
    `PREPARE p AS SELECT $1`,
    `(prepare name: p statement: (query body: (select items: [(selectItem value: $1)]))
      statementText: SELECT $1)`,
  ],
  [
    `PREPARE p (int, text) AS INSERT INTO t VALUES (1)`,
    `(prepare name: p parameterTypes: [(typeName schema: pg_catalog name: int4) (typeName name:
      text)] statement: (insert table: (tableName name: t) source: (values rows: [[1]]))
      statementText: INSERT INTO t VALUES (1))`,
  ],
  [`EXECUTE p`, `(execute name: p)`],
  [`EXECUTE p (1, 'x')`, `(execute name: p arguments: [1 'x'])`],
  [`DEALLOCATE p`, `(deallocate name: p)`],
  [`DEALLOCATE PREPARE ALL`, `(deallocate)`],
  [
    `DECLARE c CURSOR FOR SELECT 1`,
    `(declareCursor name: c query: (query body: (select items: [(selectItem value: 1)]))
      queryText: SELECT 1 scroll: default)`,
  ],
  [
    `DECLARE c BINARY INSENSITIVE SCROLL CURSOR WITH HOLD FOR VALUES (1)`,
    `(declareCursor name: c query: (query body: (values rows: [[1]])) queryText: VALUES (1)
      binary: true scroll: scroll hold: true)`,
  ],
  [
    `DECLARE c NO SCROLL CURSOR FOR (SELECT 1)`,
    `(declareCursor name: c query: (query body: (select items: [(selectItem value: 1)]))
      queryText: (SELECT 1) scroll: noScroll)`,
  ],
  [
    `EXPLAIN (COSTS off) DECLARE c CURSOR FOR SELECT 1`,
    `(explain options: [{name: costs value: off}] statement: (declareCursor name: c query: (query
      body: (select items: [(selectItem value: 1)])) queryText: SELECT 1 scroll: default))`,
  ],
  [`FETCH c`, `(fetch cursor: c direction: forward count: 1)`],
  [`FETCH 5 FROM c`, `(fetch cursor: c direction: forward count: 5)`],
  [`FETCH ALL IN c`, `(fetch cursor: c direction: forward count: all)`],
  [`FETCH BACKWARD ALL FROM c`, `(fetch cursor: c direction: backward count: all)`],
  [`FETCH ABSOLUTE -3 FROM c`, `(fetch cursor: c direction: absolute count: -3)`],
  [`FETCH RELATIVE 0 FROM c`, `(fetch cursor: c direction: relative count: 0)`],
  [`FETCH LAST FROM c`, `(fetch cursor: c direction: absolute count: -1)`],
  [`MOVE PRIOR FROM c`, `(fetch cursor: c direction: backward count: 1 move: true)`],
  [`CLOSE c`, `(closeCursor cursor: c)`],
  [`CLOSE ALL`, `(closeCursor)`],
  [`DISCARD ALL`, `(discard target: all)`],
  [`DISCARD TEMP`, `(discard target: temp)`],
  [`DISCARD PLANS`, `(discard target: plans)`],
  [`DISCARD SEQUENCES`, `(discard target: sequences)`],
  [`LISTEN x`, `(listen channel: x)`],
  [`NOTIFY x, 'p'`, `(notify channel: x payload: p)`],
  [`UNLISTEN *`, `(unlisten)`],
  [`UNLISTEN x`, `(unlisten channel: x)`],
  [`CHECKPOINT`, `(checkpoint)`],
];

for (const [sql, tree] of SHAPES) {
  test(`statement ${sql}`, () => {
    const [only] = parse(unwrapped(sql));
    assert.ok(only !== undefined);
    assert.equal(unwrapped(outline(only.statement)), unwrapped(tree));
  });
}

/** Statements without meaning here, under PostgreSQL's command tag. */
const TAGS: readonly (readonly [sql: string, tag: string])[] = [
  [`DROP INDEX i`, `DROP INDEX`],
  [`COMMENT ON FUNCTION f(int) IS 'x'`, `COMMENT`],
  [`PREPARE TRANSACTION 'x'`, `PREPARE TRANSACTION`],
  [`SET TRANSACTION SNAPSHOT 'x'`, `SET`],
  [`SET a FROM CURRENT`, `SET`],
  [`CREATE TABLE t (a int)`, `CREATE TABLE`],
  [`CREATE TABLE t AS SELECT 1`, `CREATE TABLE AS`],
  [`CREATE MATERIALIZED VIEW t AS SELECT 1`, `CREATE MATERIALIZED VIEW`],
  [`SELECT 1 INTO t`, `SELECT INTO`],
  [`SELECT 1 INTO t UNION SELECT 2`, `SELECT INTO`],
  [`UPDATE t SET a = 1`, `UPDATE`],
  [`DELETE FROM t`, `DELETE`],
  [`MERGE INTO t USING s ON true WHEN MATCHED THEN DELETE`, `MERGE`],
  [`CREATE INDEX i ON t (a)`, `CREATE INDEX`],
  [`ALTER TABLE t ADD a int`, `ALTER TABLE`],
  [`ALTER TABLE t RENAME a TO b`, `ALTER TABLE`],
  [`ALTER VIEW v RENAME TO w`, `ALTER VIEW`],
  [`ALTER FUNCTION f OWNER TO r`, `ALTER FUNCTION`],
  [`CREATE FUNCTION f() RETURNS int LANGUAGE sql AS ''`, `CREATE FUNCTION`],
  [`CREATE PROCEDURE f() LANGUAGE sql AS ''`, `CREATE PROCEDURE`],
  [`CREATE TYPE t AS ENUM ()`, `CREATE TYPE`],
  [`CREATE AGGREGATE a (int) (sfunc = f, stype = int)`, `CREATE AGGREGATE`],
  [`GRANT EXECUTE ON FUNCTION f TO r`, `GRANT`],
  [`DO ''`, `DO`],
  [`CALL f()`, `CALL`],
  [`LOCK t`, `LOCK TABLE`],
  [`REINDEX TABLE t`, `REINDEX`],
  [`DROP FUNCTION f`, `DROP FUNCTION`],
  [`REFRESH MATERIALIZED VIEW v`, `REFRESH MATERIALIZED VIEW`],
  [`CREATE EXTENSION e`, `CREATE EXTENSION`],
  [`CREATE DATABASE d`, `CREATE DATABASE`],
  [`ALTER SYSTEM SET a = 1`, `ALTER SYSTEM`],
  [`SECURITY LABEL ON TABLE t IS 'x'`, `SECURITY LABEL`],
  [`SET CONSTRAINTS ALL DEFERRED`, `SET CONSTRAINTS`],
  [`CREATE SEQUENCE s`, `CREATE SEQUENCE`],
  [`CLUSTER t`, `CLUSTER`],
];

for (const [sql, tag] of TAGS) {
  test(`tag of ${sql}`, () => {
    assert.deepEqual(parse(sql)[0]?.statement, { kind: "unsupported", tag, position: undefined });
  });
}

const NO_MODES = { isolation: undefined, readOnly: undefined, deferrable: undefined };

test("transaction modes that were not written stay undefined", () => {
  assert.deepEqual(parse("BEGIN")[0]?.statement, {
    kind: "begin",
    start: false,
    modes: NO_MODES,
    position: undefined,
  });
});

test("transaction modes", () => {
  const sql = "START TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY, NOT DEFERRABLE";
  assert.deepEqual(parse(sql)[0]?.statement, {
    kind: "begin",
    start: true,
    modes: { isolation: "repeatable read", readOnly: true, deferrable: false },
    position: undefined,
  });
});

test("of two transaction modes the later counts", () => {
  const sql = "SET TRANSACTION READ ONLY, READ WRITE";
  assert.deepEqual(parse(sql)[0]?.statement, {
    kind: "setTransaction",
    session: false,
    modes: { ...NO_MODES, readOnly: false },
    position: undefined,
  });
});

test("session characteristics", () => {
  const sql = "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE";
  assert.deepEqual(parse(sql)[0]?.statement, {
    kind: "setTransaction",
    session: true,
    modes: { ...NO_MODES, isolation: "serializable" },
    position: undefined,
  });
});

test("COPY, in its new and its old words", () => {
  const copy = (sql: string): Statement => {
    const [only] = parse(sql);
    assert.ok(only !== undefined);
    return only.statement;
  };
  const statement = copy("COPY s.t (a, b) TO STDOUT (FORMAT csv, HEADER, FORCE_QUOTE (a))");
  assert.ok(statement.kind === "copy" && statement.source.kind === "table");
  assert.deepEqual(
    [statement.direction, statement.endpoint, statement.source.table.name],
    ["to", "client", "t"],
  );
  assert.deepEqual(statement.source.columns, ["a", "b"]);
  assert.deepEqual(
    statement.options.map(({ name, value }) => [name, value]),
    [
      ["format", { kind: "word", text: "csv" }],
      ["header", undefined],
      ["force_quote", { kind: "names", names: ["a"] }],
    ],
  );
  const old = copy("COPY (SELECT 1) TO PROGRAM 'cat' DELIMITER '|' CSV FORCE QUOTE *");
  assert.ok(old.kind === "copy");
  assert.deepEqual([old.source.kind, old.endpoint], ["query", "program"]);
  assert.deepEqual(
    old.options.map(({ name, value }) => [name, value?.kind]),
    [
      ["delimiter", "word"],
      ["format", "word"],
      ["force_quote", "all"],
    ],
  );
});
