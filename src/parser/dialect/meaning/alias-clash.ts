import type { Expression, Query } from "../../ast/index.js";
import type { Translation } from "./translate-expression.js";

/**
 * Dialects differ in what a name stands for that is both a select item's alias and a column: in
 * ORDER BY inside an expression, and in GROUP BY and HAVING. Refuses where the query itself shows
 * that it could be both.
 */
export function checkAliases(query: Query, t: Translation): void {
  const { body } = query;
  if (body.kind !== "select") return;
  const clashing = new Set<string>();
  const aliases = new Set<string>();
  for (const { alias, value } of body.items) {
    if (alias === undefined) continue;
    if (value.kind === "columnReference" && value.names.at(-1) === alias) continue;
    aliases.add(alias);
    if (namesIn(value).has(alias)) clashing.add(alias);
  }
  const check = (expression: object, forbidden: ReadonlySet<string>): void => {
    for (const name of namesIn(expression)) {
      if (forbidden.has(name))
        t.unclear(`"${name}" is an alias and perhaps a column`, query.position);
    }
  };
  for (const element of body.groupBy) check(element, clashing);
  if (body.having !== undefined) check(body.having, clashing);
  for (const { expression } of query.orderBy) {
    if (expression.kind !== "columnReference") check(expression, aliases);
  }
}

/** Unqualified column names in an expression, those of subqueries left out. */
function namesIn(root: object): ReadonlySet<string> {
  const names = new Set<string>();
  const open: unknown[] = [root];
  while (open.length > 0) {
    const node = open.pop();
    if (typeof node !== "object" || node === null) continue;
    const expression = node as Expression | Query;
    if (expression.kind === "query") continue;
    if (expression.kind === "columnReference" && expression.names.length === 1) {
      names.add(expression.names[0] ?? "");
    }
    open.push(...Object.values(node));
  }
  return names;
}
