import assert from "node:assert/strict";
import { test } from "node:test";
import { mismatch, type Outcome } from "./outcome.js";
import { blocksOf, parseSlt, printSlt, SltSyntaxError, type Block } from "./slt-file.js";

const TEXT = `# a comment
@skip vector-size-1 too slow there

query rowsort
SELECT a,
       b FROM t
----
1|x
2|NULL

statement
SET x = 1

error
SELECT 1/0
----
22012: division by zero

SELECT bare
`;

test("a file prints as it was read", () => {
  assert.equal(printSlt(parseSlt("f", TEXT)), TEXT);
});

test("blocks know their lines, directives and what is skipped", () => {
  const file = parseSlt("f", TEXT);
  const seen = blocksOf(file).map(({ line, directive }) => `${String(line)} ${directive}`);
  assert.deepEqual(seen, ["4 query", "11 statement", "14 error", "19 unrecorded"]);
  assert.equal(file.skips.get("vector-size-1"), "too slow there");
});

test("a header without a reason is refused", () => {
  assert.throws(() => parseSlt("f", "@skip cpu\n"), SltSyntaxError);
});

function rows(...values: (string | null)[][]): Outcome {
  return { kind: "rows", columns: ["a:int4"], rows: values };
}

function block(text: string): Block {
  const [first] = blocksOf(parseSlt("f", text));
  assert.ok(first);
  return first;
}

test("rows compare in order, or sorted where asked", () => {
  const ordered = block("query\nSELECT 1\n----\n1\n2\n");
  const sorted = block("query rowsort\nSELECT 1\n----\n1\n2\n");
  assert.equal(mismatch(ordered, rows(["1"], ["2"])), null);
  assert.notEqual(mismatch(ordered, rows(["2"], ["1"])), null);
  assert.equal(mismatch(sorted, rows(["2"], ["1"])), null);
  assert.notEqual(mismatch(sorted, rows(["2"], ["2"])), null);
  assert.notEqual(mismatch(ordered, rows(["1"])), null);
});

test("empty rows, NULL and line breaks are told apart", () => {
  const one = block("query\nSELECT 1\n----\n(empty)\n");
  assert.equal(mismatch(one, rows([""])), null);
  assert.notEqual(mismatch(one, rows([null])), null);
  assert.notEqual(mismatch(one, rows()), null);
  assert.equal(mismatch(block("query\nSELECT 1\n----\na⏎b\n"), rows(["a\nb"])), null);
});

test("a query must be recorded, and no rows is a record", () => {
  assert.notEqual(mismatch(block("query\nSELECT 1\n"), rows()), null);
  assert.equal(mismatch(block("query\nSELECT 1\n----\n"), rows()), null);
});

test("errors compare by code, message and position", () => {
  const wanted = block("error\nSELECT 1/0\n----\n22012: division by zero\nposition 9\n");
  const quiet = { detail: null, hint: null };
  const error = {
    kind: "error",
    sqlstate: "22012",
    message: "division by zero",
    ...quiet,
  } as const;
  assert.equal(mismatch(wanted, { ...error, position: 9 }), null);
  assert.notEqual(mismatch(wanted, { ...error, position: null }), null);
  assert.notEqual(mismatch(wanted, { ...error, sqlstate: "22003", position: 9 }), null);
  assert.notEqual(mismatch(wanted, rows(["1"])), null);
  assert.notEqual(mismatch(block("statement\nSET x = 1\n"), { ...error, position: 9 }), null);
});

test("detail and hint count unless terse", () => {
  const told = {
    kind: "error",
    sqlstate: "42883",
    message: "no f",
    position: null,
    detail: "d",
    hint: "h",
  } as const;
  const full = block("error\nSELECT f()\n----\n42883: no f\ndetail d\nhint h\n");
  assert.equal(mismatch(full, told), null);
  assert.notEqual(mismatch(full, { ...told, hint: null }), null);
  const terse = block("error terse\nSELECT f()\n----\n42883: no f\n");
  assert.equal(mismatch(terse, told), null);
});

test("parts of a plan must be there in order, or not at all", () => {
  const plan = rows(["Hash Join"], ["  -> Scan a"], ["  -> Scan b"]);
  const contains = (parts: string): unknown =>
    mismatch(block(`explain contains\nSELECT 1\n----\n${parts}`), plan);
  assert.equal(contains("Join\nScan b\n"), null);
  assert.notEqual(contains("Scan b\nScan a\n"), null);
  assert.notEqual(contains(""), null);
  assert.equal(mismatch(block("explain lacks\nSELECT 1\n----\nSort\n"), plan), null);
  assert.notEqual(mismatch(block("explain lacks\nSELECT 1\n----\nScan a\n"), plan), null);
});
