import { snapshotRequest } from "../../../binder/index.js";
import type { CatalogVersion, Definitions } from "../../../catalog/index.js";
import { viewHasFewerColumns, viewReadsItself } from "../../../errors/index.js";
import type { CreateView } from "../../../parser/index.js";
import { sqlType } from "../../../types/index.js";
import { Rights } from "../access/rights.js";
import { bindOver, snapshotOf, type Binding } from "../binding.js";
import type { StatementContext } from "../../planner.js";
import type { PlanningServices } from "../services.js";
import { scannedOids } from "../scanned-oids.js";
import { explainMissingRelation } from "../system-relations.js";
import { creationName } from "./object-names.js";

export async function createView(
  statement: CreateView,
  definitions: Definitions,
  { catalog, evaluator }: PlanningServices,
  context: StatementContext,
): Promise<void> {
  const name = creationName(statement.view, definitions.current, context);
  const rights = Rights.of(context, definitions.current);
  const [file] = snapshotRequest(statement.query, []).fileScans;
  if (file !== undefined) rights.checkReadsFiles(file.functionName);
  const draft = definitions.draft();
  const snapshot = await snapshotOf(statement.query, context, catalog, undefined, undefined, draft);
  let binding: Binding;
  try {
    binding = bindOver(snapshot, statement.query, null, context, evaluator, rights);
  } catch (error) {
    throw explainMissingRelation(error, statement.query);
  }
  const { outputs } = binding.statement.query;
  if (statement.columns.length > outputs.length) throw viewHasFewerColumns();
  const columns = outputs.map((output, i) => {
    const { type } = output.column;
    const known = type.name === "unknown" ? sqlType("text") : type;
    return { name: statement.columns[i] ?? output.name, type: known };
  });
  const reads = relationsRead(statement, binding, definitions.current, context);
  const existing = definitions.current.relation(name);
  if (existing !== undefined && readsThrough(reads, existing.oid, definitions.current)) {
    throw viewReadsItself(name.name);
  }
  if (existing !== undefined && statement.replace) rights.checkOwns(existing);
  const definition = {
    ...name,
    columns,
    queryText: statement.queryText,
    searchPath: context.settings.searchPath,
    reads,
    replace: statement.replace,
  };
  definitions.createView(definition, rights.role);
}

/** OIDs of the relations that the query itself names. */
function relationsRead(
  { query }: CreateView,
  { statement }: Binding,
  version: CatalogVersion,
  { settings }: StatementContext,
): readonly number[] {
  const scanned = scannedOids(statement.query.plan);
  const seen = new Set<string>();
  const oids = new Set<number>();
  // Candidates come in the order of the search path: the first of a name is the one that is meant.
  const { relations } = snapshotRequest(query, settings.searchPath);
  for (const candidate of relations) {
    const entry = version.relation(candidate);
    if (entry === undefined || seen.has(candidate.name)) continue;
    const inPath = settings.searchPath.includes(candidate.schema);
    if (inPath) seen.add(candidate.name);
    // A table that is not scanned only shares its name with a WITH item.
    if (entry.kind === "view" || scanned.has(entry.oid)) oids.add(entry.oid);
  }
  return [...oids];
}

function readsThrough(reads: readonly number[], oid: number, version: CatalogVersion): boolean {
  return reads.some((each) => {
    if (each === oid) return true;
    const entry = version.relations.get(each);
    return entry?.kind === "view" && readsThrough(entry.reads, oid, version);
  });
}
