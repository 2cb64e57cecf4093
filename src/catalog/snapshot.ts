import type { FileRelation, RelationColumn } from "../plan/index.js";

/** A relation as it is named after the search path was applied. */
export interface RelationName {
  readonly schema: string;
  readonly name: string;
}

/** A table over files. */
export interface CatalogTable {
  readonly kind: "table";
  readonly relation: FileRelation;
}

/** A view: the text of its query, bound anew wherever it is used, under its own search path. */
export interface CatalogView {
  readonly kind: "view";
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  /** Names and types of its columns, fixed when it was made. */
  readonly columns: readonly Pick<RelationColumn, "name" | "type">[];
  readonly queryText: string;
  readonly searchPath: readonly string[];
}

export type CatalogRelation = CatalogTable | CatalogView;

/** A call of read_parquet and its like in FROM, with constant arguments. */
export interface FileScanRequest {
  readonly functionName: string;
  readonly path: string;
}

/** What a statement wants to know; names that do not exist are simply not answered. */
export interface SnapshotRequest {
  readonly relations: readonly RelationName[];
  readonly fileScans: readonly FileScanRequest[];
}

/** One immutable version of the catalog, as far as it was asked for. */
export interface CatalogSnapshot {
  readonly version: bigint;
  hasSchema(name: string): boolean;
  relation(name: RelationName): CatalogRelation | undefined;
  /** The files such a call reads; undefined where it was not asked for. */
  fileScan(request: FileScanRequest): FileRelation | undefined;
}

export interface Catalog {
  /**
   * A snapshot that answers for the request and, where `base` is given, for what that one answers,
   * at its version. Inspects files for `fileScans`: their absence is an error (58P01).
   */
  snapshot(request: SnapshotRequest, base?: CatalogSnapshot): Promise<CatalogSnapshot>;
}
