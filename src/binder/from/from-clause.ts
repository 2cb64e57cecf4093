import { duplicateTableAlias, unreachable } from "../../errors/index.js";
import type { FromItem } from "../../parser/index.js";
import type { LogicalOperator } from "../../plan/index.js";
import type { NamespaceItem, RangeEntry, Scope } from "../scope.js";
import { bindDerivedTable } from "./derived-table.js";
import { dependsOn, type FromResult } from "./from-result.js";
import { bindJoin } from "./join.js";
import { bindTableFunction } from "./table-function.js";
import { bindTableReference } from "./table-reference.js";

/** The rows of a FROM clause; its names become the scope's namespace. */
export function bindFrom(items: readonly FromItem[], scope: Scope): LogicalOperator {
  let bound: FromResult | undefined;
  for (const item of items) {
    const right = bindFromItem(item, scope);
    checkNames(bound?.items ?? [], right.items);
    bound = bound === undefined ? right : crossJoin(bound, right);
    scope.namespace = bound.items.map((i) => ({ ...i, lateralOnly: true, lateralOk: true }));
  }
  scope.namespace = bound?.items ?? [];
  return bound?.plan ?? { kind: "values", columns: [], rows: [[]] };
}

function crossJoin(left: FromResult, right: FromResult): FromResult {
  return {
    plan: {
      kind: "join",
      joinKind: "inner",
      left: left.plan,
      right: right.plan,
      condition: null,
      dependent: dependsOn(right.plan, left.items),
      mark: null,
    },
    items: [...left.items, ...right.items],
  };
}

/** One item of FROM; joins come back here for their sides. */
function bindFromItem(item: FromItem, scope: Scope): FromResult {
  switch (item.kind) {
    case "tableReference":
      return bindTableReference(item, scope);
    case "derivedTable":
      return bindDerivedTable(item, scope);
    case "tableFunction":
      return bindTableFunction(item, scope);
    case "join":
      return bindJoin(item, scope, bindFromItem, checkNames);
    default:
      return unreachable(item);
  }
}

/** 42712 where two items would be known by one name. */
export function checkNames(left: readonly NamespaceItem[], right: readonly NamespaceItem[]): void {
  for (const { entry, relationVisible } of right) {
    if (!relationVisible) continue;
    const other = left.find((l) => l.relationVisible && l.entry.alias === entry.alias);
    if (other !== undefined && !areDistinctTables(other.entry, entry)) {
      throw duplicateTableAlias(entry.alias);
    }
  }
}

/** Tables of two schemas may both go by their own name. */
function areDistinctTables(a: RangeEntry, b: RangeEntry): boolean {
  if (a.aliased || b.aliased || a.relation === undefined || b.relation === undefined) return false;
  return a.relation.schema !== b.relation.schema;
}
