import { posix } from "node:path";
import type { SourceFile } from "./source-tree.js";

const ENGINE = "engine-native/";

/** Left to right: a folder includes only from folders on its left, and from itself. */
const FOLDERS = [
  "base",
  "io",
  "codec",
  "device",
  "types",
  "memory",
  "column",
  "spill",
  "ops",
  "plan",
  "ir",
  "runtime",
  "operators",
  "backend",
  "formats",
  "exchange",
  "wire",
  "exec",
  "addon",
];
/** Programs and tests stand outside the order; nothing of the engine includes them. */
const OUTSIDE = ["tools", "tests"];
/** Made by the build beside the sources, so not to be found in the tree. */
const GENERATED = /\.pb\.h$/;

interface Include {
  readonly from: string;
  readonly line: number;
  readonly target: string;
}

/** Law 1 for the engine: one line for each include that breaks it. */
export function includeLawViolations(files: readonly SourceFile[]): readonly string[] {
  const known = new Set(files.map((file) => file.path));
  return files.flatMap(includesOf).flatMap((include) => {
    const reason = violation(include, known);
    const { from, line, target } = include;
    return reason === null ? [] : [`${from}:${String(line)}: includes "${target}": ${reason}`];
  });
}

/** Headers that no other file includes and no build file names. */
export function unusedHeaders(files: readonly SourceFile[]): readonly string[] {
  const included = new Set<string>();
  for (const include of files.flatMap(includesOf)) {
    const own = include.from.replace(/\.(cc|cu)$/, ".h");
    const target = ENGINE + include.target;
    if (target !== own) included.add(target);
  }
  const build = files.filter(({ path }) => path.endsWith("CMakeLists.txt")).map(({ text }) => text);
  return files
    .filter((file) => file.path.startsWith(ENGINE) && /\.(h|cuh|def)$/.test(file.path))
    .map((file) => file.path)
    .filter((path) => !included.has(path))
    .filter((path) => !build.some((text) => text.includes(posix.basename(path))));
}

function includesOf(file: SourceFile): readonly Include[] {
  if (!file.path.startsWith(ENGINE) || !/\.(cc|h|cu|cuh|def)$/.test(file.path)) return [];
  return file.text.split("\n").flatMap((text, index) => {
    const match = /^\s*#\s*include\s+"([^"]+)"/.exec(text);
    return match?.[1] ? [{ from: file.path, line: index + 1, target: match[1] }] : [];
  });
}

function violation({ from, target }: Include, known: ReadonlySet<string>): string | null {
  if (GENERATED.test(target)) return null;
  if (!known.has(ENGINE + target)) {
    const sibling = posix.join(posix.dirname(from), target);
    return known.has(sibling) ? "name it from engine-native/" : "no such file";
  }
  const source = folderOf(from.slice(ENGINE.length));
  const folder = folderOf(target);
  if (source === folder || OUTSIDE.includes(source)) return sameFolder(from, target);
  if (OUTSIDE.includes(folder)) return `only ${folder} include from ${folder}`;
  if (!FOLDERS.includes(source)) return `${source} is not a folder of the include law`;
  if (!FOLDERS.includes(folder)) return `${folder} is not a folder of the include law`;
  const allowed = FOLDERS.indexOf(folder) < FOLDERS.indexOf(source);
  return allowed ? null : `${folder} stands to the right of ${source}`;
}

function sameFolder(from: string, target: string): string | null {
  const own = /backend\/([^/]+)\//.exec(from)?.[1];
  const other = /^backend\/([^/]+)\//.exec(target)?.[1];
  if (!from.startsWith(`${ENGINE}backend/`) || own === other) return null;
  return "back ends never include each other";
}

function folderOf(path: string): string {
  return path.split("/")[0] ?? path;
}
