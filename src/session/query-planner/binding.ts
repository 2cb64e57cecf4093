import {
  bindQuery,
  loadSnapshot,
  type BindContext,
  type BoundStatement,
  type SchemaRights,
} from "../../binder/index.js";
import type { Catalog, CatalogSnapshot, StoredCatalog } from "../../catalog/index.js";
import { FUNCTIONS } from "../../functions/index.js";
import type { Query, Statement } from "../../parser/index.js";
import type { ConstantEvaluator } from "../../plan/index.js";
import { typeOfOid, type TypeName } from "../../types/index.js";
import { undefinedTypeOid } from "../../errors/index.js";
import type { StatementContext } from "../planner.js";
import {
  TemporaryCatalog,
  temporaryPath,
  TemporarySnapshot,
  TemporaryState,
} from "../temporary/index.js";
import { PlanUses, WatchedEvaluator } from "./plan-uses.js";
import { sessionInfo } from "./session-info.js";
import { widenScans } from "./widen-scans.js";

/** A query bound against one snapshot. */
export interface Binding {
  readonly statement: BoundStatement;
  readonly snapshot: CatalogSnapshot;
}

/** Types the client declared; undefined entries are open. Null where there can be no parameters. */
export type DeclaredTypes = readonly (TypeName | undefined)[] | null;

export function declaredTypes(oids: readonly number[] | null): DeclaredTypes {
  if (oids === null) return null;
  return oids.map((oid) => {
    const name = oid === 0 ? undefined : typeOfOid(oid);
    if (oid !== 0 && name === undefined) throw undefinedTypeOid(oid);
    return name;
  });
}

/**
 * What the statement mentions, as the transaction's draft or else the catalog has it now; without a
 * draft `base` fixes the version. Names are looked up among `temporary` relations of the session, too.
 */
export function snapshotOf(
  statement: Statement,
  context: StatementContext,
  catalog: StoredCatalog,
  base: CatalogSnapshot | undefined,
  temporary = TemporaryState.EMPTY,
  draft = context.transaction.draft,
): Promise<CatalogSnapshot> {
  const { searchPath } = context.settings;
  const based: Catalog = {
    snapshot: (request, earlier) => catalog.snapshotIn(draft, request, earlier ?? base),
  };
  if (!temporary.isEmpty) {
    const over = new TemporaryCatalog(based, temporary);
    return loadSnapshot(statement, temporaryPath(searchPath), over);
  }
  return loadSnapshot(statement, searchPath, based);
}

/** Names, types and overloads settled; scans read columns as the files have them. */
export function bindOver(
  snapshot: CatalogSnapshot,
  query: Query,
  declared: DeclaredTypes,
  context: StatementContext,
  evaluator: ConstantEvaluator,
  rights: SchemaRights,
  uses: PlanUses = new PlanUses(),
): Binding {
  const bindContext = bindContextOf(snapshot, declared, context, evaluator, rights, uses);
  return { statement: finished(bindQuery(query, bindContext), snapshot), snapshot };
}

/** What a statement is bound against. */
export function bindContextOf(
  snapshot: CatalogSnapshot,
  declared: DeclaredTypes,
  context: StatementContext,
  evaluator: ConstantEvaluator,
  rights: SchemaRights,
  uses: PlanUses,
): BindContext {
  const { searchPath } = context.settings;
  return {
    catalog: snapshot,
    functions: FUNCTIONS,
    evaluator: new WatchedEvaluator(evaluator, uses),
    settings: context.evaluation,
    session: sessionInfo(
      context,
      { hasSchema: (name) => snapshot.hasSchema(name) && rights.usesSchema(name) },
      uses,
    ),
    schemaRights: rights,
    searchPath: snapshot instanceof TemporarySnapshot ? temporaryPath(searchPath) : searchPath,
    parameterTypes: declared ?? [],
    parametersAllowed: declared !== null,
  };
}

/** The statement with scans as files are; its own session's relations need no rights. */
export function finished(bound: BoundStatement, snapshot: CatalogSnapshot): BoundStatement {
  const query = { ...bound.query, plan: widenScans(bound.query.plan) };
  if (!(snapshot instanceof TemporarySnapshot)) return { ...bound, query };
  const { temporary } = snapshot;
  const isOwn = (oid: number): boolean => temporary.numbered(oid) !== undefined;
  const accesses = bound.accesses
    .filter(({ oid }) => !isOwn(oid))
    .map((access) => {
      const { insideView } = access;
      return insideView !== undefined && isOwn(insideView)
        ? { ...access, insideView: undefined }
        : access;
    });
  return { ...bound, query, accesses };
}
