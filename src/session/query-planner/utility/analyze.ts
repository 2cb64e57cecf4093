import type { StoredCatalog, TableEntry } from "../../../catalog/index.js";
import {
  cannotAnalyze,
  onlyOwnerAnalyzes,
  undefinedColumnOfRelation,
  undefinedTable,
} from "../../../errors/index.js";
import type { Analyze, MaintenanceTarget, Vacuum } from "../../../parser/index.js";
import { throwIfAborted } from "../../interrupts.js";
import type { StatementContext } from "../../planner.js";
import { Rights } from "../access/rights.js";
import { checkSchemaFound, findRelation, partsOf } from "./object-names.js";

/** ANALYZE, and VACUUM, which has nothing to do but what ANALYZE does where it is asked to. */
export async function analyze(
  statement: Analyze | Vacuum,
  catalog: StoredCatalog,
  context: StatementContext,
): Promise<void> {
  const { targets } = statement;
  const version = catalog.versionIn(context.transaction);
  const rights = Rights.of(context, version);
  const named = targets.flatMap((target) => tableOf(target, catalog, context));
  const all = [...version.relations.values()].filter((one) => one.kind === "table");
  const tables = (targets.length > 0 ? named : all).filter(({ oid, name }) => {
    if (rights.analyzes(oid)) return true;
    context.notice(onlyOwnerAnalyzes(name));
    return false;
  });
  if (statement.kind === "vacuum" && !asksForAnalyze(statement)) return;
  for (const table of tables) {
    throwIfAborted(context.signal);
    await catalog.analyze(table);
  }
}

/** Whether VACUUM is to do what ANALYZE does. */
export function asksForAnalyze({ options }: Vacuum): boolean {
  return options.some(
    ({ name, value }) => name === "analyze" && value !== "false" && value !== "off",
  );
}

function tableOf(
  target: MaintenanceTarget,
  catalog: StoredCatalog,
  context: StatementContext,
): readonly TableEntry[] {
  const { table, columns } = target;
  const found = findRelation(partsOf(table), catalog.versionIn(context.transaction), context);
  checkSchemaFound(found);
  const { entry, shown } = found;
  if (entry === undefined) throw undefinedTable(shown, undefined);
  if (entry.kind === "view") {
    context.notice(cannotAnalyze(entry.name));
    return [];
  }
  for (const column of columns) {
    const known = entry.columns.some(({ name }) => name === column);
    if (!known) throw undefinedColumnOfRelation(column, entry.name);
  }
  return [entry];
}
