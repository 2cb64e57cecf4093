/**
 * npm test [-- [--all] [pattern …]]: sets up, lints, runs the engine's own tests and then every
 * *.test.ts, ending in the test runner's summary. Patterns are parts of a test file's path or of a
 * native test's name; with patterns the linters stay out. --all is `npm run test:all`: every
 * configuration for every file, and TPC-H at scale 1.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { lint } from "./lint/lint.mjs";
import { setUp } from "./setup.mjs";
import { filesBelow, ROOT } from "./setup/stamps.mjs";

const CONCURRENT_FILES = 2;
/** Nothing here takes so long; what hangs fails. */
const TEST_TIMEOUT_MS = 20 * 60 * 1000;

const given = process.argv.slice(2);
const all = given.includes("--all");
const patterns = given.filter((argument) => argument !== "--all");
const failed = [];

await setUp({ tests: true });
if (patterns.length === 0 && !(await lint())) failed.push("lint");
if (!nativeTests()) failed.push("engine tests");
if (!typescriptTests()) failed.push("tests");
const others = failed.filter((part) => part !== "tests");
if (others.length > 0) console.log(`\ntest: FAILED: ${others.join(", ")} (see above)`);
process.exit(failed.length === 0 ? 0 : 1);

function nativeTests() {
  const escaped = patterns.map((pattern) => pattern.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const filter = patterns.length > 0 ? ["-R", escaped.join("|")] : [];
  return run("ctest", [
    "--test-dir",
    "build",
    "--output-on-failure",
    "--parallel",
    String(CONCURRENT_FILES),
    "--timeout",
    "300",
    ...filter,
  ]);
}

function typescriptTests() {
  const files = [...filesBelow("dist/src", isTest), ...filesBelow("dist/sql-tests", isTest)].filter(
    (file) => patterns.length === 0 || patterns.some((pattern) => file.includes(pattern)),
  );
  if (files.length === 0) {
    console.log("test: no test file matches");
    return patterns.length > 0;
  }
  const options = [
    "--test-reporter=spec",
    `--test-concurrency=${CONCURRENT_FILES}`,
    `--test-timeout=${TEST_TIMEOUT_MS}`,
  ];
  return run(process.execPath, ["--enable-source-maps", "--test", ...options, ...files], {
    MILLRACE_TEST_ALL: all ? "1" : "",
  });
}

function isTest(name) {
  return name.endsWith(".test.js");
}

function run(command, args, environment = {}) {
  const { status } = spawnSync(command, args, {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "inherit", "inherit"],
  });
  return status === 0;
}
