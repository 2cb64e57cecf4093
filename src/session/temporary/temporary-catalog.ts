import type {
  Catalog,
  CatalogRelation,
  CatalogSnapshot,
  FileScanRequest,
  RelationName,
  SnapshotRequest,
} from "../../catalog/index.js";
import type { FileRelation } from "../../plan/index.js";
import {
  catalogRelationOf,
  isTemporarySchema,
  TEMPORARY_SCHEMA_NAME,
  type TemporaryState,
} from "./temporary-state.js";

/** A snapshot with a session's temporary relations in it. */
export class TemporarySnapshot implements CatalogSnapshot {
  constructor(
    readonly base: CatalogSnapshot,
    readonly temporary: TemporaryState,
  ) {}

  get version(): bigint {
    return this.base.version;
  }

  hasSchema(name: string): boolean {
    return isTemporarySchema(name) || this.base.hasSchema(name);
  }

  relation(name: RelationName): CatalogRelation | undefined {
    const found = this.temporary.find(name);
    return found === undefined ? this.base.relation(name) : catalogRelationOf(found);
  }

  fileScan(request: FileScanRequest): FileRelation | undefined {
    return this.base.fileScan(request);
  }
}

/** A catalog whose snapshots have a session's temporary relations in them. */
export class TemporaryCatalog implements Catalog {
  constructor(
    private readonly base: Catalog,
    private readonly temporary: TemporaryState,
  ) {}

  async snapshot(request: SnapshotRequest, earlier?: CatalogSnapshot): Promise<CatalogSnapshot> {
    const before = earlier === undefined ? undefined : baseOf(earlier);
    const found = await this.base.snapshot(request, before);
    return new TemporarySnapshot(found, this.temporary);
  }
}

/** The snapshot without the session's relations. */
export function baseOf(snapshot: CatalogSnapshot): CatalogSnapshot {
  return snapshot instanceof TemporarySnapshot ? snapshot.base : snapshot;
}

/** Where names are looked up: among the session's relations first, unless the path says when. */
export function temporaryPath(searchPath: readonly string[]): readonly string[] {
  return searchPath.some(isTemporarySchema) ? searchPath : [TEMPORARY_SCHEMA_NAME, ...searchPath];
}
