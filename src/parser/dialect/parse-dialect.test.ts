import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { SqlError } from "../../errors/index.js";
import { initParser, parse } from "../parse.js";
import type { ForeignDialect } from "./names.js";
import { MAX_DIALECT_CHARS, parseIn } from "./parse-dialect.js";

before(initParser);

/** The trees without positions. */
function shape(statements: readonly { readonly statement: object }[]): unknown {
  const trees = statements.map(({ statement }) => statement);
  return JSON.parse(
    JSON.stringify(trees, (key, value: unknown) => (key === "position" ? undefined : value)),
  );
}

function refusal(dialect: ForeignDialect, text: string): SqlError {
  try {
    parseIn(dialect, text);
  } catch (error) {
    assert.ok(error instanceof SqlError, String(error));
    return error;
  }
  return assert.fail(`read: ${text}`);
}

describe("texts that are one statement in both", () => {
  const pairs: readonly (readonly [ForeignDialect, string, string])[] = [
    [
      "mysql",
      'SELECT `a b`, "x" FROM `T` LIMIT 5, 10',
      `SELECT "a b", 'x' FROM t LIMIT 10 OFFSET 5`,
    ],
    ["mysql", "SELECT a FROM t -- b\n# c\n", "SELECT a FROM t"],
    ["tsql", "SELECT TOP 3 [A].[b] FROM [a]", "SELECT a.b FROM a LIMIT 3"],
    ["tsql", "SELECT N'it''s' AS 'x'", `SELECT 'it''s' AS x`],
    [
      "bigquery",
      "SELECT a FROM `p.d.t` WHERE b = 'it\\'s'",
      `SELECT a FROM p.d.t WHERE b = 'it''s'`,
    ],
    [
      "snowflake",
      'SELECT "A", b FROM "T" UNION SELECT 1, 2',
      "SELECT a, b FROM t UNION SELECT 1, 2",
    ],
    ["snowflake", 'SELECT "MiXed" FROM t', 'SELECT "MiXed" FROM t'],
    [
      "redshift",
      'SELECT "A" FROM T WHERE a = 1 OR b = 2 AND c = 3',
      "SELECT a FROM t WHERE a = 1 OR b = 2 AND c = 3",
    ],
    [
      "redshift",
      "SELECT CASE WHEN a = 1 THEN $1 ELSE b END AS c FROM t",
      "SELECT CASE WHEN a = 1 THEN $1 ELSE b END AS c FROM t",
    ],
  ];
  for (const [dialect, foreign, own] of pairs) {
    test(`${dialect}: ${foreign}`, () => {
      assert.deepEqual(shape(parseIn(dialect, foreign)), shape(parse(own)));
    });
  }
});

describe("statements of a text", () => {
  test("own ones keep PostgreSQL's syntax, and each its place", () => {
    const text = "SET x = E'it\\'s; #'; SELECT `é`; SHOW x; EXPLAIN (COSTS off) SELECT `b`";
    const statements = parseIn("mysql", text);
    assert.deepEqual(
      statements.map(({ statement, start }) => [statement.kind, start]),
      [
        ["setVariable", 0],
        ["query", 21],
        ["showVariable", 33],
        ["explain", 41],
      ],
    );
    assert.deepEqual(
      statements.map(({ text: own }) => own),
      text.split(/; (?=[A-Z])/).map((part) => part.trim()),
    );
  });

  test("the query of a cursor, of COPY and of PREPARE is the dialect's", () => {
    const texts = [
      "DECLARE c CURSOR WITH HOLD FOR SELECT `a` FROM t LIMIT 1, 2",
      "COPY (SELECT `a` FROM t LIMIT 1, 2) TO STDOUT WITH (FORMAT csv)",
      "PREPARE p (int) AS SELECT `a` FROM t LIMIT 1, 2",
    ];
    const own = texts.map((text) => text.replace("`a`", "a").replace("1, 2", "2 OFFSET 1"));
    for (const [index, text] of texts.entries()) {
      const [foreign] = parseIn("mysql", text);
      const [expected] = parse(own[index] ?? "");
      const plain = (s: unknown): string =>
        JSON.stringify(s, (key, value: unknown) =>
          key === "position" || key.endsWith("Text") ? undefined : value,
        );
      assert.equal(plain(foreign?.statement), plain(expected?.statement));
    }
  });

  test("a query of PostgreSQL's catalogs alone is PostgreSQL's", () => {
    const text =
      "SELECT c.relname FROM pg_catalog.pg_class c WHERE c.relname ~ '^(a)$' AND 7 / 2 = 3";
    assert.deepEqual(shape(parseIn("mysql", text)), shape(parse(text)));
  });
});

describe("what is refused", () => {
  test("both texts are told where they differ", () => {
    const { sqlstate, fields } = refusal("mysql", "SELECT 5--1");
    assert.equal(sqlstate, "0A000");
    assert.equal(fields.detail, "Token by token: SELECT 5 - - 1\nBy its grammar: SELECT 5");
  });

  test("positions count characters of the text as written", () => {
    assert.equal(refusal("mysql", "SELECT 'é😀', `a` || `b`").fields.position, 18);
    assert.equal(refusal("tsql", "SELECT 1; SELECT [é], frob(1)").fields.position, 23);
    const [statement] = parseIn("tsql", "SELECT  TOP 3  [é😀] , [b] FROM t");
    assert.ok(statement?.statement.kind === "query" && statement.statement.body.kind === "select");
    assert.deepEqual(
      statement.statement.body.items.map(({ position }) => position),
      [16, 23],
    );
  });

  test("texts without end", () => {
    for (const text of ["SELECT 'a", "SELECT `a", "SELECT /* a", "SELECT (1"]) {
      assert.equal(refusal("mysql", text).sqlstate, "0A000", text);
    }
  });

  test("changes of rows, whose expressions would be PostgreSQL's", () => {
    const changes = ["INSERT INTO t SELECT 7 / 2", "UPDATE t SET a = 7 / 2", "DELETE FROM t"];
    for (const change of changes) {
      for (const text of [change, `EXPLAIN ${change}`, `PREPARE p AS ${change}`]) {
        assert.equal(refusal("mysql", text).sqlstate, "0A000", text);
      }
    }
  });

  test("names that PostgreSQL would cut off", () => {
    const name = "a".repeat(64);
    assert.equal(refusal("tsql", `SELECT ${name} FROM t`).sqlstate, "0A000");
    assert.equal(refusal("tsql", `SELECT [${name}] FROM t`).sqlstate, "0A000");
  });
});

describe("bounds", () => {
  test("length", () => {
    const text = `SELECT '${"a".repeat(MAX_DIALECT_CHARS)}'`;
    assert.equal(refusal("mysql", text).sqlstate, "54000");
  });

  test("depth, of parentheses and of what needs none", () => {
    const deep = [
      `SELECT ${"(".repeat(25)}1${")".repeat(25)}`,
      `SELECT ${"a + ".repeat(2000)}1 FROM t`,
      `SELECT 1${" UNION ALL SELECT 1".repeat(1000)}`,
    ];
    for (const text of deep) assert.equal(refusal("snowflake", text).sqlstate, "54001");
  });
});
