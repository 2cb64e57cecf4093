import { posix } from "node:path";
import ts from "typescript";
import type { SourceFile } from "./source-tree.js";

export interface Import {
  /** Path of the imported file from the root, or null for a package. */
  readonly target: string | null;
  readonly specifier: string;
  /** Gone after compilation. */
  readonly typeOnly: boolean;
  readonly line: number;
}

export interface LongFunction {
  readonly name: string;
  readonly line: number;
  readonly lines: number;
}

export interface Finding {
  readonly line: number;
  readonly what: string;
}

/** What the laws want to know of one TypeScript file. */
export interface TypeScriptFile {
  readonly path: string;
  readonly isTest: boolean;
  readonly lineCount: number;
  readonly imports: readonly Import[];
  readonly functions: readonly LongFunction[];
  /** Default exports, `any`, `.only(`. */
  readonly banned: readonly Finding[];
  /** Clocks, timers and randomness. */
  readonly impure: readonly Finding[];
}

const IMPURE_CALLS = new Set([
  "Date.now",
  "Math.random",
  "performance.now",
  "process.hrtime",
  "process.hrtime.bigint",
  "setTimeout",
  "setInterval",
]);
const TEST_CALLS = new Set(["test", "it", "describe", "suite", "before", "after"]);

export function readTypeScriptFile(file: SourceFile): TypeScriptFile {
  const tree = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.ES2022, true);
  const facts: Facts = { imports: [], functions: [], banned: [], impure: [] };
  visit(tree, tree, file.path, facts);
  const isTest = file.path.endsWith(".test.ts");
  const lineCount = tree.getLineStarts().length;
  return { path: file.path, isTest, lineCount, ...facts };
}

interface Facts {
  readonly imports: Import[];
  readonly functions: LongFunction[];
  readonly banned: Finding[];
  readonly impure: Finding[];
}

function visit(node: ts.Node, tree: ts.SourceFile, path: string, facts: Facts): void {
  const line = lineOf(node, tree);
  const imported = importOf(node, path, line);
  if (imported !== null) facts.imports.push(imported);
  const banned = bannedConstruct(node, tree);
  if (banned !== null) facts.banned.push({ line, what: banned });
  const impure = impureConstruct(node, tree);
  if (impure !== null) facts.impure.push({ line, what: impure });
  if (ts.isFunctionLike(node) && "body" in node && node.body && !isTestBody(node)) {
    const lines = tree.getLineAndCharacterOfPosition(node.end).line + 2 - line;
    facts.functions.push({ name: node.name?.getText(tree) ?? "(anonymous)", line, lines });
  }
  ts.forEachChild(node, (child) => {
    visit(child, tree, path, facts);
  });
}

function importOf(node: ts.Node, path: string, line: number): Import | null {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    if (!node.moduleSpecifier || !ts.isStringLiteral(node.moduleSpecifier)) return null;
    return importFrom(node.moduleSpecifier.text, isTypeOnly(node), path, line);
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return importOfLiteral(node.arguments[0], path, line);
  }
  // new URL("./worker.js", import.meta.url): how workers are named.
  if (ts.isNewExpression(node) && node.expression.getText() === "URL") {
    return importOfLiteral(node.arguments?.[0], path, line);
  }
  return null;
}

function importOfLiteral(node: ts.Node | undefined, path: string, line: number): Import | null {
  if (!node || !ts.isStringLiteral(node) || !node.text.endsWith(".js")) return null;
  return importFrom(node.text, false, path, line);
}

function importFrom(specifier: string, typeOnly: boolean, path: string, line: number): Import {
  const relative = specifier.startsWith(".");
  const joined = posix.join(posix.dirname(path), specifier).replace(/\.js$/, ".ts");
  return { target: relative ? joined : null, specifier, typeOnly, line };
}

function isTypeOnly(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) {
    if (node.isTypeOnly) return true;
    const clause = node.exportClause;
    return !!clause && ts.isNamedExports(clause) && clause.elements.every((e) => e.isTypeOnly);
  }
  const clause = node.importClause;
  if (!clause) return false;
  if (clause.isTypeOnly) return true;
  const bindings = clause.namedBindings;
  if (clause.name || !bindings || !ts.isNamedImports(bindings)) return false;
  return bindings.elements.every((element) => element.isTypeOnly);
}

function bannedConstruct(node: ts.Node, tree: ts.SourceFile): string | null {
  if (ts.isExportAssignment(node)) return "default export";
  if (node.kind === ts.SyntaxKind.DefaultKeyword && !ts.isDefaultClause(node.parent)) {
    return "default export";
  }
  if (node.kind === ts.SyntaxKind.AnyKeyword) return "the type any";
  if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
    const { expression, name } = node.expression;
    if (name.text === "only" && TEST_CALLS.has(expression.getText(tree))) return "a lone test";
  }
  return null;
}

function impureConstruct(node: ts.Node, tree: ts.SourceFile): string | null {
  if (ts.isCallExpression(node)) {
    const called = node.expression.getText(tree).replace(/^globalThis\./, "");
    if (IMPURE_CALLS.has(called)) return `${called}()`;
  }
  const isDate = ts.isNewExpression(node) && node.expression.getText(tree) === "Date";
  return isDate && (node.arguments?.length ?? 0) === 0 ? "new Date()" : null;
}

/** The function handed to test(), describe() and the like: a list, not a function to shorten. */
function isTestBody(node: ts.Node): boolean {
  const call = node.parent;
  if (!ts.isCallExpression(call)) return false;
  return TEST_CALLS.has(call.expression.getText().split(".")[0] ?? "");
}

function lineOf(node: ts.Node, tree: ts.SourceFile): number {
  return tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
}
