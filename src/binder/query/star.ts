import { starWithoutTables } from "../../errors/index.js";
import type { Star } from "../../parser/index.js";
import { checkCatalog, findRelation, missingRelation, seenThrough } from "../column-lookup.js";
import type { NamespaceItem, Scope } from "../scope.js";
import type { Target } from "./targets.js";

/** `*`: all columns that can be named alone; `t.*`: those of one item. */
export function starColumns(star: Star, scope: Scope): readonly Omit<Target, "hidden">[] {
  const { qualifier, position } = star;
  if (qualifier.length === 0) {
    const items = scope.namespace.filter((i) => i.columnsVisible);
    if (items.length === 0) throw starWithoutTables(position);
    return items.flatMap((item) => columnsOf(item, scope, position));
  }
  checkCatalog(scope, [...qualifier, "*"], qualifier.at(-3), position);
  const item = findRelation(scope, qualifier, position);
  if (item === undefined) throw missingRelation(scope, qualifier, position);
  return columnsOf(item, scope, position);
}

function columnsOf(
  item: NamespaceItem,
  scope: Scope,
  position: number | undefined,
): readonly Omit<Target, "hidden">[] {
  for (const { origin } of item.entry.columns) scope.statement.accesses.column(origin);
  return item.entry.columns.map(({ name, expression, origin }) => ({
    name,
    expression: seenThrough(item, expression, position),
    origin,
  }));
}
