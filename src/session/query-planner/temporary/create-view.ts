import { snapshotRequest } from "../../../binder/index.js";
import { checkReplacement, type CatalogSnapshot } from "../../../catalog/index.js";
import {
  duplicateRelation,
  viewHasFewerColumns,
  viewReadsItself,
  viewWillBeTemporary,
  wrongKindOfRelation,
} from "../../../errors/index.js";
import type { CreateView } from "../../../parser/index.js";
import { sqlType } from "../../../types/index.js";
import type { StatementContext } from "../../planner.js";
import {
  isTemporarySchema,
  schemaOfView,
  TEMPORARY_SCHEMA_NAME,
  temporaryPath,
  type TemporaryState,
  type TemporaryView,
} from "../../temporary/index.js";
import { Rights } from "../access/rights.js";
import { bindOver } from "../binding.js";
import type { PlanningServices } from "../services.js";
import type { StatementSnapshots } from "../statement-snapshots.js";
import { checkTemporaryName } from "./create-table.js";
import { namedHere } from "./named-here.js";

/** Whether a view is the session's own: it is said, or it reads what is. */
export function isTemporaryView(statement: CreateView, { temporary }: StatementContext): boolean {
  const { view, query } = statement;
  if (statement.temporary || (view.schema !== undefined && isTemporarySchema(view.schema))) {
    return true;
  }
  return namedHere(query, temporary.state) !== undefined;
}

/** CREATE TEMPORARY VIEW, and any view over temporary relations. */
export async function createTemporaryView(
  statement: CreateView,
  context: StatementContext,
  services: PlanningServices,
  snapshots: StatementSnapshots,
): Promise<void> {
  const { view, query, replace } = statement;
  checkTemporaryName({ ...view, position: undefined });
  const { temporary } = context;
  const { state } = temporary;
  const rights = Rights.of(context, services.catalog.versionIn(context.transaction));
  const [file] = snapshotRequest(query, []).fileScans;
  if (file !== undefined) rights.checkReadsFiles(file.functionName);
  const snapshot = await snapshots.current(query, context, state);
  const { statement: bound } = bindOver(snapshot, query, null, context, services.evaluator, rights);
  const { outputs } = bound.query;
  if (statement.columns.length > outputs.length) throw viewHasFewerColumns();
  if (!statement.temporary) context.notice(viewWillBeTemporary(view.name));
  const columns = outputs.map(({ name, column }, i) => {
    const { type } = column;
    return {
      name: statement.columns[i] ?? name,
      type: type.name === "unknown" ? sqlType("text") : type,
    };
  });
  const existing = state.named(view.name);
  if (existing !== undefined) {
    if (!replace) throw duplicateRelation(view.name);
    if (existing.kind === "table") throw wrongKindOfRelation(view.name, "view");
    checkReplacement(existing.view.columns, columns);
  }
  const oid = existing?.oid ?? temporary.newOid();
  const reads = relationsRead(statement, snapshot, context);
  if (readsThrough(oid, reads.values(), state)) throw viewReadsItself(view.name);
  const made: TemporaryView = {
    kind: "view",
    oid,
    name: view.name,
    view: {
      kind: "view",
      oid,
      schema: TEMPORARY_SCHEMA_NAME,
      name: view.name,
      columns,
      queryText: statement.queryText,
      searchPath: [schemaOfView(oid), ...context.settings.searchPath],
    },
    reads,
  };
  temporary.change((before) => before.with(made));
}

/** OIDs of the session's relations that the query names, by name. */
function relationsRead(
  { query }: CreateView,
  snapshot: CatalogSnapshot,
  { settings, temporary }: StatementContext,
): ReadonlyMap<string, number> {
  const reads = new Map<string, number>();
  const settled = new Set<string>();
  // Candidates come in the order of the search path: the first of a name is the one that is meant.
  const { relations } = snapshotRequest(query, temporaryPath(settings.searchPath));
  for (const candidate of relations) {
    if (settled.has(candidate.name)) continue;
    const own = temporary.state.find(candidate);
    if (own !== undefined) reads.set(candidate.name, own.oid);
    if (own !== undefined || snapshot.relation(candidate) !== undefined)
      settled.add(candidate.name);
  }
  return reads;
}

function readsThrough(oid: number, reads: Iterable<number>, state: TemporaryState): boolean {
  return [...reads].some((each) => {
    if (each === oid) return true;
    const relation = state.numbered(each);
    return relation?.kind === "view" && readsThrough(oid, relation.reads.values(), state);
  });
}
