import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root: the nearest folder above that has package.json and src/. */
export const ROOT = findRoot();

const FOLDERS = ["src", "sql-tests", "scripts", "bin", "engine-native", "docker", ".ci"];
const GENERATED = ["src/fragments/generated"];
const TEXT = /\.(ts|mjs|js|json|cc|h|cu|cuh|def|proto|cmake|txt|md|sql|slt|csv|sh|ya?ml)$|\/run$/;

export interface SourceFile {
  /** Relative to the root, with forward slashes. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Empty for what is not text. */
  readonly text: string;
}

/** Every file that belongs to the repository, as it lies on the disk. */
export function readSourceTree(): readonly SourceFile[] {
  const topLevel = readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isFile() && TEXT.test(entry.name))
    .map((entry) => entry.name);
  return [...topLevel, ...FOLDERS.flatMap(filesBelow)].map((path) => {
    const absolute = join(ROOT, path);
    const text = TEXT.test(path) ? readFileSync(absolute, "utf8") : "";
    return { path, sizeBytes: statSync(absolute).size, text };
  });
}

function filesBelow(folder: string): readonly string[] {
  if (GENERATED.includes(folder) || !existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}

function findRoot(): string {
  let folder = fileURLToPath(new URL(".", import.meta.url));
  while (!existsSync(join(folder, "package.json")) || !existsSync(join(folder, "src"))) {
    const parent = join(folder, "..");
    if (parent === folder) throw new Error("no repository around the tests");
    folder = parent;
  }
  return folder;
}
