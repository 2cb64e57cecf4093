import { starColumns } from "./star.js";
import { outputColumnName, type SelectItem } from "../../parser/index.js";
import { fieldColumns } from "../expression/row.js";
import { lookUpColumn } from "../column-lookup.js";
import type { Scope } from "../scope.js";
import type { Target } from "./targets.js";

/** The select list: stars spread, names found, expressions bound. */
export function bindTargetList(
  items: readonly SelectItem[],
  scope: Scope,
): readonly Omit<Target, "hidden">[] {
  return items.flatMap((item) => bindItem(item, scope));
}

function bindItem(item: SelectItem, scope: Scope): readonly Omit<Target, "hidden">[] {
  const { value } = item;
  if (value.kind === "star") return starColumns(value, scope);
  if (value.kind === "fieldStar") return fieldColumns(value, scope);
  const name = item.alias ?? outputColumnName(value);
  if (value.kind === "columnReference") {
    const found = lookUpColumn(scope, value.names, value.position);
    return [{ name, expression: found.expression, origin: found.origin }];
  }
  const expression = scope.statement.binders.expression(value, scope);
  return [{ name, expression, origin: undefined }];
}
