import { tooManyColumnAliases } from "../../errors/index.js";
import type { TableAlias } from "../../parser/index.js";
import type { ScopeColumn } from "../scope.js";

/** Columns renamed by `AS t (a, b)`; fewer aliases than columns leave the rest as they are. */
export function renameColumns(
  alias: TableAlias | undefined,
  name: string,
  columns: readonly ScopeColumn[],
): readonly ScopeColumn[] {
  const aliases = alias?.columns ?? [];
  if (aliases.length > columns.length) {
    throw tooManyColumnAliases(name, columns.length, aliases.length);
  }
  return columns.map((column, i) => ({ ...column, name: aliases[i] ?? column.name }));
}
