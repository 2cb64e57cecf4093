import { Refusal } from "../refusal.js";

/** A node as node-sql-parser made it: what it says is not believed before it is looked at. */
export type Tree = Readonly<Record<string, unknown>>;

export function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A node; some stand inside a wrapper that also lists tables and columns. */
export function treeOf(value: unknown): Tree {
  if (!isTree(value)) throw new Refusal("its tree has a hole");
  return isTree(value["ast"]) ? { ...value["ast"], parentheses: true } : value;
}

export function treesOf(value: unknown): readonly Tree[] {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) throw new Refusal("its tree has a list of another form");
  return value.map(treeOf);
}

/** Absent, or nothing but absent things. */
export function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === "") return true;
  if (Array.isArray(value)) return value.every(isEmpty);
  return typeof value === "object" && Object.values(value).every(isEmpty);
}

/** Where something stands in the text, and whether in parentheses, changes no meaning. */
const MEANINGLESS = new Set(["type", "parentheses", "loc", "tableList", "columnList"]);

/** Refuses a node that has anything but these fields: what is not looked at could change it. */
export function only(node: Tree, what: string, fields: readonly string[]): void {
  for (const [field, value] of Object.entries(node)) {
    if (MEANINGLESS.has(field) || fields.includes(field) || isEmpty(value)) continue;
    throw new Refusal(`${what} with ${field} is not read`);
  }
}

export function textOf(value: unknown, what: string): string {
  if (typeof value === "string") return value;
  throw new Refusal(`${what} is not read`);
}

/** `"a"`, `{value: "a"}` and `{expr: {value: "a"}}` alike. */
export function wordOf(value: unknown, what: string): string {
  if (!isTree(value)) return textOf(value, what);
  if (isTree(value["expr"])) {
    only(value, what, ["expr"]);
    return wordOf(value["expr"], what);
  }
  only(value, what, ["value"]);
  return textOf(value["value"], what);
}
