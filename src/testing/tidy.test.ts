/**
 * The laws of the tree, as tests: which way imports and includes point, what has no test, what
 * nothing uses, which names and calls are banned. What each law says stands in tidy/.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { initParser } from "../parser/index.js";
import { deadTypeScript } from "./tidy/dead-files.js";
import { importCycles, importLawViolations } from "./tidy/import-law.js";
import { includeLawViolations, unusedHeaders } from "./tidy/include-law.js";
import { lengthViolations, longestCode } from "./tidy/lengths.js";
import { overloadsWithoutTest } from "./tidy/overload-law.js";
import { registeredWithoutTest, ruleNames } from "./tidy/registration-law.js";
import { rulesWithoutCases } from "./tidy/rule-law.js";
import { readSourceTree } from "./tidy/source-tree.js";
import { blobsTooLarge, emptyNames, leftovers } from "./tidy/text-law.js";
import { readTypeScriptFile, type TypeScriptFile } from "./tidy/typescript-file.js";

const MAY_BE_IMPURE = /^src\/(env|cluster|testing)\/|^src\/main\.ts$|^sql-tests\/|\.test\.ts$/;
const REPORTED_LENGTHS = 15;

await initParser();
const tree = readSourceTree();
const files = tree.filter(({ path }) => /(?<!\.d)\.ts$/.test(path)).map(readTypeScriptFile);

test("tidy: the tree is there to be judged", () => {
  assert.ok(files.some(({ path }) => path === "src/testing/tidy.test.ts"));
  assert.ok(tree.some(({ path }) => path.startsWith("engine-native/")));
});

test("tidy: imports point one way, through each room's index", () => {
  none(importLawViolations(files));
});

test("tidy: no cycles of imports", () => {
  none(importCycles(files));
});

test("tidy: includes point one way", () => {
  none(includeLawViolations(tree));
});

test("tidy: what is registered has an SQL test of its name", () => {
  none(registeredWithoutTest(tree));
});

test("tidy: each overload has met ordinary, boundary, NULL and failing input", () => {
  none(overloadsWithoutTest(tree));
});

test("tidy: each rule has a plan where it fires, one where not, and rows", () => {
  none(rulesWithoutCases(tree, [...ruleNames(tree)]));
});

test("tidy: no file without a use", () => {
  // What a room offers has users only from the day something puts the rooms together.
  const composed = files.some(({ path }) => path === "src/main.ts");
  const bound = tree.some(({ path }) => path === "CMakeLists.txt");
  none([...(composed ? deadTypeScript(files, tree) : []), ...(bound ? unusedHeaders(tree) : [])]);
});

test("tidy: no default export, no any, no lone test", () => {
  none(files.flatMap((file) => listed(file, file.banned)));
});

test("tidy: clocks, timers and randomness come through env", () => {
  const pure = files.filter(({ path }) => !MAY_BE_IMPURE.test(path));
  none(pure.flatMap((file) => listed(file, file.impure)));
});

test("tidy: names say something", () => {
  none(emptyNames(tree));
});

test("tidy: nothing unfinished, nothing of one machine", () => {
  none(leftovers(tree));
});

test("tidy: no large blobs", () => {
  none(blobsTooLarge(tree));
});

test("tidy: long files and functions only by allowance", (context) => {
  const long = longestCode(tree, files);
  context.diagnostic(`${String(long.length)} over the aim of 400 lines a file, 70 a function`);
  for (const { name, lines } of long.slice(0, REPORTED_LENGTHS)) {
    context.diagnostic(`${String(lines)} ${name}`);
  }
  none(lengthViolations(long));
});

function listed(file: TypeScriptFile, findings: TypeScriptFile["banned"]): readonly string[] {
  return findings.map(({ line, what }) => `${file.path}:${String(line)}: ${what}`);
}

function none(violations: readonly string[]): void {
  assert.equal(violations.length, 0, `\n  ${violations.join("\n  ")}`);
}
