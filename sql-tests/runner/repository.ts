import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root, from wherever the compiled file lies in it. */
export const ROOT = findRoot(dirname(fileURLToPath(import.meta.url)));
export const SQL_TESTS = join(ROOT, "sql-tests");

/** The compiled tree this file is part of: dist/ in ordinary use. */
export const COMPILED = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

function findRoot(folder: string): string {
  if (existsSync(join(folder, "package.json"))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error("no repository around the tests");
  return findRoot(parent);
}

/** Files below a folder with this ending, relative to the root and sorted. */
export function filesBelow(folder: string, ending: string): readonly string[] {
  const absolute = join(ROOT, folder);
  if (!existsSync(absolute)) return [];
  return readdirSync(absolute, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name}`)
    .sort();
}
