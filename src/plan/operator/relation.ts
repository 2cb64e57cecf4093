import type { SqlType } from "../../types/index.js";
import type { TableStatistics } from "../statistics.js";

/** A file as the catalog snapshot pinned it; executors verify size and mtime on every open. */
export interface DataFile {
  readonly path: string;
  readonly sizeBytes: bigint;
  /** Modification time in nanoseconds since 1970. */
  readonly mtimeNs: bigint;
  readonly rowCount: bigint;
}

export interface RelationColumn {
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  /** Name of the column in the files. */
  readonly fileColumn: string;
  /** Its type in the files where that is another one; it widens to `type` without loss. */
  readonly fileType?: SqlType;
}

/** A table over files: what a scan needs to know. */
export interface FileRelation {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly format: "parquet" | "session";
  readonly columns: readonly RelationColumn[];
  readonly files: readonly DataFile[];
  readonly statistics: TableStatistics;
}
