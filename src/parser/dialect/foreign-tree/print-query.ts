import { stackDepthExceeded } from "../../../errors/index.js";
import type { ForeignDialect } from "../names.js";
import { Refusal } from "../refusal.js";
import { printAlias, printName, printTable } from "./names.js";
import { printExpression, type Printing } from "./print-expression.js";
import { isEmpty, isTree, only, textOf, treeOf, treesOf, wordOf, type Tree } from "./tree.js";

/** Parentheses in one another that PostgreSQL's grammar gets to read, flat as its text may be. */
const MAX_PRINTED_DEPTH = 400;

/** The whole tree of a text, one query, as PostgreSQL's text. */
export function printTree(tree: unknown, dialect: ForeignDialect): string {
  let depth = 0;
  const deeper = (node: unknown): string => {
    depth += 1;
    if (depth > MAX_PRINTED_DEPTH) throw stackDepthExceeded();
    const printed = printExpression(node, printing);
    depth -= 1;
    return printed;
  };
  const printing: Printing = {
    dialect,
    operand: (node) => `(${deeper(node)})`,
    expression: deeper,
    query: (node) => printQuery(node, printing),
    orderBy: (items) => printOrderBy(items, printing),
  };
  const roots = rootsOf(tree);
  if (roots.length !== 1) throw new Refusal("it is read as several statements");
  return printQuery(roots[0], printing);
}

/** Dialects that find a column whatever the case of its name, but show it as it was written. */
const CASE_KEEPING: ReadonlySet<ForeignDialect> = new Set(["mysql", "bigquery", "tsql"]);

/** The aliases of a query's select items as written; undefined where they do not tell the columns. */
export function aliasesOf(
  tree: unknown,
  dialect: ForeignDialect,
): readonly (string | undefined)[] | undefined {
  if (!CASE_KEEPING.has(dialect)) return undefined;
  const [root] = rootsOf(tree);
  const columns: unknown = treeOf(root)["columns"];
  if (!Array.isArray(columns)) return undefined;
  const items = treesOf(columns);
  const isStar = (item: Tree): boolean => isTree(item["expr"]) && item["expr"]["column"] === "*";
  if (items.some(isStar)) return undefined;
  return items.map(({ as }) => (isEmpty(as) ? undefined : wordOf(as, "an alias")));
}

function rootsOf(tree: unknown): readonly unknown[] {
  return Array.isArray(tree)
    ? (tree as readonly unknown[]).filter((root) => !isEmpty(root))
    : [tree];
}

const SELECT_FIELDS = [
  ..."with distinct columns from where groupby having orderby limit top".split(" "),
  ..."_next set_op _orderby _limit parentheses_symbol".split(" "),
];

/** A query with its set operations, which arrive as a list. */
function printQuery(value: unknown, printing: Printing): string {
  const first = treeOf(value);
  const parts = chainOf(first);
  const [head, ...others] = parts;
  if (head === undefined) throw new Refusal("an empty query");
  if (parts.length > MAX_PRINTED_DEPTH) throw stackDepthExceeded();
  const withClause = printWith(first["with"], printing);
  if (others.length === 0) {
    return `${withClause}${printSelect(first, printing)}${printTail(first, printing)}`;
  }
  const last = others.at(-1) ?? head;
  const operators = parts.slice(0, -1).map((part) => setOperator(part["set_op"]));
  checkMixture(operators);
  const printed = parts.map((part) => {
    const own = part["parentheses_symbol"] === true;
    if (part !== head && !isEmpty(part["with"])) throw new Refusal("WITH in a set operation");
    if (!isEmpty(part["top"])) throw new Refusal("TOP beside a set operation is not read");
    const hasTail = !isEmpty(part["orderby"]) || !isEmpty(part["limit"]);
    if (hasTail && !own && part !== last) throw new Refusal("ORDER BY before a set operation");
    return `(${printSelect(part, printing)}${own ? printTail(part, printing) : ""})`;
  });
  const joined = printed.reduce((left, right, i) => `(${left}) ${operators[i - 1] ?? ""} ${right}`);
  return `${withClause}${joined}${printWholeTail(head, last, printing)}`;
}

function chainOf(first: Tree): readonly Tree[] {
  const parts: Tree[] = [];
  for (let part: Tree | undefined = first; part !== undefined;) {
    parts.push(part);
    const next: unknown = part["_next"];
    part = next === null || next === undefined ? undefined : treeOf(next);
  }
  return parts;
}

/** ORDER BY and LIMIT of a set operation stand at its first part or, not in parentheses, its last. */
function printWholeTail(head: Tree, last: Tree, printing: Printing): string {
  const ofHead = { orderby: head["_orderby"], limit: head["_limit"] };
  const ofLast = last["parentheses_symbol"] === true ? {} : last;
  if (!isEmpty(ofHead.orderby) || !isEmpty(ofHead.limit)) {
    if (!isEmpty(ofLast["orderby"]) || !isEmpty(ofLast["limit"])) {
      throw new Refusal("ORDER BY of a set operation is unclear");
    }
    return printTail(ofHead, printing);
  }
  return printTail(ofLast, printing);
}

function setOperator(value: unknown): string {
  const words = textOf(value, "a set operation").toUpperCase().split(/\s+/);
  const [name = "", quantifier = ""] = words;
  const known = ["UNION", "EXCEPT", "INTERSECT"].includes(name) && words.length <= 2;
  if (!known || !["", "ALL", "DISTINCT"].includes(quantifier)) {
    throw new Refusal(`${words.join(" ")} is not read`);
  }
  return `${name} ${quantifier}`.trim();
}

function checkMixture(operators: readonly string[]): void {
  const kinds = new Set(operators.map((operator) => operator.startsWith("INTERSECT")));
  if (kinds.size > 1) throw new Refusal("INTERSECT beside UNION or EXCEPT needs parentheses");
}

function printWith(value: unknown, printing: Printing): string {
  const tables = treesOf(value).map((table) => {
    only(table, "WITH", ["name", "stmt", "columns"]);
    const columns = treesOf(table["columns"]).map((column) => printing.expression(column));
    const names = columns.length === 0 ? "" : ` (${columns.join(", ")})`;
    return `${printName(table["name"], printing.dialect)}${names} AS (${printing.query(table["stmt"])})`;
  });
  return tables.length === 0 ? "" : `WITH ${tables.join(", ")} `;
}

/** SELECT up to HAVING. */
function printSelect(node: Tree, printing: Printing): string {
  if (node["type"] !== "select") throw new Refusal(`${String(node["type"])} is not read`);
  only(node, "SELECT", SELECT_FIELDS);
  const having = node["having"];
  const where = node["where"];
  return [
    `SELECT${printDistinct(node["distinct"])} ${printItems(node["columns"], printing)}`,
    printFrom(node["from"], printing),
    where === null || where === undefined ? "" : ` WHERE ${printing.expression(where)}`,
    printGroupBy(node["groupby"], printing),
    having === null || having === undefined ? "" : ` HAVING ${printing.expression(having)}`,
  ].join("");
}

function printDistinct(value: unknown): string {
  const word: unknown = isTree(value) ? value["type"] : value;
  if (isTree(value)) only(value, "DISTINCT", []);
  if (word === null || word === undefined) return "";
  if (word !== "DISTINCT") throw new Refusal("DISTINCT of another form is not read");
  return " DISTINCT";
}

function printItems(value: unknown, printing: Printing): string {
  if (value === "*") return "*";
  return treesOf(value)
    .map((item) => {
      only(item, "a select item", ["expr", "as"]);
      return `${printing.expression(item["expr"])}${printAlias(item["as"], printing.dialect)}`;
    })
    .join(", ");
}

const JOINS = /^((INNER|CROSS|(LEFT|RIGHT|FULL)( OUTER)?) )?JOIN$/;

function printFrom(value: unknown, printing: Printing): string {
  const items = treesOf(value);
  const printed = items.map((item, index) => {
    const { join } = item;
    only(item, "FROM", "db catalog schema table surround as join on using expr".split(" "));
    const source = printSource(item, printing);
    if (join === null || join === undefined) return index === 0 ? source : `, ${source}`;
    const kind = textOf(join, "a join").toUpperCase();
    if (!JOINS.test(kind)) throw new Refusal(`${kind} is not read`);
    return ` ${kind} ${source}${printCondition(item, printing)}`;
  });
  return printed.length === 0 ? "" : ` FROM ${printed.join("")}`;
}

function printSource(item: Tree, printing: Printing): string {
  const alias = printAlias(item["as"], printing.dialect);
  if (item["expr"] === null || item["expr"] === undefined) {
    return `${printTable(item, printing.dialect)}${alias}`;
  }
  const inner = treeOf(item["expr"]);
  if (inner["type"] !== "select") throw new Refusal("this item of FROM is not read");
  return `(${printing.query(inner)})${alias}`;
}

function printCondition(item: Tree, printing: Printing): string {
  const { on, using } = item;
  if (on !== null && on !== undefined) return ` ON ${printing.operand(on)}`;
  if (using === null || using === undefined) return "";
  const names = (using as readonly unknown[]).map((name) => printName(name, printing.dialect));
  return ` USING (${names.join(", ")})`;
}

function printGroupBy(value: unknown, printing: Printing): string {
  if (isEmpty(value)) return "";
  if (isTree(value)) only(value, "GROUP BY", ["columns"]);
  const columns = treesOf(isTree(value) ? value["columns"] : value);
  return ` GROUP BY ${columns.map((column) => printing.expression(column)).join(", ")}`;
}

function printTail(node: Tree, printing: Printing): string {
  return `${printOrderBy(node["orderby"], printing)}${printLimit(node, printing)}`;
}

function printOrderBy(value: unknown, printing: Printing): string {
  const items = treesOf(value).map((item) => {
    only(item, "ORDER BY", ["expr", "nulls"]);
    const direction =
      item["type"] === null || item["type"] === undefined
        ? ""
        : ` ${textOf(item["type"], "ORDER BY")}`;
    if (!/^( ASC| DESC)?$/i.test(direction)) throw new Refusal("ORDER BY of another form");
    const nulls = isEmpty(item["nulls"]) ? "" : ` ${textOf(item["nulls"], "NULLS")}`;
    if (!/^( NULLS (FIRST|LAST))?$/i.test(nulls)) throw new Refusal("NULLS of another form");
    return `${printing.expression(item["expr"])}${direction}${nulls}`;
  });
  return items.length === 0 ? "" : ` ORDER BY ${items.join(", ")}`;
}

function printLimit(node: Tree, printing: Printing): string {
  const { limit, top } = node;
  if (!isEmpty(top)) {
    const count = treeOf(top);
    only(count, "TOP", ["value"]);
    if (!isEmpty(limit)) throw new Refusal("TOP beside LIMIT is not read");
    return ` LIMIT ${String(count["value"])}`;
  }
  if (isEmpty(limit)) return "";
  const clause = treeOf(limit);
  if (!isEmpty(clause["fetch"]) || !isEmpty(clause["offset"])) return printFetch(clause, printing);
  only(clause, "LIMIT", ["seperator", "value"]);
  const values = treesOf(clause["value"]).map((value) => printing.expression(value));
  const [first = "", second] = values;
  switch (clause["seperator"]) {
    case ",":
      return ` LIMIT ${second ?? ""} OFFSET ${first}`;
    case "offset":
      if (second === undefined) throw new Refusal("OFFSET without LIMIT is unclear");
      return ` LIMIT ${first} OFFSET ${second}`;
    default:
      if (second !== undefined) throw new Refusal("LIMIT of another form is not read");
      return ` LIMIT ${first}`;
  }
}

/** `OFFSET n ROWS FETCH NEXT m ROWS ONLY`. */
function printFetch(clause: Tree, printing: Printing): string {
  only(clause, "OFFSET", ["offset", "fetch"]);
  const part = (value: unknown, word: string): string => {
    if (isEmpty(value)) return "";
    const node = treeOf(value);
    only(node, word, ["prefix", "value", "suffix"]);
    return ` ${word} ${printing.expression(node["value"])}`;
  };
  return `${part(clause["fetch"], "LIMIT")}${part(clause["offset"], "OFFSET")}`;
}
