import { posix } from "node:path";
import type { SourceFile } from "./source-tree.js";

const LARGEST_FILE_BYTES = 256 * 1024;
/** Neither a whole name nor the last word of one. */
const BANNED_NAMES = new Set(["utils", "util", "helpers", "helper", "common", "misc", "manager"]);

/** Put together from parts, so that this file does not find itself. */
const LEFTOVER = new RegExp(`\\b(${["TO" + "DO", "FIX" + "ME"].join("|")})\\b`);
const MACHINE_PATH = new RegExp(`(^|[\\s"'\`=(:])/(${["work", "root", "home"].join("|")})/\\w`);

/** Files over the limit for what is kept in the repository. */
export function blobsTooLarge(files: readonly SourceFile[]): readonly string[] {
  return files
    .filter((file) => file.sizeBytes > LARGEST_FILE_BYTES)
    .map((file) => `${file.path}: ${String(file.sizeBytes)} bytes`);
}

/** Files and folders with names that say nothing. */
export function emptyNames(files: readonly SourceFile[]): readonly string[] {
  const paths = new Set(files.flatMap(({ path }) => [path, ...foldersOf(path)]));
  return [...paths].filter((path) => {
    const words = (posix.basename(path).split(".")[0] ?? "").toLowerCase().split(/[-_]/);
    return BANNED_NAMES.has(words.join("-")) || BANNED_NAMES.has(words.at(-1) ?? "");
  });
}

/** Marks of unfinished work, and paths of somebody's machine. */
export function leftovers(files: readonly SourceFile[]): readonly string[] {
  return files
    .filter((file) => !file.path.startsWith("sql-tests/corpora/"))
    .flatMap((file) =>
      file.text.split("\n").flatMap((line, index) => {
        const found = LEFTOVER.exec(line) ?? MACHINE_PATH.exec(line);
        return found === null ? [] : [`${file.path}:${String(index + 1)}: ${found[0].trim()}`];
      }),
    );
}

function foldersOf(path: string): readonly string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_part, index) => parts.slice(0, index + 1).join("/"));
}
