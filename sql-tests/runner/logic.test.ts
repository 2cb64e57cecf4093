/**
 * Every .slt file on Millrace: all statements in the first configuration, and in each other one a
 * third of the files, another third each commit. MILLRACE_TEST_ALL=1 (npm run test:all) takes all.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { CONFIGURATIONS, seedOfDay } from "./configurations.js";
import { startMillrace, type Environment } from "./environment.js";
import { ROOT } from "./repository.js";
import { runFile } from "./run-file.js";
import { parseSlt } from "./slt-file.js";
import { sltFiles } from "./slt-tree.js";

const PARTS = 3;
const all = process.env["MILLRACE_TEST_ALL"] === "1";
const part = partOfCommit();
let server: Environment;

before(async () => {
  server = await startMillrace();
});

after(async () => {
  await server.stop();
});

for (const [rank, configuration] of CONFIGURATIONS.entries()) {
  for (const [index, path] of sltFiles().entries()) {
    if (rank > 0 && !all && (index + rank) % PARTS !== part) continue;
    const file = parseSlt(path, readFileSync(join(ROOT, path), "utf8"));
    const skip = file.skips.get(configuration.name) ?? false;
    test(`${configuration.name}: ${path}`, { skip }, async () => {
      const failures = await runFile(file, server, configuration);
      const seed = configuration.name === "rules-off" ? ` (seed ${String(seedOfDay())})` : "";
      assert.equal(failures.length, 0, `${configuration.name}${seed}\n${failures.join("\n")}`);
    });
  }
}

/** A number below PARTS from the commit's hash; 0 outside a git clone. */
function partOfCommit(): number {
  try {
    const hash = execFileSync("git", ["rev-parse", "HEAD"], { cwd: ROOT, encoding: "utf8" });
    return Number.parseInt(hash.slice(0, 8), 16) % PARTS;
  } catch {
    return 0;
  }
}
