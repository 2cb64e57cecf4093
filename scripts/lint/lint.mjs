import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { filesBelow, ROOT } from "../setup/stamps.mjs";

/** Debian 12's. Other versions lay some code out otherwise, so they are no judges. */
const CLANG_FORMAT_MAJOR = "14";
const TYPESCRIPT_FOLDERS = ["src", "sql-tests"];
const SCRIPT_FOLDERS = ["scripts", "bin"];

/** Runs every linter, all of them even if one complains. Resolves to whether all were content. */
export async function lint({ fix = false } = {}) {
  const checks = [
    ["eslint", () => eslint(fix)],
    ["prettier", () => prettier(fix)],
    ["clang-format", () => clangFormat(fix)],
  ];
  const failed = [];
  for (const [name, check] of checks) {
    const started = performance.now();
    const passed = check();
    if (passed === null) continue;
    if (!passed) failed.push(name);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`lint: ${name} ${passed ? "passed" : "FAILED"} (${seconds} s)`);
  }
  return failed.length === 0;
}

function eslint(fix) {
  const cache = [
    "--cache",
    "--cache-strategy",
    "content",
    "--cache-location",
    "build/eslint-cache",
  ];
  return node("eslint/bin/eslint.js", [
    "--max-warnings=0",
    ...cache,
    ...(fix ? ["--fix"] : []),
    ...TYPESCRIPT_FOLDERS,
    ...SCRIPT_FOLDERS,
    "eslint.config.js",
  ]);
}

function prettier(fix) {
  const cache = [
    "--cache",
    "--cache-strategy",
    "content",
    "--cache-location",
    "build/prettier-cache",
  ];
  const patterns = [...TYPESCRIPT_FOLDERS, ...SCRIPT_FOLDERS].map(
    (folder) => `${folder}/**/*.{ts,mjs,json}`,
  );
  return node("prettier/bin/prettier.cjs", [
    fix ? "--write" : "--check",
    "--log-level=warn",
    ...cache,
    ...patterns,
    "*.{js,json}",
  ]);
}

/** null where there is no clang-format to ask. */
function clangFormat(fix) {
  const version = spawnSync("clang-format", ["--version"], { encoding: "utf8" });
  const major = /version (\d+)/.exec(version.stdout ?? "")?.[1];
  if (major !== CLANG_FORMAT_MAJOR) {
    const found = major === undefined ? "not installed" : `version ${major} is`;
    console.log(`lint: clang-format ${CLANG_FORMAT_MAJOR} not checked: ${found} here`);
    return null;
  }
  const files = filesBelow("engine-native", (name) => /\.(cc|h|cu|cuh)$/.test(name));
  if (fix) return run("clang-format", ["-i", ...files]);
  const check = spawnSync("clang-format", ["--dry-run", "-Werror", ...files], {
    cwd: ROOT,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  const named = check.stderr.matchAll(/^(\S+?):\d+:\d+: error: code should be clang-formatted/gm);
  const unformatted = new Set(Array.from(named, (match) => match[1]));
  for (const file of unformatted) console.log(`not formatted: ${file}`);
  return check.status === 0;
}

function node(script, args) {
  return run(process.execPath, [join(ROOT, "node_modules", script), ...args]);
}

function run(command, args) {
  const { status } = spawnSync(command, args, {
    cwd: ROOT,
    stdio: ["ignore", "inherit", "inherit"],
  });
  return status === 0;
}
