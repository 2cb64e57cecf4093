import type {
  Expression,
  FromItem,
  Position,
  Query,
  QueryBody,
  Select,
  SelectItem,
  TypeName,
} from "./ast/index.js";

/** The parts that a select of our own making may have. */
export interface SelectParts {
  readonly items: readonly SelectItem[];
  readonly from?: readonly FromItem[];
  readonly where?: Expression | undefined;
}

/** `SELECT items [FROM from] [WHERE where]`, as if it had been written; it has no position. */
export function builtSelect({ items, from = [], where }: SelectParts): Select {
  return Object.freeze({
    kind: "select",
    distinct: undefined,
    items,
    from,
    where,
    groupBy: [],
    groupDistinct: false,
    having: undefined,
    windows: [],
    position: undefined,
  });
}

/** A query that is `body` alone. */
export function builtQuery(body: QueryBody): Query {
  return Object.freeze({
    kind: "query",
    with: undefined,
    body,
    orderBy: [],
    limit: undefined,
    withTies: false,
    offset: undefined,
    locking: [],
    position: undefined,
  });
}

/** `pg_catalog.name` as the name of a type. */
export function builtTypeName(name: string, position?: Position): TypeName {
  return Object.freeze({
    kind: "typeName",
    schema: "pg_catalog",
    name,
    modifiers: [],
    intervalFields: undefined,
    arrayDimensions: 0,
    setOf: false,
    position,
  });
}
