import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { after, before, test } from "node:test";
import { filesMatching, isPattern, nameMatcher } from "./glob.js";

let folder = "";
const FILES = [
  "a.parquet",
  "b.parquet",
  "c.csv",
  ".hidden.parquet",
  "x/d.parquet",
  "x/y/e.parquet",
];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-glob-"));
  await mkdir(join(folder, "x", "y"), { recursive: true });
  for (const file of FILES) await writeFile(join(folder, file), "");
  await symlink(join(folder, "x"), join(folder, "link"));
});
after(() => rm(folder, { recursive: true, force: true }));

async function matches(pattern: string): Promise<readonly string[]> {
  return (await filesMatching(join(folder, pattern))).map((path) => relative(folder, path));
}

test("glob: a star stays within one name and leaves hidden files out", async () => {
  assert.deepEqual(await matches("*.parquet"), ["a.parquet", "b.parquet"]);
  assert.deepEqual(await matches(".*.parquet"), [".hidden.parquet"]);
  assert.deepEqual(await matches("*/*.parquet"), ["link/d.parquet", "x/d.parquet"]);
});

test("glob: two stars stand for any number of folders, and follow no link", async () => {
  assert.deepEqual(await matches("**/*.parquet"), [
    "a.parquet",
    "b.parquet",
    "x/d.parquet",
    "x/y/e.parquet",
  ]);
  assert.deepEqual(await matches("x/**"), ["x/d.parquet", "x/y/e.parquet"]);
});

test("glob: sets, single characters, and what matches nothing", async () => {
  assert.deepEqual(await matches("[a-b].parquet"), ["a.parquet", "b.parquet"]);
  assert.deepEqual(await matches("[!a].parquet"), ["b.parquet"]);
  assert.deepEqual(await matches("?.csv"), ["c.csv"]);
  assert.deepEqual(await matches("nowhere/*.parquet"), []);
});

test("glob: characters of regular expressions are just characters", () => {
  assert.equal(nameMatcher("a+(b).*")("a+(b).parquet"), true);
  assert.equal(nameMatcher("a+(b).*")("aab.parquet"), false);
  assert.equal(nameMatcher("[")("["), true);
  assert.equal(nameMatcher("[]]x")("]x"), true);
  assert.equal(isPattern("/data/orders.parquet"), false);
});
