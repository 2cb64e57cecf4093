import type { DerivedTable } from "../../parser/index.js";
import type { Scope } from "../scope.js";
import { columnExpression } from "../statement-binding.js";
import { renameColumns } from "./column-aliases.js";
import { fromEntry, type FromResult } from "./from-result.js";

/** `(SELECT …) AS t`; it sees its neighbours only with LATERAL. The alias may be left out. */
export function bindDerivedTable(item: DerivedTable, scope: Scope): FromResult {
  const { query } = scope.statement.binders;
  const { plan, outputs } = scope.inClause(
    "from-subquery",
    () => query(item.query, scope, { resolveUnknowns: true }),
    item.lateral,
  );
  const alias = item.alias?.name ?? "unnamed_subquery";
  const columns = outputs.map(({ name, column, origin }) => ({
    name,
    expression: columnExpression(column),
    origin,
  }));
  const bound = fromEntry(scope, plan, {
    kind: "subquery",
    alias,
    aliased: true,
    relation: undefined,
    columns: renameColumns(item.alias, alias, columns),
  });
  if (item.alias !== undefined) return bound;
  return { ...bound, items: bound.items.map((i) => ({ ...i, relationVisible: false })) };
}
