import { ALL_FUNCTIONS } from "../../functions/index.js";
import type { SourceFile } from "./source-tree.js";

const FUNCTION_TESTS = "sql-tests/logic/functions/";
const PLAN_TESTS = "sql-tests/plans/";
const OPERATOR_TESTS = "sql-tests/logic/operators/";
const FORMAT_TESTS = "sql-tests/logic/formats/";
const RULES = "src/optimizer/rules/";

/**
 * Law 3: what is registered and has no SQL test of its name. A test is named by its file, or covers
 * further names by a header line `@covers name name`; a function or SQL operator must also stand in
 * one of its statements. Each kind counts from the moment its folder of tests exists.
 */
export function registeredWithoutTest(tree: readonly SourceFile[]): readonly string[] {
  const functions = coveredNames(tree, FUNCTION_TESTS, true);
  const functionNames = new Set(ALL_FUNCTIONS.map(({ name }) => name.toLowerCase()));
  return [
    ...missing("function", functionNames, functions),
    ...missing("rule", ruleNames(tree), coveredNames(tree, PLAN_TESTS, false)),
    ...missing("operator", operatorNames(tree), coveredNames(tree, OPERATOR_TESTS, false)),
    ...missing("format", formatNames(tree), coveredNames(tree, FORMAT_TESTS, false)),
  ];
}

function missing(
  kind: string,
  registered: ReadonlySet<string>,
  covered: ReadonlySet<string> | null,
): readonly string[] {
  if (covered === null) return [];
  return [...registered].filter((name) => !covered.has(name)).map((name) => `${kind} ${name}`);
}

/** Names with a test below `folder`; null where there is no such folder yet. */
function coveredNames(
  tree: readonly SourceFile[],
  folder: string,
  mustMention: boolean,
): ReadonlySet<string> | null {
  const tests = tree.filter(({ path }) => path.startsWith(folder) && path.endsWith(".slt"));
  if (tests.length === 0) return null;
  return new Set(
    tests.flatMap(({ path, text }) => {
      const stem = path.slice(path.lastIndexOf("/") + 1, -".slt".length).toLowerCase();
      const dashed = mustMention ? [] : [stem.replaceAll("_", "-")];
      const headers = Array.from(text.matchAll(/^@covers (.+)$/gm), ([, names]) => names ?? "");
      const names = [
        stem,
        ...dashed,
        ...headers.flatMap((names) => names.trim().toLowerCase().split(/\s+/)),
      ];
      const statements = text.replace(/^(@|#).*$/gm, "").toLowerCase();
      return names.filter((name) => !mustMention || mentions(statements, name));
    }),
  );
}

function mentions(statements: string, name: string): boolean {
  if (!/^\w+$/.test(name)) return statements.includes(name);
  return new RegExp(`\\b${name}\\b`).test(statements);
}

export function ruleNames(tree: readonly SourceFile[]): ReadonlySet<string> {
  const files = tree.filter(
    ({ path }) => path.startsWith(RULES) && !/(index|\.test)\.ts$/.test(path),
  );
  return new Set(
    files.flatMap(({ text }) =>
      Array.from(text.matchAll(/^ {2}name: "([\w-]+)"/gm), ([, n]) => n!),
    ),
  );
}

/** The engine's operators, one line each in operators.def. */
function operatorNames(tree: readonly SourceFile[]): ReadonlySet<string> {
  return definitions(tree, "engine-native/operators/operators.def");
}

function formatNames(tree: readonly SourceFile[]): ReadonlySet<string> {
  return definitions(tree, "engine-native/formats/formats.def");
}

/** First arguments of the macro calls in a .def file, as words of lower case joined by dashes. */
function definitions(tree: readonly SourceFile[], path: string): ReadonlySet<string> {
  const text = tree.find((file) => file.path === path)?.text ?? "";
  const calls = text.matchAll(/^[A-Z_]+\(\s*"?(\w+)/gm);
  return new Set(
    Array.from(calls, ([, name]) =>
      name!
        .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
        .replaceAll("_", "-")
        .toLowerCase(),
    ),
  );
}
