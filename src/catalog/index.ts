/**
 * catalog: schemas, tables, files and views, and the snapshots that statements are bound against.
 *
 * May import errors, env, types, plan and functions. Invariant: a snapshot never changes, so binding
 * is synchronous and a plan speaks of exactly one version. Start reading at snapshot.ts.
 */
export type {
  Catalog,
  CatalogRelation,
  CatalogSnapshot,
  CatalogTable,
  CatalogView,
  FileScanRequest,
  RelationName,
  SnapshotRequest,
} from "./snapshot.js";
