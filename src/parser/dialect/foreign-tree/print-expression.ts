import { unquoted, LEXICAL_RULES } from "../lexer/index.js";
import type { ForeignDialect } from "../names.js";
import { Refusal } from "../refusal.js";
import { intervalCall, intervalText, stringText } from "../spelling.js";
import { functionName, printColumn, printName } from "./names.js";
import { printCast, printCastTo } from "./print-cast.js";
import { only, textOf, treeOf, treesOf, wordOf, type Tree } from "./tree.js";

/** The mutually recursive parts of printing, as one object so that their files form no cycle. */
export interface Printing {
  readonly dialect: ForeignDialect;
  /** An expression in parentheses. */
  operand(node: unknown): string;
  expression(node: unknown): string;
  query(node: unknown): string;
  orderBy(items: unknown): string;
}

type Print = (node: Tree, printing: Printing) => string;

/** An expression, every operand in parentheses: the tree's own structure, whatever its text was. */
export function printExpression(value: unknown, printing: Printing): string {
  const node = treeOf(value);
  const type = typeof node["type"] === "string" ? node["type"] : "";
  const print = Object.hasOwn(EXPRESSIONS, type) ? EXPRESSIONS[type] : undefined;
  if (print === undefined) throw new Refusal(`${type === "" ? "an expression" : type} is not read`);
  return print(node, printing);
}

const EXPRESSIONS: Readonly<Record<string, Print>> = {
  number: printNumber,
  bigint: printNumber,
  bool: (node) => (node["value"] === true ? "TRUE" : "FALSE"),
  null: () => "NULL",
  single_quote_string: (node, { dialect }) => printString(node, "'", dialect),
  string: (node, { dialect }) => printString(node, '"', dialect),
  var_string: (node, { dialect }) => printString(node, "'", dialect),
  regex_string: (node) => {
    only(node, "a raw string", ["value"]);
    return stringText(textOf(node["value"], "a raw string"));
  },
  double_quote_string: (node, { dialect }) =>
    dialect === "mysql" || dialect === "bigquery"
      ? printString(node, '"', dialect)
      : printName(node, dialect),
  backticks_quote_string: (node, { dialect }) => printName(node, dialect),
  column_ref: (node, { dialect }) => printColumn(node, dialect),
  binary_expr: printBinary,
  unary_expr: printUnary,
  function: printFunction,
  aggr_func: printAggregate,
  window_func: printFunction,
  case: printCase,
  cast: printCast,
  interval: printInterval,
  extract: printExtract,
  date: (node, { dialect }) => `DATE ${printString(node, "'", dialect)}`,
  timestamp: (node, { dialect }) => `TIMESTAMP ${printString(node, "'", dialect)}`,
  datetime: (node, { dialect }) => `DATETIME ${printString(node, "'", dialect)}`,
  select: (node, { query }) => `(${query(node)})`,
  expr_list: (node, { expression }) => {
    const items = treesOf(node["value"]);
    if (items.length !== 1) throw new Refusal("a list of values is not read here");
    return expression(items[0]);
  },
  // BigQuery's and others' words in an argument's place, such as DATE_TRUNC(x, MONTH).
  origin: (node) => {
    const word = textOf(node["value"], "a word");
    if (!/^[a-z]+$/i.test(word)) throw new Refusal(`${word} is not read`);
    return word.toLowerCase();
  },
};

function printNumber(node: Tree): string {
  only(node, "a number", ["value"]);
  const { value } = node;
  const isWhole = typeof value === "number" && Number.isSafeInteger(value);
  const text = isWhole ? String(value) : textOf(value, "a number");
  if (!/^-?[0-9.]+(e[+-]?\d+)?$/i.test(text)) throw new Refusal(`the number ${text} is not read`);
  return text;
}

function printString(node: Tree, quote: string, dialect: ForeignDialect): string {
  only(node, "a string", ["value", "escape"]);
  const body = textOf(node["value"], "a string");
  return stringText(unquoted(body, quote, LEXICAL_RULES[dialect]));
}

function operatorOf(node: Tree): string {
  return textOf(node["operator"], "an operator").toUpperCase();
}

/**
 * AND and OR. How the tree groups them is not believed (it reads `a OR b AND c` from left to right),
 * only their order: what stands in no parentheses is grouped anew, AND first as in every dialect.
 */
function printConnectives(node: Tree, printing: Printing): string {
  const groups: string[][] = [[]];
  const collect = (operand: Tree, isOuter: boolean): void => {
    const isConnective =
      operand["type"] === "binary_expr" && ["AND", "OR"].includes(operatorOf(operand));
    if (!isConnective || (!isOuter && operand["parentheses"] === true)) {
      groups.at(-1)?.push(printing.operand(operand));
      return;
    }
    only(operand, "an operator", ["operator", "left", "right"]);
    collect(treeOf(operand["left"]), false);
    if (operatorOf(operand) === "OR") groups.push([]);
    collect(treeOf(operand["right"]), false);
  };
  collect(node, true);
  return groups.map((group) => `(${group.join(" AND ")})`).join(" OR ");
}

/** Operators that PostgreSQL spells alike. */
const INFIX = new Set([
  ..."= <> != < > <= >= + - * / % ||".split(" "),
  ..."LIKE,NOT LIKE,ILIKE,NOT ILIKE".split(","),
]);

function printBinary(node: Tree, printing: Printing): string {
  only(node, "an operator", ["operator", "left", "right"]);
  const operator = operatorOf(node);
  if (operator === "AND" || operator === "OR") return printConnectives(node, printing);
  const left = printing.operand(node["left"]);
  const right = treeOf(node["right"]);
  switch (operator) {
    case "IS":
    case "IS NOT": {
      if (right["type"] !== "null" && right["type"] !== "bool") {
        throw new Refusal(`${operator} is read with NULL, TRUE and FALSE only`);
      }
      return `${left} ${operator} ${printing.expression(right)}`;
    }
    case "IN":
    case "NOT IN":
      return `${left} ${operator} ${printList(right, printing)}`;
    case "BETWEEN":
    case "NOT BETWEEN": {
      const [low, high, ...rest] = treesOf(right["value"]);
      if (rest.length > 0) throw new Refusal("BETWEEN of another form is not read");
      return `${left} ${operator} ${printing.operand(low)} AND ${printing.operand(high)}`;
    }
    case "DIV":
      return `${left} // ${printing.operand(right)}`;
    case "MOD":
      return `${left} % ${printing.operand(right)}`;
    default:
      if (!INFIX.has(operator)) throw new Refusal(`operator ${operator} is not read`);
      return `${left} ${operator} ${printRight(right, operator, printing)}`;
  }
}

/** The right operand: of LIKE with its ESCAPE, of a comparison perhaps ANY or ALL of a query. */
function printRight(right: Tree, operator: string, printing: Printing): string {
  const { escape } = right;
  if (escape !== undefined && escape !== null) {
    if (!operator.includes("LIKE")) throw new Refusal("ESCAPE without LIKE is not read");
    const clause = treeOf(escape);
    only(clause, "ESCAPE", ["value"]);
    const { escape: _escape, ...pattern } = right;
    return `${printing.operand(pattern)} ESCAPE ${printing.operand(clause["value"])}`;
  }
  if (right["type"] === "function" && /^[=<>!]+$/.test(operator)) {
    const name = functionName(right["name"]);
    const [query] = treesOf(treeOf(right["args"])["value"]);
    if (["any", "some", "all"].includes(name) && query?.["type"] === "select") {
      return `${name} (${printing.query(query)})`;
    }
  }
  return printing.operand(right);
}

function printList(list: Tree, printing: Printing): string {
  if (list["type"] === "select") return `(${printing.query(list)})`;
  if (list["type"] !== "expr_list") throw new Refusal("IN of another form is not read");
  const items = treesOf(list["value"]);
  const [first] = items;
  if (items.length === 1 && first?.["type"] === "select") return `(${printing.query(first)})`;
  return `(${items.map((item) => printing.operand(item)).join(", ")})`;
}

function printUnary(node: Tree, printing: Printing): string {
  only(node, "an operator", ["operator", "expr"]);
  const operator = textOf(node["operator"], "an operator").toUpperCase();
  if (operator === "NOT EXISTS" || operator === "EXISTS") {
    return `${operator} (${printing.query(node["expr"])})`;
  }
  if (operator !== "NOT" && operator !== "-" && operator !== "+") {
    throw new Refusal(`operator ${operator} is not read`);
  }
  const operand = treeOf(node["expr"]);
  const isOpen = operand["type"] === "binary_expr" && operand["parentheses"] !== true;
  if (isOpen && ["AND", "OR"].includes(operatorOf(operand))) {
    throw new Refusal(`${operator} before AND or OR is unclear`);
  }
  return `${operator} ${printing.operand(node["expr"])}`;
}

function printFunction(node: Tree, printing: Printing): string {
  only(node, "a function", ["name", "args", "over"]);
  const name = functionName(node["name"]);
  const args = node["args"] === null || node["args"] === undefined ? {} : treeOf(node["args"]);
  if (args["type"] === "expr_list") only(args, "a list of arguments", ["value"]);
  const values = treesOf(args["value"]);
  if (values.length === 0 && /^current_(date|timestamp)$/.test(name)) return name;
  const [first, second] = values;
  if (name === "exists" && first?.["type"] === "select") return `EXISTS (${printing.query(first)})`;
  if (name === "convert" && values.length === 2) {
    return printing.dialect === "tsql"
      ? printCastTo(second, typeOfArgument(treeOf(first)), printing)
      : printCastTo(first, treeOf(second), printing);
  }
  const printed = values.map((value) => printing.expression(value)).join(", ");
  return `${name}(${printed})${printOver(node["over"], printing)}`;
}

/** T-SQL's `CONVERT(decimal(9, 2), x)`: the type is read as a column or as a call. */
function typeOfArgument(node: Tree): Tree {
  if (node["type"] === "column_ref") {
    only(node, "a type", ["column"]);
    return { dataType: wordOf(node["column"], "a type") };
  }
  only(node, "a type", ["name", "args"]);
  const modifiers = treesOf(treeOf(node["args"])["value"]).map(printNumber);
  return { dataType: `${functionName(node["name"])}(${modifiers.join(", ")})` };
}

function printAggregate(node: Tree, printing: Printing): string {
  only(node, "an aggregate", ["name", "args", "over"]);
  const name = textOf(node["name"], "an aggregate's name").toLowerCase();
  const args = treeOf(node["args"]);
  only(args, "an aggregate", ["expr", "distinct", "orderby", "separator"]);
  const over = printOver(node["over"], printing);
  const expr = treeOf(args["expr"]);
  if (expr["type"] === "star") return `${name}(*)${over}`;
  const distinct = args["distinct"] === null || args["distinct"] === undefined ? "" : "DISTINCT ";
  const separator = printSeparator(name, args["separator"], printing);
  const order = printing.orderBy(args["orderby"]);
  return `${name}(${distinct}${printing.expression(expr)}${separator}${order})${over}`;
}

/** `, 's'` of `SEPARATOR 's'` and of a second argument alike; GROUP_CONCAT has one anyway. */
function printSeparator(name: string, value: unknown, { dialect }: Printing): string {
  if (value === null || value === undefined) return name === "group_concat" ? ", ','" : "";
  const node = treeOf(value);
  only(node, "a separator", ["keyword", "symbol", "value", "delimiter"]);
  const inner = treeOf(node["value"] ?? node["delimiter"]);
  const quote = QUOTES[typeof inner["type"] === "string" ? inner["type"] : ""];
  if (quote === undefined) throw new Refusal("a separator that is no constant is not read");
  return `, ${printString(inner, quote, dialect)}`;
}

const QUOTES: Readonly<Record<string, string>> = {
  single_quote_string: "'",
  double_quote_string: '"',
  string: '"',
};

/** OVER with partitions and an order; frames are not printed. */
function printOver(value: unknown, printing: Printing): string {
  if (value === null || value === undefined) return "";
  const window = treeOf(value);
  only(window, "a window", ["as_window_specification"]);
  const outer = treeOf(window["as_window_specification"]);
  only(outer, "a window", ["window_specification"]);
  const inner = treeOf(outer["window_specification"]);
  only(inner, "a window", ["partitionby", "orderby"]);
  const partitions = treesOf(inner["partitionby"]).map((item) => {
    only(item, "PARTITION BY", ["expr"]);
    return printing.expression(item["expr"]);
  });
  const by = partitions.length === 0 ? "" : `PARTITION BY ${partitions.join(", ")}`;
  return ` OVER (${by}${printing.orderBy(inner["orderby"])})`;
}

function printCase(node: Tree, printing: Printing): string {
  only(node, "CASE", ["expr", "args"]);
  const operand =
    node["expr"] === null || node["expr"] === undefined ? "" : ` ${printing.operand(node["expr"])}`;
  const branches = treesOf(node["args"]).map((branch) => {
    only(branch, "CASE", ["cond", "result"]);
    const result = printing.operand(branch["result"]);
    if (branch["type"] === "else") return ` ELSE ${result}`;
    return ` WHEN ${printing.operand(branch["cond"])} THEN ${result}`;
  });
  return `CASE${operand}${branches.join("")} END`;
}

function printInterval(node: Tree, printing: Printing): string {
  only(node, "INTERVAL", ["expr", "unit"]);
  const amount = treeOf(node["expr"]);
  const isConstant = /^(number|single_quote_string|double_quote_string|string)$/;
  if (!isConstant.test(textOf(amount["type"], "INTERVAL"))) {
    const unit = textOf(node["unit"], "INTERVAL");
    return `${intervalCall(printing.operand(amount), unit)}`;
  }
  const text = amount["type"] === "number" ? printNumber(amount) : wordOf(amount, "INTERVAL");
  const { unit } = node;
  const isNumber = amount["type"] === "number" || printing.dialect === "mysql";
  if (isNumber && typeof unit !== "string") throw new Refusal("INTERVAL without a unit");
  return intervalText(text, typeof unit === "string" ? unit : "");
}

function printExtract(node: Tree, printing: Printing): string {
  only(node, "EXTRACT", ["args"]);
  const args = treeOf(node["args"]);
  only(args, "EXTRACT", ["field", "source"]);
  const field = textOf(args["field"], "a field");
  if (!/^[a-z]+$/i.test(field)) throw new Refusal(`the field ${field} is not read`);
  return `EXTRACT(${field} FROM ${printing.operand(args["source"])})`;
}
