/**
 * npm run clients [-- NAME …]: sets up, installs the clients' Debian packages where it may, and lets
 * every client make its tour of PostgreSQL and of Millrace.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { setUp } from "./setup.mjs";
import { say, SetupError } from "./setup/report.mjs";
import { ROOT } from "./setup/stamps.mjs";
import { installPackages } from "./setup/system-packages.mjs";

await setUp({ tests: true });
const compiled = (path) => pathToFileURL(join(ROOT, "dist", path)).href;
const names = process.argv.slice(2);
const { CLIENTS } = await import(compiled("sql-tests/clients/client-list.js"));
const wanted = CLIENTS.filter(({ name }) => names.length === 0 || names.includes(name));
try {
  await installPackages([...new Set(wanted.flatMap(({ packages }) => packages))]);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(error.message);
}
await import(compiled("sql-tests/clients/clients-command.js"));
