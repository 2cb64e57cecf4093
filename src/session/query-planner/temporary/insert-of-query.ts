import { bindInsert, type InsertTarget, type SchemaRights } from "../../../binder/index.js";
import type { CatalogSnapshot } from "../../../catalog/index.js";
import type { Query } from "../../../parser/index.js";
import type { BoundQuery, ConstantEvaluator } from "../../../plan/index.js";
import type { StatementContext } from "../../planner.js";
import { bindContextOf, finished } from "../binding.js";
import { PlanUses } from "../plan-uses.js";

/** The rows of a query as those of a table that was made for them. */
export function bindInsertOf(
  query: Query,
  target: InsertTarget,
  snapshot: CatalogSnapshot,
  context: StatementContext,
  evaluator: ConstantEvaluator,
  rights: SchemaRights,
): BoundQuery {
  const bindContext = bindContextOf(snapshot, null, context, evaluator, rights, new PlanUses());
  const insert = { columns: [], source: { kind: "query", query } } as const;
  return finished(bindInsert(insert, target, bindContext), snapshot).query;
}
