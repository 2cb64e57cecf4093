import assert from "node:assert/strict";
import { before, test } from "node:test";
import { setImmediate as nextTick } from "node:timers/promises";
import { SqlError } from "../errors/index.js";
import {
  fingerprint,
  initParser,
  MAX_NESTING_DEPTH,
  MAX_STATEMENT_CHARS,
  outline,
  parse,
  parseExpression,
  parseTypeName,
} from "./index.js";

before(initParser);

function errorOf(work: () => unknown): SqlError {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof SqlError, String(error));
    return error;
  }
  assert.fail("no error");
}

for (const sql of [
  "",
  " ",
  "\n",
  ";",
  " ; ;; ",
  "-- only a comment",
  "/* a /* nested */ one */;",
]) {
  test(`no statement in ${JSON.stringify(sql)}`, () => assert.deepEqual(parse(sql), []));
}

test("statements with their texts and starts", () => {
  const sql = " select 'é;😀' ;; -- é\n show x; select 3 -- end";
  const parsed = parse(sql);
  assert.deepEqual(
    parsed.map(({ statement, text }) => [statement.kind, text]),
    [
      ["query", "select 'é;😀'"],
      ["showVariable", "show x"],
      ["query", "select 3 -- end"],
    ],
  );
  for (const { text, start } of parsed) assert.equal(sql.slice(start, start + text.length), text);
});

test("positions count characters of the whole text", () => {
  const [, second] = parse("select '😀é'; select ü, x");
  assert.ok(second !== undefined);
  assert.match(outline(second.statement, { positions: true }), /value: ü@21\b.* value: x@24\b/);
});

test("the tree is frozen, lists too", () => {
  const [only] = parse("select a, b + 1 from t where x in (1, 2)");
  const check = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    assert.ok(Object.isFrozen(node), JSON.stringify(node));
    Object.values(node).forEach(check);
  };
  check(only);
});

test("names fold unless quoted and are cut at 63 bytes", () => {
  assert.equal(outline(parseExpression('Abc."Def"')), "abc.Def");
  assert.equal(outline(parseExpression("a".repeat(70))), "a".repeat(63));
});

test("the text's limit is 54000", () => {
  const long = `select '${"x".repeat(MAX_STATEMENT_CHARS)}'`;
  assert.equal(errorOf(() => parse(long)).sqlstate, "54000");
  const fits = `select '${"x".repeat(MAX_STATEMENT_CHARS - 9)}'`;
  assert.equal(parse(fits).length, 1);
});

test("a NUL is 22021 at its character", () => {
  const error = errorOf(() => parse("select 'é\0'"));
  assert.equal(error.sqlstate, "22021");
  assert.equal(error.fields.position, 10);
});

/** Chains and nests, whose depth is (nearly) the number of repetitions. */
const DEEP: readonly (readonly [name: string, make: (count: number) => string])[] = [
  ["sum", (count) => `select 1${"+1".repeat(count)}`],
  ["union", (count) => `select 1${" union all select 1".repeat(count)}`],
  ["casts", (count) => `select a${"::int".repeat(count)}`],
  ["negations", (count) => `select ${"not ".repeat(count)}true`],
  ["joins", (count) => `select * from a${" join a on true".repeat(count)}`],
  ["calls", (count) => `select ${"f(".repeat(count)}1${")".repeat(count)}`],
  [
    "cases",
    (count) => `select ${"case when a then b else ".repeat(count)}1${" end".repeat(count)}`,
  ],
];

for (const [name, make] of DEEP) {
  test(`depth of ${name}: a third of the limit is fine, beyond it is 54001`, async () => {
    assert.equal(parse(make(Math.floor(MAX_NESTING_DEPTH / 3))).length, 1);
    assert.equal(errorOf(() => parse(make(MAX_NESTING_DEPTH + 1))).sqlstate, "54001");
    await nextTick();
    const error = errorOf(() => parse(make(30_000)));
    assert.match(
      `${error.sqlstate} ${error.message}`,
      /^(54001 stack depth|42601 memory exhausted)/,
    );
    await nextTick();
    assert.equal(parse("select 1").length, 1);
  });
}

test("long lists are not deep", () => {
  const numbers = Array.from({ length: 20_000 }, (_, index) => index).join(",");
  assert.equal(parse(`select 1 where a in (${numbers})`).length, 1);
  assert.equal(parse(`select a${" and a".repeat(5000)}`).length, 1);
});

test("texts that trap the grammar do not spoil it for later ones", async () => {
  const trap = `select ${"(select ".repeat(2000)}1${")".repeat(2000)}`;
  for (let round = 0; round < 100; round += 1) {
    assert.equal(errorOf(() => parse(trap)).sqlstate, "54001");
    await nextTick();
  }
  assert.equal(outline(parse("select a, 'b' from t")[0]?.statement ?? {}), SIMPLE);
});

const SIMPLE =
  "(query body: (select items: [(selectItem value: a) (selectItem value: 'b')] " +
  "from: [(tableReference table: (tableName name: t))]))";

test("traps without a pause are refused until a new instance is up", async () => {
  const trap = `select ${"(select ".repeat(2000)}1${")".repeat(2000)}`;
  const codes = [1, 2, 3].map(() => errorOf(() => parse(trap)).sqlstate);
  assert.deepEqual(codes, ["54001", "54001", "53000"]);
  await nextTick();
  assert.equal(parse("select 1").length, 1);
});

test("type names", () => {
  assert.equal(
    outline(parseTypeName(" numeric(12, 2)[] -- x"), { positions: true }),
    "(typeName@2 schema: pg_catalog name: numeric modifiers: [12 2] arrayDimensions: 1)",
  );
  assert.equal(outline(parseTypeName('s."T"')), "(typeName schema: s name: T)");
});

for (const text of ["", "int)", "int) + cast(1 as int", "int, 1", "int; select 1", "1"]) {
  test(`no type name: ${JSON.stringify(text)}`, () => {
    assert.equal(errorOf(() => parseTypeName(text)).sqlstate, "42601");
  });
}

for (const text of [
  "",
  "1 as x",
  "1 from t",
  "1, 2",
  "1; select 2",
  "1 union select 2",
  "distinct 1",
]) {
  test(`no expression: ${JSON.stringify(text)}`, () => {
    assert.equal(errorOf(() => parseExpression(text)).sqlstate, "42601");
  });
}

test("an expression's error position counts from its own start", () => {
  assert.equal(errorOf(() => parseExpression("é +")).fields.position, 4);
  assert.equal(errorOf(() => parseTypeName("é é")).fields.position, 3);
});

test("fingerprints ignore constants and layout, not columns", () => {
  const print = fingerprint("select a from t where x = 1");
  assert.match(print, /^[0-9a-f]{16}$/);
  assert.equal(fingerprint("SELECT a\nFROM t WHERE x = 2"), print);
  assert.notEqual(fingerprint("select b from t where x = 1"), print);
  assert.match(fingerprint(""), /^[0-9a-f]{16}$/);
  assert.equal(errorOf(() => fingerprint("select 'x")).sqlstate, "42601");
});
