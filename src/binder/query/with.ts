import {
  duplicateCommonTable,
  featureNotSupported,
  tooManyCommonTableColumns,
} from "../../errors/index.js";
import type { CommonTable, With } from "../../parser/index.js";
import type { LogicalOperator } from "../../plan/index.js";
import type { CommonTableBinding, Scope } from "../scope.js";

/** Binds the queries of WITH in order; each sees those before it. */
export function bindWith(clause: With | undefined, scope: Scope): readonly CommonTableBinding[] {
  const tables = clause?.tables ?? [];
  for (const { name, position } of tables) {
    if (scope.futureCommonTables.has(name)) throw duplicateCommonTable(name, position);
    scope.futureCommonTables.add(name);
  }
  return tables.map((table) => {
    if (clause?.recursive === true && mentionsItself(table)) {
      throw featureNotSupported("recursive queries are not supported", table.position);
    }
    const binding = bindCommonTable(table, scope);
    scope.futureCommonTables.delete(table.name);
    scope.commonTables.set(table.name, binding);
    return binding;
  });
}

/** Whether a FROM clause anywhere in the query names the table itself. */
function mentionsItself(table: CommonTable): boolean {
  const visit = (node: unknown): boolean => {
    if (Array.isArray(node)) return node.some(visit);
    if (typeof node !== "object" || node === null) return false;
    const fields = node as Readonly<Record<string, unknown>>;
    if (fields["kind"] === "tableName") {
      return fields["name"] === table.name && fields["schema"] === undefined;
    }
    return Object.values(fields).some(visit);
  };
  return visit(table.query);
}

function bindCommonTable(table: CommonTable, scope: Scope): CommonTableBinding {
  const { statement } = scope;
  const options = { resolveUnknowns: true };
  const { plan, outputs } = statement.binders.query(table.query, scope, options);
  if (table.columns.length > outputs.length) {
    throw tooManyCommonTableColumns(
      table.name,
      outputs.length,
      table.columns.length,
      table.position,
    );
  }
  return {
    cteId: statement.newCteId(),
    name: table.name,
    columns: outputs.map(({ name, column }, i) => ({ name: table.columns[i] ?? name, column })),
    plan,
    materialized: table.materialized,
    referenced: false,
  };
}

/** Makes the queries known around a plan; those never named are left out. */
export function wrapWith(
  bindings: readonly CommonTableBinding[],
  body: LogicalOperator,
): LogicalOperator {
  return bindings
    .filter((b) => b.referenced)
    .reduceRight<LogicalOperator>(
      (plan, { cteId, name, materialized, plan: definition }) => ({
        kind: "with",
        cteId,
        name,
        materialized,
        definition,
        body: plan,
      }),
      body,
    );
}
