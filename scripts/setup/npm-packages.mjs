import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runTool } from "./report.mjs";
import { ROOT } from "./stamps.mjs";

/** Installs what package-lock.json names, unless node_modules holds just that. */
export async function setUpNpmPackages() {
  if (installedAsLocked()) return;
  // npm runs this script with its own settings in the environment; `omit` must not follow from them.
  const args = ["ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund"];
  await runTool("installing npm packages (npm ci)", "npm", args, { cwd: ROOT });
}

function installedAsLocked() {
  const record = join(ROOT, "node_modules", ".package-lock.json");
  if (!existsSync(record)) return false;
  const locked = packagesOf(join(ROOT, "package-lock.json"));
  const installed = packagesOf(record);
  return Object.entries(locked).every(([path, entry]) => {
    if (path === "") return true;
    const found = installed[path];
    if (found === undefined) return entry.optional === true;
    return found.version === entry.version && existsSync(join(ROOT, path, "package.json"));
  });
}

function packagesOf(lockFile) {
  return JSON.parse(readFileSync(lockFile, "utf8")).packages ?? {};
}
