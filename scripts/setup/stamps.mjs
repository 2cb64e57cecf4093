import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const STAMPS = join(ROOT, "build", "stamps");

/** All files below `folder` (relative to the root) whose name `accept`s, sorted. */
export function filesBelow(folder, accept = () => true) {
  const found = [];
  const absolute = join(ROOT, folder);
  if (!existsSync(absolute)) return found;
  for (const entry of readdirSync(absolute, { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) found.push(...filesBelow(path, accept));
    else if (accept(entry.name)) found.push(path);
  }
  return found.sort();
}

/** One hash over the names and contents of files, and over further `facts`. */
export function hashOf(files, facts = []) {
  const hash = createHash("sha256");
  for (const fact of facts) hash.update(`${fact}\0`);
  for (const file of files) {
    const absolute = join(ROOT, file);
    hash.update(`${file}\0`);
    hash.update(existsSync(absolute) ? readFileSync(absolute) : "absent");
  }
  return hash.digest("hex");
}

/** Whether step `name` was last done for the same `hash`, and everything it made is still there. */
export function isDone(name, hash, products = []) {
  const stamp = join(STAMPS, name);
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== hash) return false;
  return products.every((product) => existsSync(join(ROOT, product)));
}

export function markDone(name, hash) {
  mkdirSync(STAMPS, { recursive: true });
  writeFileSync(join(STAMPS, name), hash);
}
