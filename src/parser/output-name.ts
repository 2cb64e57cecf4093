import type { Expression, Query } from "./ast/index.js";

/** PostgreSQL's name for a column that has none. */
export const UNNAMED_COLUMN = "?column?";

interface Guess {
  readonly name: string;
  /** Weak names (of a cast's type, of CASE) give way to one found further in. */
  readonly weak: boolean;
}

/**
 * The name a select item gets without AS, by PostgreSQL's rules: a column's or a function's own, a
 * cast's type, `case`, `coalesce` … and `?column?` for the rest. `firstColumn` names the first column
 * of a scalar subquery; without it a star in there is `?column?`.
 */
export function outputColumnName(
  expression: Expression,
  firstColumn: (query: Query) => string = firstColumnName,
): string {
  return guess(expression, firstColumn)?.name ?? UNNAMED_COLUMN;
}

function guess(expression: Expression, firstColumn: (query: Query) => string): Guess | undefined {
  switch (expression.kind) {
    case "columnReference":
      return strong(expression.names.at(-1) ?? UNNAMED_COLUMN);
    case "functionCall":
      return strong(expression.name.at(-1) ?? UNNAMED_COLUMN);
    case "fieldSelection":
      return strong(expression.field);
    case "valueFunction":
      return strong(expression.name);
    case "minMax":
      return strong(expression.variant);
    case "subscripting":
    case "fieldStar":
    case "collate":
      return guess(expression.operand, firstColumn);
    case "cast": {
      const inner = guess(expression.operand, firstColumn);
      return inner === undefined || inner.weak ? weak(expression.type.name) : inner;
    }
    case "case": {
      const { otherwise } = expression;
      const inner = otherwise === undefined ? undefined : guess(otherwise, firstColumn);
      return inner === undefined || inner.weak ? weak("case") : inner;
    }
    case "scalarSubquery":
      return strong(firstColumn(expression.query));
    default:
      return fixedName(expression);
  }
}

function fixedName(expression: Expression): Guess | undefined {
  switch (expression.kind) {
    case "array":
    case "arraySubquery":
      return strong("array");
    case "coalesce":
    case "exists":
    case "grouping":
    case "row":
      return strong(expression.kind);
    case "nullIf":
      return strong("nullif");
    default:
      return undefined;
  }
}

function firstColumnName(query: Query): string {
  const { body } = query;
  switch (body.kind) {
    case "values":
      return "column1";
    case "setOperation":
      return firstColumnName(body.left);
    case "select": {
      const [item] = body.items;
      if (item === undefined) return UNNAMED_COLUMN;
      return item.alias ?? outputColumnName(item.value);
    }
  }
}

function strong(name: string): Guess {
  return { name, weak: false };
}

function weak(name: string): Guess {
  return { name, weak: true };
}
