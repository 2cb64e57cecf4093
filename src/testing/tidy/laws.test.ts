/** Each law finds what breaks it: made-up trees with one thing wrong. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { initParser } from "../../parser/index.js";
import { deadTypeScript } from "./dead-files.js";
import { importCycles, importLawViolations } from "./import-law.js";
import { includeLawViolations, unusedHeaders } from "./include-law.js";
import { longestCode } from "./lengths.js";
import { registeredWithoutTest } from "./registration-law.js";
import type { SourceFile } from "./source-tree.js";
import { blobsTooLarge, emptyNames, leftovers } from "./text-law.js";
import { overloadsWithoutTest } from "./overload-law.js";
import { rulesWithoutCases } from "./rule-law.js";
import { recordedBlocks } from "./slt-statements.js";
import { readTypeScriptFile, type TypeScriptFile } from "./typescript-file.js";

await initParser();

function source(path: string, text = ""): SourceFile {
  return { path, text, sizeBytes: text.length };
}

function typescript(path: string, text: string): TypeScriptFile {
  return readTypeScriptFile(source(path, text));
}

function importLaw(path: string, specifier: string): number {
  return importLawViolations([typescript(path, `import { x } from "${specifier}";`)]).length;
}

test("rooms import from their left, through the index", () => {
  assert.equal(importLaw("src/binder/a.ts", "../parser/index.js"), 0);
  assert.equal(importLaw("src/parser/a.ts", "../binder/index.js"), 1);
  assert.equal(importLaw("src/binder/a.ts", "../parser/parse.js"), 1);
  assert.equal(importLaw("src/binder/deep/a.ts", "../../errors/index.js"), 0);
  assert.equal(importLaw("src/binder/a.ts", "./b.js"), 0);
  assert.equal(importLaw("src/binder/a.ts", "node:fs"), 0);
});

test("some rooms may import less", () => {
  assert.equal(importLaw("src/parser/a.ts", "../errors/index.js"), 0);
  assert.equal(importLaw("src/parser/a.ts", "../types/index.js"), 1);
  assert.equal(importLaw("src/scheduler/a.ts", "../executor/index.js"), 1);
  assert.equal(importLaw("src/scheduler/a.ts", "../cluster/index.js"), 0);
  assert.equal(importLaw("src/pgwire/codec/a.ts", "../../types/index.js"), 1);
  assert.equal(importLaw("src/pgwire/codec/a.ts", "../connection.js"), 1);
});

test("only tests import testing, and src nothing outside", () => {
  assert.equal(importLaw("src/binder/a.ts", "../testing/clock.js"), 1);
  assert.equal(importLaw("src/binder/a.test.ts", "../testing/clock.js"), 0);
  assert.equal(importLaw("sql-tests/fuzz/a.ts", "../../src/testing/clock.js"), 0);
  assert.equal(importLaw("src/binder/a.ts", "../../sql-tests/runner/outcome.js"), 1);
  assert.equal(importLaw("src/elsewhere/a.ts", "../errors/index.js"), 1);
  assert.equal(importLaw("src/session/a.ts", "../env/node/index.js"), 1);
  assert.equal(importLaw("src/main.ts", "./env/node/index.js"), 0);
});

test("cycles count where they exist at run time", () => {
  const b = typescript("src/plan/b.ts", `import { a } from "./a.js";`);
  assert.equal(
    importCycles([typescript("src/plan/a.ts", `import { b } from "./b.js";`), b]).length,
    1,
  );
  const typed = `import type { B } from "./b.js"; import { type C } from "./b.js";`;
  assert.equal(importCycles([typescript("src/plan/a.ts", typed), b]).length, 0);
});

function includeLaw(path: string, target: string): number {
  const tree = [
    source(path, `#include "${target}"\n`),
    ...["memory/a.h", "ops/a.h", "backend/cpu/a.h", "tests/a.h"].map((name) =>
      source(`engine-native/${name}`),
    ),
  ];
  return includeLawViolations(tree).length;
}

test("includes point one way", () => {
  assert.equal(includeLaw("engine-native/ops/b.h", "memory/a.h"), 0);
  assert.equal(includeLaw("engine-native/memory/b.h", "ops/a.h"), 1);
  assert.equal(includeLaw("engine-native/backend/cuda/b.h", "backend/cpu/a.h"), 1);
  assert.equal(includeLaw("engine-native/backend/cpu/b.h", "backend/cpu/a.h"), 0);
  assert.equal(includeLaw("engine-native/ops/b.h", "a.h"), 1);
  assert.equal(includeLaw("engine-native/ops/b.h", "tests/a.h"), 1);
  assert.equal(includeLaw("engine-native/tests/b.cc", "ops/a.h"), 0);
  assert.equal(includeLaw("engine-native/plan/b.h", "plan/fragment.pb.h"), 0);
});

test("a header of its own source file alone is unused", () => {
  const header = source("engine-native/io/a.h");
  const own = source("engine-native/io/a.cc", `#include "io/a.h"\n`);
  const other = source("engine-native/io/b.cc", `#include "io/a.h"\n`);
  assert.deepEqual(unusedHeaders([header, own]), ["engine-native/io/a.h"]);
  assert.deepEqual(unusedHeaders([header, own, other]), []);
});

test("a file that only its own test imports is dead", () => {
  const dead = typescript("src/plan/dead.ts", "export const x = 1;");
  const its = typescript("src/plan/dead.test.ts", `import { x } from "./dead.js";`);
  const index = typescript("src/plan/index.ts", `export { x } from "./dead.js";`);
  assert.deepEqual(deadTypeScript([dead, its], []), ["src/plan/dead.ts"]);
  assert.deepEqual(deadTypeScript([dead, its, index], []), []);
  const started = source("package.json", `"tpch": "node after.mjs sql-tests/a.js"`);
  assert.deepEqual(deadTypeScript([typescript("sql-tests/a.ts", "")], [started]), []);
});

test("constructs that are banned", () => {
  const banned = (text: string): number => typescript("src/plan/a.ts", text).banned.length;
  assert.equal(banned("export default 1;"), 1);
  assert.equal(banned("export default function f() {}"), 1);
  assert.equal(banned("let x: any;"), 1);
  assert.equal(banned(`test${".only"}("x", () => {});`), 1);
  assert.equal(banned("switch (x) { default: y(); }"), 0);
  const impure = (text: string): number => typescript("src/plan/a.ts", text).impure.length;
  assert.equal(impure("Date.now(); new Date(); setTimeout(f, 1); Math.random();"), 4);
  assert.equal(impure("new Date(0); clock.now();"), 0);
});

test("names, leftovers and blobs", () => {
  assert.deepEqual(emptyNames([source("src/plan/string-utils.ts"), source("src/plan/a.ts")]), [
    "src/plan/string-utils.ts",
  ]);
  assert.deepEqual(emptyNames([source("src/common/a.ts")]), ["src/common"]);
  assert.equal(leftovers([source("src/a.ts", "// TO" + "DO: later")]).length, 1);
  assert.equal(leftovers([source("src/a.ts", `open("/ho${"me"}/me/x")`)]).length, 1);
  assert.equal(leftovers([source("src/a.ts", "// nothing to do")]).length, 0);
  assert.equal(blobsTooLarge([{ path: "x.bin", text: "", sizeBytes: 300_000 }]).length, 1);
});

test("lengths of files and functions, in both languages", () => {
  const body = "  x();\n".repeat(75);
  const file = typescript("src/plan/a.ts", `export function long(): void {\n${body}}\n`);
  const native = source(
    "engine-native/io/a.cc",
    `namespace x {\n\nStatus Reader::read(int a,\n                    int b) const {\n${body}}\n\n}\n`,
  );
  const names = longestCode([native], [file]).map(({ name, lines }) => `${name} ${String(lines)}`);
  assert.deepEqual(names.sort(), [
    "engine-native/io/a.cc:Reader::read 78",
    "src/plan/a.ts:long 77",
  ]);
  const list = typescript("src/plan/a.test.ts", `test("x", () => {\n${body}});\n`);
  assert.deepEqual(longestCode([], [list]), []);
});

test("what is registered needs a test of its name", () => {
  const rule = source(
    "src/optimizer/rules/fold.ts",
    `export const fold = {\n  name: "fold-x",\n};\n`,
  );
  const other = source("sql-tests/plans/other.slt", "explain\nSELECT 1\n----\n");
  const own = source("sql-tests/plans/fold-x.slt", "explain\nSELECT 1\n----\n");
  assert.deepEqual(registeredWithoutTest([rule]), []);
  assert.deepEqual(registeredWithoutTest([rule, other]), ["rule fold-x"]);
  assert.deepEqual(registeredWithoutTest([rule, own]), []);
  const operators = source("engine-native/operators/operators.def", "OPERATOR(HashJoin, x)\n");
  const scan = source("sql-tests/logic/operators/scan.slt", "@covers hash-join\n");
  assert.deepEqual(registeredWithoutTest([operators, { ...scan, text: "" }]), [
    "operator hash-join",
  ]);
  assert.deepEqual(registeredWithoutTest([operators, scan]), []);
});

test("blocks of an .slt file", () => {
  const text = "# a note\nquery rowsort\nSELECT 1\nFROM t\n----\n1\n\nstatement\nSET x = 1\n";
  const [query, statement, ...rest] = recordedBlocks(source("sql-tests/a.slt", text));
  assert.deepEqual([query?.directive, query?.options], ["query", ["rowsort"]]);
  assert.deepEqual([query?.sql, query?.answer], ["SELECT 1\nFROM t", ["1"]]);
  assert.deepEqual([statement?.sql, statement?.answer], ["SET x = 1", []]);
  assert.equal(rest.length, 0);
});

function lacks(label: string, statements: string): string | undefined {
  const path = "sql-tests/logic/functions/a.slt";
  const found = overloadsWithoutTest([source(path, statements)], new Set());
  return found.find((line) => line.startsWith(`${label}: `))?.slice(label.length + 2);
}

test("an overload needs to be called, answered, given NULL and borders, and to fail", () => {
  assert.equal(lacks("lpad(text, int4)", ""), "lacks a call");
  const one = "query\nSELECT lpad('a', 2)\n----\n a\n";
  assert.equal(lacks("lpad(text, int4)", one), "lacks boundaries, NULL, an error");
  assert.equal(lacks("lpad(text, int4, text)", one), "lacks a call");
  const empty = "\nquery\nSELECT lpad(NULL, 2), lpad('a', 0)\n----\nNULL|\n";
  const wrongError = "\nerror\nSELECT lpad('a', 9)\n----\n42601: syntax\n";
  assert.equal(lacks("lpad(text, int4)", one + empty), "lacks an error");
  const failing = "\nerror\nSELECT lpad('a', 2147483647)\n----\n54000: too large\n";
  assert.equal(lacks("lpad(text, int4)", one + empty + failing), undefined);
  assert.equal(lacks("upper(text)", wrongError), "lacks a call");
});

test("a rule needs a plan where it fires, one where not, and rows", () => {
  const schema = source("sql-tests/data/schema.sql", "CREATE TABLE t (a int4, b int4);\n");
  const rule = "fold-constants";
  const path = `sql-tests/plans/${rule}.slt`;
  const found = (text: string): readonly string[] =>
    rulesWithoutCases([schema, source(path, text)], [rule]);
  const fires = "explain contains\nSELECT a FROM t WHERE a > 1 + 1\n----\nScan\n";
  const rests = "\nexplain contains\nSELECT a FROM t WHERE a > b + 1\n----\nScan\n";
  const rows = "\nquery\nSELECT a FROM t WHERE a > 1 + 1\n----\n";
  assert.deepEqual(found(fires), [`${rule}: lacks a plan where it does not, rows where it fires`]);
  assert.deepEqual(found(rests + rows), [`${rule}: lacks a plan where it fires`]);
  assert.deepEqual(found(fires + rests + rows), []);
  assert.equal(rulesWithoutCases([schema], [rule]).length, 1);
});
