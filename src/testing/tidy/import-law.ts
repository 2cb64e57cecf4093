import type { TypeScriptFile } from "./typescript-file.js";

/** Left to right: a room imports only from rooms on its left. */
const ROOMS = [
  "errors",
  "env",
  "types",
  "plan",
  "functions",
  "catalog",
  "parser",
  "binder",
  "optimizer",
  "fragments",
  "engine",
  "cluster",
  "executor",
  "scheduler",
  "session",
  "pgwire",
  "command-line",
  "main",
];

/** Rooms and parts of rooms that may import less than what stands on their left. */
const TIGHTER: readonly { readonly folder: string; readonly only: readonly string[] }[] = [
  { folder: "parser", only: ["errors"] },
  { folder: "pgwire/codec", only: ["errors"] },
];
const FORBIDDEN: Readonly<Record<string, readonly string[]>> = {
  scheduler: ["executor", "engine"],
};
/** Doors beside a room's index.ts, and which rooms may go through them. */
const SIDE_DOORS: Readonly<Record<string, readonly string[]>> = {
  "src/env/node/index.ts": ["main"],
};

/** Law 1 for TypeScript: one line for each import that breaks it. */
export function importLawViolations(files: readonly TypeScriptFile[]): readonly string[] {
  return files.flatMap((file) =>
    file.imports.flatMap(({ target, line }) => {
      const reason = target === null ? null : violation(file, target);
      return reason === null ? [] : [`${file.path}:${String(line)}: imports ${target}: ${reason}`];
    }),
  );
}

function violation(file: TypeScriptFile, target: string): string | null {
  const from = roomOf(file.path);
  const to = roomOf(target);
  if (from === to) return withinRoom(file, target);
  if (to === "testing") return isTest(file) ? null : "only tests import testing";
  if (to === null) return from === null ? null : "src imports nothing outside src";
  if (!ROOMS.includes(to)) return `${to} is not a room of the import law`;
  if (!isDoor(target, from, file.isTest)) return `go through src/${to}/index.ts`;
  if (file.isTest || from === "testing" || from === null) return null;
  return wrongWay(file.path, from, to);
}

function wrongWay(path: string, from: string, to: string): string | null {
  const own = ROOMS.indexOf(from);
  if (own < 0) return `${from} is not a room of the import law`;
  if (ROOMS.indexOf(to) > own) return `${to} stands to the right of ${from}`;
  if (FORBIDDEN[from]?.includes(to)) return `${from} may not import ${to}`;
  const tighter = TIGHTER.find(({ folder }) => path.startsWith(`src/${folder}/`));
  if (tighter && !tighter.only.includes(to)) {
    return `${tighter.folder} may import only ${tighter.only.join(", ")}`;
  }
  return null;
}

/** A part under a tighter law may not reach the rest of its room either. */
function withinRoom(file: TypeScriptFile, target: string): string | null {
  if (file.isTest) return null;
  const part = TIGHTER.find(
    ({ folder }) => folder.includes("/") && file.path.startsWith(`src/${folder}/`),
  );
  if (!part || target.startsWith(`src/${part.folder}/`)) return null;
  return `${part.folder} may import only ${part.only.join(", ")}`;
}

function isDoor(target: string, from: string | null, isTest: boolean): boolean {
  if (/^src\/[^/]+\/index\.ts$/.test(target)) return true;
  if (from === "testing") return true;
  const rooms = SIDE_DOORS[target];
  return rooms !== undefined && (isTest || from === null || rooms.includes(from));
}

/** The room of a file of src; null for files elsewhere. */
function roomOf(path: string): string | null {
  const match = /^src\/(?:([^/]+)\/|([^/]+)\.ts$)/.exec(path);
  return match?.[1] ?? match?.[2] ?? null;
}

/**
 * Cycles of imports that exist at run time, each once, as the files on the way. Types may speak of
 * each other: an expression holds a plan and a plan holds expressions.
 */
export function importCycles(files: readonly TypeScriptFile[]): readonly string[] {
  const edges = new Map(
    files.map((file) => [
      file.path,
      file.imports.flatMap(({ target, typeOnly }) => (target && !typeOnly ? [target] : [])),
    ]),
  );
  const finished = new Set<string>();
  const cycles: string[] = [];
  const walk = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) cycles.push([...trail.slice(start), path].join(" -> "));
    if (start >= 0 || finished.has(path)) return;
    for (const next of edges.get(path) ?? []) walk(next, [...trail, path]);
    finished.add(path);
  };
  for (const path of edges.keys()) walk(path, []);
  return cycles;
}

/** A unit test, or any file of the SQL tests. */
function isTest({ path, isTest }: TypeScriptFile): boolean {
  return isTest || path.startsWith("sql-tests/");
}
