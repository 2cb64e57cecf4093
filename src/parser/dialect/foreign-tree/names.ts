import type { ForeignDialect } from "../names.js";
import { Refusal } from "../refusal.js";
import { nameText, quotedPath } from "../spelling.js";
import { isEmpty, isTree, only, textOf, wordOf, type Tree } from "./tree.js";

/** Stands for `$n` in what node-sql-parser reads. */
export const PARAMETER_NAME = /^__millrace_parameter_(\d+)__$/;

export function printName(value: unknown, dialect: ForeignDialect): string {
  const name = wordOf(value, "a name");
  const inner = isTree(value) && isTree(value["expr"]) ? value["expr"] : value;
  const quoted = isTree(inner) && inner["type"] !== "default" && inner["type"] !== undefined;
  if (name.includes("(")) throw new Refusal("a list of column names behind an alias is not read");
  return nameText(name, quoted, dialect);
}

/** `column`, `table.column`, `*`, or a parameter. */
export function printColumn(node: Tree, dialect: ForeignDialect): string {
  only(node, "a column", ["db", "catalog", "schema", "table", "column", "notations"]);
  const notations = node["notations"];
  if (Array.isArray(notations) && notations.some((mark) => mark !== ".")) {
    throw new Refusal("a path into a value is not read");
  }
  const column = node["column"];
  const qualifiers = [node["catalog"], node["db"], node["schema"], node["table"]]
    .filter((part) => part !== null && part !== undefined && part !== "")
    .map((part) => quotedPath(wordOf(part, "a name"), dialect, false));
  if (column === "*") return [...qualifiers, "*"].join(".");
  const name = wordOf(column, "a column's name");
  const parameter = PARAMETER_NAME.exec(name)?.[1];
  if (parameter !== undefined && qualifiers.length === 0) return `$${parameter}`;
  return [...qualifiers, printName(column, dialect)].join(".");
}

/** A table's path; what stands before its schema is called a catalog or a database. */
export function printTable(node: Tree, dialect: ForeignDialect): string {
  const surround = isTree(node["surround"]) ? node["surround"] : {};
  const outer = isEmpty(node["catalog"]) ? "db" : "catalog";
  return [outer, "schema", "table"]
    .filter((field) => !isEmpty(node[field]))
    .map((field) => {
      const isQuoted = !isEmpty(surround[field === "catalog" ? "db" : field]);
      return quotedPath(wordOf(node[field], "a table's name"), dialect, isQuoted);
    })
    .join(".");
}

/** ` AS name`, or nothing. */
export function printAlias(value: unknown, dialect: ForeignDialect): string {
  if (value === null || value === undefined) return "";
  return ` AS ${printName(value, dialect)}`;
}

/** A function's name: bare, because many are words of PostgreSQL's grammar. */
export function functionName(value: unknown): string {
  const name = value as Tree | undefined;
  if (!isTree(name)) return plainWord(textOf(name, "a function's name"));
  const { schema } = name;
  only(name, "a function's name", ["name", "schema"]);
  const parts = Array.isArray(name["name"]) ? (name["name"] as readonly unknown[]) : [];
  const words = [...(schema === undefined || schema === null ? [] : [schema]), ...parts];
  if (words.length !== 1) throw new Refusal("a function in a schema is not read");
  return plainWord(wordOf(words[0], "a function's name"));
}

function plainWord(word: string): string {
  if (!/^[a-z_][a-z0-9_]*$/i.test(word)) throw new Refusal(`function ${word} is not read`);
  return word.toLowerCase();
}
