import { readdir } from "node:fs/promises";
import { join, parse, sep } from "node:path";

const MAGIC = /[*?[]/;
const ANY_FOLDERS = "**";

/** Whether a path is a pattern. */
export function isPattern(path: string): boolean {
  return MAGIC.test(path);
}

/**
 * Paths of files that an absolute pattern matches, in order. `*` and `?` stand for characters of one
 * name, `[a-z]` for one of a set, `**` for any folders. Names that start with a dot match only a
 * pattern that does. Folders that may not be read hold nothing.
 */
export async function filesMatching(pattern: string): Promise<readonly string[]> {
  const { root } = parse(pattern);
  const parts = pattern
    .slice(root.length)
    .split(sep)
    .filter((part) => part !== "");
  const found = new Set<string>();
  await walk(root, parts, found);
  return [...found].sort();
}

async function walk(folder: string, parts: readonly string[], found: Set<string>): Promise<void> {
  const [part, ...rest] = parts;
  if (part === undefined) return;
  if (!isPattern(part) && rest.length > 0) {
    await walk(join(folder, part), rest, found);
    return;
  }
  const anyFolders = part === ANY_FOLDERS;
  if (anyFolders) await walk(folder, rest.length === 0 ? ["*"] : rest, found);
  const matches = nameMatcher(anyFolders ? "*" : part);
  for (const entry of await entriesOf(folder)) {
    if (!matches(entry.name)) continue;
    const path = join(folder, entry.name);
    if (anyFolders) {
      if (entry.isDirectory()) await walk(path, parts, found);
    } else if (rest.length > 0) {
      if (entry.isDirectory() || entry.isSymbolicLink()) await walk(path, rest, found);
    } else if (!entry.isDirectory()) {
      found.add(path);
    }
  }
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** A test of one name against one part of a pattern. */
export function nameMatcher(part: string): (name: string) => boolean {
  let source = "";
  for (let i = 0; i < part.length; i++) {
    const char = part[i] as string;
    if (char === "*") source += "[^/]*";
    else if (char === "?") source += "[^/]";
    else if (char === "[" && part.indexOf("]", i + 2) > 0) {
      const end = part.indexOf("]", i + 2);
      source += characterSet(part.slice(i + 1, end));
      i = end;
    } else source += char.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  }
  const pattern = new RegExp(`^${source}$`, "su");
  const hidden = part.startsWith(".");
  return (name) => (hidden || !name.startsWith(".")) && pattern.test(name);
}

function characterSet(content: string): string {
  const negated = content.startsWith("!") || content.startsWith("^");
  const characters = (negated ? content.slice(1) : content).replace(/[\\\]^[]/g, "\\$&");
  return `[${negated ? "^" : ""}${characters}]`;
}
