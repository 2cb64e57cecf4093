/**
 * Sets up, then runs a compiled module in this process:
 * node scripts/after-setup.mjs [--tests] MODULE [arguments]; MODULE is relative to dist/.
 */
import { join } from "node:path";
import { setUp } from "./setup.mjs";
import { ROOT } from "./setup/stamps.mjs";

const given = process.argv.slice(2);
const tests = given[0] === "--tests";
const [module, ...rest] = tests ? given.slice(1) : given;
if (module === undefined) throw new Error("after-setup.mjs needs a module");

await setUp({ tests });
const path = join(ROOT, "dist", module);
process.argv = [process.execPath, path, ...rest];
await import(path);
