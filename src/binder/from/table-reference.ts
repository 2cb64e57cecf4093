import {
  crossDatabaseReference,
  forwardCommonTable,
  SqlError,
  staleView,
  undefinedTable,
  viewRecursion,
} from "../../errors/index.js";
import type { CatalogRelation, CatalogView } from "../../catalog/index.js";
import { parse, type Query, type TableReference } from "../../parser/index.js";
import type { Column, FileRelation, LogicalOperator } from "../../plan/index.js";
import { physicalTypeOf } from "../../types/index.js";
import { Scope, type CommonTableBinding, type RangeEntry, type ScopeColumn } from "../scope.js";
import { columnExpression, type StatementBinding } from "../statement-binding.js";
import { renameColumns } from "./column-aliases.js";
import { fromEntry, type FromResult } from "./from-result.js";

/** A name in FROM: a WITH query, a table or a view. */
export function bindTableReference(item: TableReference, scope: Scope): FromResult {
  const { table } = item;
  if (table.schema === undefined) {
    const common = findCommonTable(scope, table.name);
    if (common !== undefined) return bindCommonTable(item, common, scope);
  }
  const relation = findRelation(item, scope);
  scope.statement.accesses.relation(relation);
  if (relation.kind === "view") return bindView(item, relation, scope);
  return bindTable(item, relation.relation, scope);
}

function findCommonTable(scope: Scope, name: string): CommonTableBinding | undefined {
  for (let level: Scope | undefined = scope; level !== undefined; level = level.parent) {
    const found = level.commonTables.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isForward(scope: Scope, name: string): boolean {
  return (
    scope.futureCommonTables.has(name) || (scope.parent && isForward(scope.parent, name)) === true
  );
}

function findRelation(item: TableReference, scope: Scope): CatalogRelation {
  const { catalog, schema, name, position } = item.table;
  const shown = [catalog, schema, name].filter((p) => p !== undefined);
  const { currentDatabase } = scope.statement.context.session;
  if (catalog !== undefined && catalog !== currentDatabase) {
    throw crossDatabaseReference(`"${shown.join(".")}"`, position);
  }
  const { accesses, context } = scope.statement;
  // A view's names were looked up by who made it.
  const rights = accesses.isInView ? undefined : context.schemaRights;
  if (schema !== undefined) rights?.checkUsesSchema(schema, position);
  const schemas =
    schema === undefined
      ? scope.searchPath.filter((each) => rights?.usesSchema(each) ?? true)
      : [schema];
  for (const candidate of schemas) {
    const found = context.catalog.relation({ schema: candidate, name });
    if (found !== undefined) return found;
  }
  if (schema === undefined && isForward(scope, name)) throw forwardCommonTable(name, position);
  throw undefinedTable(shown.slice(-2).join("."), position);
}

function bindTable(item: TableReference, relation: FileRelation, scope: Scope): FromResult {
  const alias = item.alias?.name ?? relation.name;
  const { plan, columns } = scanOf(scope.statement, relation, alias);
  return fromEntry(scope, plan, {
    kind: "table",
    alias,
    aliased: item.alias !== undefined,
    relation: { schema: relation.schema, name: relation.name },
    columns: renameColumns(item.alias, alias, columns),
  });
}

/** A scan of all columns of a table. */
export function scanOf(
  statement: StatementBinding,
  relation: FileRelation,
  alias: string,
): { readonly plan: LogicalOperator; readonly columns: readonly ScopeColumn[] } {
  const columns = relation.columns.map((c) =>
    statement.columns.make({
      name: c.name,
      type: c.type,
      physical: physicalTypeOf(c.type),
      nullable: c.nullable,
    }),
  );
  const ordinals = columns.map((_, i) => i);
  return {
    plan: { kind: "scan", relation, columns, ordinals, alias },
    columns: columns.map((column, i) => ({
      name: column.name,
      expression: columnExpression(column),
      origin: { relationOid: relation.oid, columnNumber: i + 1 },
    })),
  };
}

function bindCommonTable(
  item: TableReference,
  common: CommonTableBinding,
  scope: Scope,
): FromResult {
  const { statement } = scope;
  common.referenced = true;
  const fresh = common.columns.map(({ name, column }): Column => {
    const { type, physical, nullable } = column;
    return statement.columns.make({ name, type, physical, nullable });
  });
  const alias = item.alias?.name ?? common.name;
  const plan: LogicalOperator = {
    kind: "cte-reference",
    cteId: common.cteId,
    name: common.name,
    columns: fresh,
    definitionColumns: common.columns.map((c) => c.column),
  };
  const columns = fresh.map((column) => ({
    name: column.name,
    expression: columnExpression(column),
    origin: undefined,
  }));
  return fromEntry(scope, plan, {
    kind: "common-table",
    alias,
    aliased: item.alias !== undefined,
    relation: { schema: "", name: common.name },
    columns: renameColumns(item.alias, alias, columns),
  });
}

/** A view is its query, bound under the search path it was made with. */
function bindView(item: TableReference, view: CatalogView, scope: Scope): FromResult {
  const { statement } = scope;
  const key = `${view.schema}.${view.name}`;
  if (statement.openViews.includes(key)) throw viewRecursion(view.name);
  statement.openViews.push(key);
  const outer = new Scope(statement, undefined, view.searchPath);
  const { plan, outputs } = withoutPositions(() =>
    statement.accesses.insideView(view.oid, () =>
      statement.binders.query(viewQuery(view), outer, { resolveUnknowns: true }),
    ),
  );
  statement.openViews.pop();
  if (outputs.length < view.columns.length) throw staleView(view.name);
  const columns = view.columns.map((declared, i) => ({
    name: declared.name,
    expression: columnExpression((outputs[i] as (typeof outputs)[number]).column),
    origin: { relationOid: view.oid, columnNumber: i + 1 },
  }));
  const alias = item.alias?.name ?? view.name;
  const entry: RangeEntry = {
    kind: "table",
    alias,
    aliased: item.alias !== undefined,
    relation: { schema: view.schema, name: view.name },
    columns: renameColumns(item.alias, alias, columns),
  };
  return fromEntry(scope, plan, entry);
}

function viewQuery(view: CatalogView): Query {
  const [parsed] = parse(view.queryText);
  if (parsed?.statement.kind !== "query") throw staleView(view.name);
  return parsed.statement;
}

/** Positions inside a view's text mean nothing to who uses the view. */
function withoutPositions<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof SqlError && error.fields.position !== undefined) {
      const { position: _position, ...fields } = error.fields;
      Object.assign(error, { fields });
    }
    throw error;
  }
}
