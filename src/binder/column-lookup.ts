import {
  ambiguousColumn,
  ambiguousTable,
  crossDatabaseReference,
  featureNotSupported,
  invalidFromReference,
  invalidLateralReference,
  missingFromClause,
  tooManyDottedNames,
  undefinedColumn,
  type SqlError,
} from "../errors/index.js";
import { at, recordOf } from "../functions/index.js";
import type { Expression } from "../plan/index.js";
import { nearColumn } from "./near-name.js";
import type { ColumnOrigin, NamespaceItem, RangeEntry, Scope } from "./scope.js";

export interface FoundColumn {
  readonly name: string;
  readonly expression: Expression;
  readonly origin: ColumnOrigin | undefined;
}

type Position = number | undefined;

/** catalog.schema.table before a column. */
const MAX_QUALIFIERS = 3;

/** The value of `names`: column, table.column, schema.table.column or with a catalog before. */
export function lookUpColumn(
  scope: Scope,
  names: readonly string[],
  position: Position,
): FoundColumn {
  const name = names.at(-1) ?? "";
  const qualifier = names.slice(0, -1);
  if (qualifier.length === 0) return unqualified(scope, name, position);
  if (qualifier.length > MAX_QUALIFIERS) throw tooManyDottedNames(names, position);
  checkCatalog(scope, names, qualifier.at(-3), position);
  const item = findRelation(scope, qualifier, position);
  if (item === undefined) throw missingRelation(scope, qualifier, position);
  const found = columnOf(item, name, position);
  scope.statement.accesses.column(found?.origin);
  if (found !== undefined) return found;
  throw missingColumn(scope, qualifier.at(-1), name, position);
}

/** Only the session's own database may be named. */
export function checkCatalog(
  scope: Scope,
  names: readonly string[],
  catalog: string | undefined,
  position: Position,
): void {
  const { currentDatabase } = scope.statement.context.session;
  if (catalog !== undefined && catalog !== currentDatabase) {
    throw crossDatabaseReference(names.join("."), position);
  }
}

function unqualified(scope: Scope, name: string, position: Position): FoundColumn {
  for (let level: Scope | undefined = scope; level !== undefined; level = level.parent) {
    const found = inLevel(level, name, position);
    if (found !== undefined) return found;
  }
  const row = wholeRow(scope, [name], position);
  if (row !== undefined) return { name, expression: row, origin: undefined };
  throw missingColumn(scope, undefined, name, position);
}

/** The item whose row the names stand for: they are no column's. */
function rowItem(
  scope: Scope,
  names: readonly string[],
  position: Position,
): NamespaceItem | undefined {
  const [name = "", ...more] = names;
  if (more.length === 0) {
    for (let level: Scope | undefined = scope; level !== undefined; level = level.parent) {
      if (inLevel(level, name, position) !== undefined) return undefined;
    }
  }
  return findRelation(scope, names, position);
}

/** A table's row as one value; undefined where the names stand for no row. */
export function wholeRow(
  scope: Scope,
  names: readonly string[],
  position: Position,
): Expression | undefined {
  const item = rowItem(scope, names, position);
  if (item === undefined) return undefined;
  const { columns, kind } = item.entry;
  for (const { origin } of columns) scope.statement.accesses.column(origin);
  const [only] = columns;
  // The row of a function that answers plain values is that value.
  if (kind === "function" && only !== undefined && columns.length === 1) {
    return seenThrough(item, only.expression, position);
  }
  if (item.nullable) {
    throw featureNotSupported(
      "the whole row of a table that an outer join makes NULL is not supported",
      position,
    );
  }
  const values = columns.map(({ expression }) => seenThrough(item, expression, undefined));
  return at(recordOf(values), position);
}

/** A column of such a row; "missing" where the row has none of that name. */
export function fieldOf(
  scope: Scope,
  names: readonly string[],
  field: string,
  position: Position,
): Expression | "missing" | undefined {
  const item = rowItem(scope, names, position);
  if (item === undefined) return undefined;
  const found = columnOf(item, field, position);
  scope.statement.accesses.column(found?.origin);
  return found?.expression ?? "missing";
}

/** A column visible by its bare name in this level alone. */
export function inLevel(level: Scope, name: string, position: Position): FoundColumn | undefined {
  let result: { readonly item: NamespaceItem; readonly found: FoundColumn } | undefined;
  for (const item of level.namespace) {
    if (!item.columnsVisible || (item.lateralOnly && !level.lateralActive)) continue;
    const found = columnOf(item, name, position);
    if (found === undefined) continue;
    level.statement.accesses.column(found.origin);
    if (result !== undefined) throw ambiguousColumn(name, position);
    result = { item, found };
  }
  if (result === undefined) return undefined;
  checkLateral(result.item, position);
  return result.found;
}

function checkLateral(item: NamespaceItem, position: Position): void {
  if (item.lateralOnly && !item.lateralOk) {
    throw invalidLateralReference(item.entry.alias, position);
  }
}

function columnOf(item: NamespaceItem, name: string, position: Position): FoundColumn | undefined {
  const matches = item.entry.columns.filter((c) => c.name === name);
  if (matches.length > 1) throw ambiguousColumn(name, position);
  const [column] = matches;
  if (column === undefined) return undefined;
  return { ...column, expression: seenThrough(item, column.expression, position) };
}

/** A column's value where this item is seen: possibly NULL after an outer join. */
export function seenThrough(
  item: NamespaceItem,
  expression: Expression,
  position: Position,
): Expression {
  return {
    ...expression,
    nullable: expression.nullable || item.nullable,
    ...(position === undefined ? {} : { position }),
  };
}

/** The item that `qualifier` (table, schema.table or with a catalog before) names, in any level. */
export function findRelation(
  scope: Scope,
  qualifier: readonly string[],
  position: Position,
): NamespaceItem | undefined {
  const name = qualifier.at(-1) ?? "";
  const schema = qualifier.at(-2);
  for (let level: Scope | undefined = scope; level !== undefined; level = level.parent) {
    const item = relationInLevel(level, schema, name, position);
    if (item !== undefined) return item;
  }
  return undefined;
}

function relationInLevel(
  level: Scope,
  schema: string | undefined,
  name: string,
  position: Position,
): NamespaceItem | undefined {
  const matches = level.namespace.filter(
    (item) =>
      item.relationVisible &&
      !(item.lateralOnly && !level.lateralActive) &&
      isNamed(item.entry, schema, name),
  );
  if (matches.length > 1) throw ambiguousTable(name, position);
  const [item] = matches;
  if (item !== undefined) checkLateral(item, position);
  return item;
}

function isNamed(entry: RangeEntry, schema: string | undefined, name: string): boolean {
  if (schema === undefined) return entry.alias === name;
  return !entry.aliased && entry.relation?.schema === schema && entry.relation.name === name;
}

function missingColumn(
  scope: Scope,
  table: string | undefined,
  name: string,
  position: Position,
): SqlError {
  const near = nearColumn(scope, table, name);
  switch (near.kind) {
    case "none":
      return undefinedColumn(name, table, position);
    case "exact": {
      const place = `column named "${name}" in table "${near.entry.alias}"`;
      const rest = "but it cannot be referenced from this part of the query.";
      const hint = `There is a ${place}, ${rest}`;
      return undefinedColumn(name, table, position, { hint });
    }
    case "near": {
      const names = near.matches.map((m) => `the column "${m.entry.alias}.${m.name}"`);
      const hint = `Perhaps you meant to reference ${names.join(" or ")}.`;
      return undefinedColumn(name, table, position, { hint });
    }
  }
}

/** Why no item of that name can be referred to (PostgreSQL's errorMissingRTE). */
export function missingRelation(
  scope: Scope,
  qualifier: readonly string[],
  position: Position,
): SqlError {
  const name = qualifier.at(-1) ?? "";
  const schema = qualifier.at(-2);
  const entry = hiddenRelation(scope, schema, name);
  if (entry === undefined) return missingFromClause(name, position);
  if (entry.aliased && entry.alias !== name) {
    const visible = findRelation(scope, [entry.alias], position);
    if (visible?.entry === entry) {
      const hint = `Perhaps you meant to reference the table alias "${entry.alias}".`;
      return invalidFromReference(name, hint, position);
    }
  }
  const rest = "but it cannot be referenced from this part of the query.";
  const hint = `There is an entry for table "${entry.alias}", ${rest}`;
  return invalidFromReference(name, hint, position);
}

/** An entry of that alias or relation name in any level, visible or not. */
function hiddenRelation(
  scope: Scope,
  schema: string | undefined,
  name: string,
): RangeEntry | undefined {
  for (let level: Scope | undefined = scope; level !== undefined; level = level.parent) {
    const entry = level.rangeTable.find((e) => {
      if (e.alias === name) return true;
      if (e.relation?.name !== name) return false;
      return schema === undefined || e.relation.schema === schema;
    });
    if (entry !== undefined) return entry;
  }
  return undefined;
}
