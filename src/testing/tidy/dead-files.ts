import type { SourceFile } from "./source-tree.js";
import type { TypeScriptFile } from "./typescript-file.js";

/**
 * TypeScript files that nothing leads to. Roots are main.ts, each room's index.ts (a public face may
 * be ahead of its users), tests, client programs, and what the scripts and package.json start.
 */
export function deadTypeScript(
  files: readonly TypeScriptFile[],
  tree: readonly SourceFile[],
): readonly string[] {
  const started = startedByScripts(tree);
  const byPath = new Map(files.map((file) => [file.path, file]));
  const reached = new Set<string>();
  const queue = files.map((file) => file.path).filter((path) => isRoot(path, started));
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    for (const { target } of byPath.get(path)?.imports ?? []) {
      if (target !== null && !(path.endsWith(".test.ts") && isOwnRoom(path, target))) {
        queue.push(target);
      }
    }
  }
  return files.map((file) => file.path).filter((path) => !reached.has(path));
}

/** A file of a room that only the room's tests import is dead. */
function isOwnRoom(test: string, target: string): boolean {
  const room = /^src\/(?!testing\/)[^/]+\//.exec(test)?.[0];
  return room !== undefined && target.startsWith(room);
}

function isRoot(path: string, started: ReadonlySet<string>): boolean {
  if (path === "src/main.ts" || path.endsWith(".test.ts")) return true;
  if (path.startsWith("sql-tests/clients/programs/")) return true;
  return /^src\/[^/]+\/index\.ts$/.test(path) || started.has(path);
}

function startedByScripts(tree: readonly SourceFile[]): ReadonlySet<string> {
  const scripts = tree.filter(({ path }) => /^(scripts|bin)\/|^package\.json$/.test(path));
  return new Set(
    scripts.flatMap(({ text }) =>
      Array.from(
        text.matchAll(/\b((?:src|sql-tests)\/[\w./-]+)\.js\b/g),
        ([, path]) => `${path}.ts`,
      ),
    ),
  );
}
