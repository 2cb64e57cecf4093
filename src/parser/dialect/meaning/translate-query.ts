import type {
  FromItem,
  GroupingElement,
  OrderItem,
  Query,
  QueryBody,
  Select,
  SelectItem,
  With,
} from "../../ast/index.js";
import { dialectNotSupported, unreachable } from "../../../errors/index.js";
import { outputColumnName } from "../../output-name.js";
import type { ForeignDialect } from "../names.js";
import { checkAliases } from "./alias-clash.js";
import { MEANINGS } from "./dialects/index.js";
import { translateCondition, translateValue, type Translation } from "./translate-expression.js";

/** A query's tree as PostgreSQL's with the meaning that the dialect gives it. Throws 0A000. */
export function translateQuery(query: Query, dialect: ForeignDialect): Query {
  const translation: Translation = {
    meaning: MEANINGS[dialect],
    value: (expression) => translateValue(expression, translation),
    condition: (expression) => translateCondition(expression, translation),
    query: (inner) => wholeQuery(inner, translation),
    orderBy: (items) => items.map((item) => orderItem(item, translation)),
    refuse: (what, position) => {
      throw dialectNotSupported(dialect, `${what} is not on its list`, {}, position);
    },
    unclear: (what, position) => {
      throw dialectNotSupported(dialect, what, {}, position);
    },
  };
  return translation.query(query);
}

function wholeQuery(query: Query, t: Translation): Query {
  const { position } = query;
  if (query.locking.length > 0) t.refuse("a row lock", position);
  if (query.withTies) t.refuse("WITH TIES", position);
  for (const count of [query.limit, query.offset]) {
    const known = count === undefined || count.kind === "integerLiteral";
    if (!known && count.kind !== "parameter") t.refuse("LIMIT by an expression", position);
  }
  checkAliases(query, t);
  return Object.freeze({
    ...query,
    with: query.with === undefined ? undefined : withClause(query.with, t),
    body: body(query.body, t),
    orderBy: t.orderBy(query.orderBy),
  });
}

function withClause(clause: With, t: Translation): With {
  if (clause.recursive) t.refuse("WITH RECURSIVE", clause.position);
  const tables = clause.tables.map((table) => {
    if (table.materialized !== "default") t.refuse("MATERIALIZED", table.position);
    return { ...table, query: t.query(table.query) };
  });
  return { ...clause, tables };
}

function body(node: QueryBody, t: Translation): QueryBody {
  switch (node.kind) {
    case "select":
      return select(node, t);
    case "setOperation":
      return { ...node, left: t.query(node.left), right: t.query(node.right) };
    case "values":
      return t.refuse("VALUES", node.position);
    default:
      return unreachable(node);
  }
}

function select(node: Select, t: Translation): Select {
  const { position } = node;
  if (node.distinct?.kind === "distinctOn") t.refuse("DISTINCT ON", position);
  if (node.groupDistinct) t.refuse("GROUP BY DISTINCT", position);
  if (node.windows.length > 0) t.refuse("WINDOW", position);
  return {
    ...node,
    items: node.items.map((item) => selectItem(item, t)),
    from: node.from.map((item) => fromItem(item, t)),
    where: node.where === undefined ? undefined : t.condition(node.where),
    groupBy: node.groupBy.map((element) => grouping(element, t)),
    having: node.having === undefined ? undefined : t.condition(node.having),
  };
}

/** An item keeps the name that it has without its dialect's meaning. */
function selectItem(item: SelectItem, t: Translation): SelectItem {
  const value = t.value(item.value);
  if (value === item.value || item.alias !== undefined || value.kind === "star") {
    return { ...item, value };
  }
  return { ...item, value, alias: outputColumnName(item.value) };
}

function grouping(element: GroupingElement, t: Translation): GroupingElement {
  switch (element.kind) {
    case "groupingExpression":
      return { ...element, expression: t.value(element.expression) };
    case "groupingSet":
      if (!t.meaning.groupingSets) t.refuse("a grouping set", element.position);
      return { ...element, elements: element.elements.map((each) => grouping(each, t)) };
    default:
      return unreachable(element);
  }
}

function fromItem(item: FromItem, t: Translation): FromItem {
  switch (item.kind) {
    case "tableReference":
      if (item.only) t.refuse("ONLY", item.position);
      return item;
    case "derivedTable":
      if (item.lateral) t.refuse("LATERAL", item.position);
      return { ...item, query: t.query(item.query) };
    case "join": {
      const { condition } = item;
      if (condition?.kind === "natural") t.refuse("NATURAL JOIN", item.position);
      if (item.joinType === "full" && !t.meaning.fullJoins) t.refuse("FULL JOIN", item.position);
      return {
        ...item,
        left: fromItem(item.left, t),
        right: fromItem(item.right, t),
        condition:
          condition?.kind === "on"
            ? { ...condition, expression: t.condition(condition.expression) }
            : condition,
      };
    }
    case "tableFunction":
      return t.refuse("a function in FROM", item.position);
    default:
      return unreachable(item);
  }
}

function orderItem(item: OrderItem, t: Translation): OrderItem {
  if (item.direction === "using") t.refuse("ORDER BY USING", item.position);
  const expression = t.value(item.expression);
  if (item.nulls !== "default" || t.meaning.nulls === "high") return { ...item, expression };
  return { ...item, expression, nulls: item.direction === "desc" ? "last" : "first" };
}
