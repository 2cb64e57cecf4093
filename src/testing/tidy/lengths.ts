import { ALLOWANCES } from "./allowances.js";
import type { SourceFile } from "./source-tree.js";
import type { TypeScriptFile } from "./typescript-file.js";

/** What is reported, and what fails without an allowance. */
const FILE_LINES = { aim: 400, limit: 600 };
const FUNCTION_LINES = { aim: 70, limit: 120 };

/** A file or function over the aim; `name` is `path` or `path:function`. */
export interface Long {
  readonly name: string;
  readonly lines: number;
  readonly limit: number;
}

/** Everything over the aims of file and function length, longest first. */
export function longestCode(
  tree: readonly SourceFile[],
  files: readonly TypeScriptFile[],
): readonly Long[] {
  const native = tree.filter(({ path }) => /^engine-native\/.*\.(cc|h|cu|cuh)$/.test(path));
  const lengths = [
    ...files.map(({ path, lineCount }) => ({ name: path, lines: lineCount })),
    ...native.map(({ path, text }) => ({ name: path, lines: text.split("\n").length })),
  ];
  const functions = [
    ...files.flatMap(({ path, functions: found }) =>
      found.map(({ name, lines }) => ({ name: `${path}:${name}`, lines })),
    ),
    ...native.flatMap(nativeFunctions),
  ];
  return [...over(lengths, FILE_LINES), ...over(functions, FUNCTION_LINES)].sort(
    (a, b) => b.lines - a.lines,
  );
}

function over(
  found: readonly Measured[],
  { aim, limit }: { readonly aim: number; readonly limit: number },
): readonly Long[] {
  return found.filter(({ lines }) => lines > aim).map((long) => ({ ...long, limit }));
}

interface Measured {
  readonly name: string;
  readonly lines: number;
}

/** What is over its limit or allowance, and allowances that nothing needs. */
export function lengthViolations(long: readonly Long[]): readonly string[] {
  const grown = long.flatMap(({ name, lines, limit }) => {
    const allowed = ALLOWANCES.find((entry) => entry.name === name)?.lines ?? limit;
    return lines <= allowed ? [] : [`${name}: ${String(lines)} lines, allowed ${String(allowed)}`];
  });
  // What is over the aim alone may have its reason named too, and is then held to its lines.
  const names = new Set(long.map(({ name }) => name));
  const idle = ALLOWANCES.filter((entry) => !names.has(entry.name));
  return [...grown, ...idle.map(({ name }) => `${name}: needs its allowance no more`)];
}

/** Functions of formatted C++: from a line that opens a body after `)` to its closing brace. */
function nativeFunctions({ path, text }: SourceFile): readonly Measured[] {
  const lines = text.split("\n");
  const found: Measured[] = [];
  lines.forEach((line, index) => {
    if (!/\)( const)?( noexcept)?( override)?( -> [\w:<>*& ]+)? \{$/.test(line)) return;
    const start = headLine(lines, index);
    const head = lines[start] ?? "";
    if (/^\s*(if|for|while|switch|do|else|\}|return|case)\b|^\s*[}:]/.test(head)) return;
    const indent = /^ */.exec(head)?.[0] ?? "";
    if (indent.length > 2) return;
    const length = lines.slice(index).findIndex((other) => other.startsWith(`${indent}}`));
    if (length < 0) return;
    const name = /([\w~:]+)\(/.exec(head)?.[1] ?? head.trim();
    found.push({ name: `${path}:${name}`, lines: index + length + 1 - start });
  });
  return found;
}

/** The first line of a head that spans several: those after it are indented deeper. */
function headLine(lines: readonly string[], index: number): number {
  let start = index;
  while (start > 0 && /^ {4,}\S/.test(lines[start] ?? "")) start -= 1;
  return start;
}
