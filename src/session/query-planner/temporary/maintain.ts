import {
  cannotAnalyze,
  undefinedColumnOfRelation,
  usedByActiveQueries,
} from "../../../errors/index.js";
import type { Analyze, MaintenanceTarget, Truncate, Vacuum } from "../../../parser/index.js";
import type { ColumnStatistics } from "../../../plan/index.js";
import { throwIfAborted } from "../../interrupts.js";
import type { StatementContext } from "../../planner.js";
import type { TemporaryTable } from "../../temporary/index.js";
import type { PlanningServices } from "../services.js";
import { findTemporary, nameParts, targetTable } from "./find-table.js";

/** TRUNCATE, of all tables or of none. */
export function truncate(
  { tables }: Truncate,
  context: StatementContext,
  services: PlanningServices,
): void {
  const found = tables.map((table) => targetTable(table, "TRUNCATE TABLE", context, services));
  const { temporary } = context;
  for (const { oid, name } of found) {
    if (temporary.isBeingRead(oid)) throw usedByActiveQueries("TRUNCATE", name);
  }
  for (const table of found) temporary.replace(table, []);
}

/** ANALYZE's targets that are the session's own, and the others. */
export function splitTargets<T extends Analyze | Vacuum>(
  statement: T,
  context: StatementContext,
  services: PlanningServices,
): { readonly own: readonly MaintenanceTarget[]; readonly others: T | null } {
  const isOwn = ({ table }: MaintenanceTarget): boolean =>
    findTemporary(nameParts(table), context, services) !== undefined;
  const own = statement.targets.filter(isOwn);
  const targets = statement.targets.filter((target) => !isOwn(target));
  const isAll = statement.targets.length === 0;
  return { own, others: isAll || targets.length > 0 ? { ...statement, targets } : null };
}

/** Samples temporary tables: those named, or all. */
export async function analyzeTemporary(
  targets: readonly MaintenanceTarget[] | "all",
  context: StatementContext,
  services: PlanningServices,
): Promise<void> {
  const tables: TemporaryTable[] = [];
  if (targets === "all") {
    const { all } = context.temporary.state;
    tables.push(...all.filter((each): each is TemporaryTable => each.kind === "table"));
  }
  for (const { table, columns } of targets === "all" ? [] : targets) {
    const found = findTemporary(nameParts(table), context, services);
    if (found?.kind === "view") context.notice(cannotAnalyze(found.name));
    if (found?.kind !== "table") continue;
    for (const column of columns) {
      const known = found.columns.some(({ name }) => name === column);
      if (!known) throw undefinedColumnOfRelation(column, found.name);
    }
    tables.push(found);
  }
  for (const table of tables) {
    throwIfAborted(context.signal);
    await sample(table, context, services);
  }
}

async function sample(
  table: TemporaryTable,
  { temporary }: StatementContext,
  { inspector }: PlanningServices,
): Promise<void> {
  const paths = table.segments.map(({ number }) => String(number));
  const names = table.columns.map(({ fileColumn }) => fileColumn);
  const columns = await inspector.analyzeFiles("session", paths, names);
  const statistics = columns.map((column): [string, ColumnStatistics] => [
    column.name,
    {
      nullFraction: column.nullFraction,
      distinctCount: column.distinctCount ?? undefined,
      minimum: column.minimum ?? undefined,
      maximum: column.maximum ?? undefined,
      unique: column.unique,
      sorted: column.sorted,
      averageWidth: column.averageWidth ?? undefined,
    },
  ]);
  temporary.change((state) => state.with({ ...table, statistics: new Map(statistics) }));
}
