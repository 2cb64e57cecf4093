/**
 * Brings a clone to where it can run: system packages, npm packages, generated code, TypeScript,
 * native engine. Does only what is not done yet and says what it does. Plain Node, since it runs
 * before anything is installed.
 *
 * As a command: node scripts/setup.mjs [--tests] [--only STEP,…]
 */
import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { setUpFragmentSchema } from "./setup/fragment-schema.mjs";
import { alone } from "./setup/lock.mjs";
import { setUpNative } from "./setup/native.mjs";
import { setUpNpmPackages } from "./setup/npm-packages.mjs";
import { say, SetupError } from "./setup/report.mjs";
import { setUpSystemCatalog } from "./setup/system-catalog.mjs";
import { setUpSystemPackages } from "./setup/system-packages.mjs";
import { setUpTypeScript } from "./setup/typescript.mjs";

const OLDEST_NODE = 20;

const STEPS = {
  system: (tests) => setUpSystemPackages(tests),
  npm: () => setUpNpmPackages(),
  schema: () => setUpFragmentSchema(),
  typescript: () => setUpTypeScript(),
  catalog: () => setUpSystemCatalog(),
  native: (tests) => setUpNative(tests),
};

/**
 * Sets up for running, or with `tests` for testing too; `only` names the steps to take if not all.
 * Ends the process where it cannot.
 */
export async function setUp({ tests = false, only = Object.keys(STEPS) } = {}) {
  const started = performance.now();
  try {
    checkNode();
    await alone(async () => {
      for (const step of only) await STEPS[step](tests);
    });
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(`failed: ${error.message}`);
    process.exit(1);
  }
  say(`done (${((performance.now() - started) / 1000).toFixed(1)} s)`);
}

function checkNode() {
  if (Number(process.versions.node.split(".")[0]) >= OLDEST_NODE) return;
  throw new SetupError(`Node ${OLDEST_NODE} or newer is needed; this is ${process.version}`);
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const tests = process.argv.includes("--tests");
  const only = process.argv.indexOf("--only");
  await setUp(only < 0 ? { tests } : { tests, only: process.argv[only + 1].split(",") });
}
