#!/usr/bin/env node
/** `npx millrace serve …`: sets up what is not set up yet, then hands over to the server's main. */
import { join } from "node:path";
import { setUp } from "../scripts/setup.mjs";
import { ROOT } from "../scripts/setup/stamps.mjs";

await setUp();
const main = join(ROOT, "dist/src/main.js");
process.argv[1] = main;
await import(main);
