import { noFilesMatch } from "../errors/index.js";
import type { FileRelation, RelationColumn } from "../plan/index.js";
import type { TableEntry } from "./catalog-version.js";
import { absolutePath, findFiles } from "./files/data-files.js";
import type { InspectionCache, PinnedFile } from "./files/inspection-cache.js";
import { SharedLooks } from "./files/shared-looks.js";
import { allColumns, relationColumns } from "./files/table-columns.js";
import type { FileScanRequest } from "./snapshot.js";
import { tableStatistics, type TableSample } from "./statistics/table-statistics.js";

interface Remembered {
  readonly entry: TableEntry | null;
  readonly files: readonly PinnedFile[];
  readonly sample: TableSample | undefined;
  readonly relation: FileRelation;
}

/** Read_parquet calls whose relation is remembered. */
const MOST_FILE_SCANS = 256;

/**
 * Relations over files as they are now. The same object comes out for as long as definition, files
 * and statistics stay, so that whoever planned with it can tell whether the plan still holds.
 */
export class PinnedRelations {
  private readonly tables = new Map<number, Remembered>();
  private readonly scans = new Map<string, Remembered>();

  /** Statements that come together look together. */
  private readonly looks = new SharedLooks(async (location) => {
    const found = await findFiles(location);
    if (found.length === 0) throw noFilesMatch(location);
    return this.inspections.inspectAll(found);
  });

  constructor(private readonly inspections: InspectionCache) {}

  async table(entry: TableEntry, sample: TableSample | undefined): Promise<FileRelation> {
    const files = await this.pin(entry.location);
    const known = this.tables.get(entry.oid);
    if (known?.entry === entry && known.sample === sample && sameFiles(known.files, files)) {
      return known.relation;
    }
    const columns = relationColumns(entry.columns, files);
    const { oid, schema, name } = entry;
    const relation = fileRelation({ oid, schema, name }, columns, files, sample);
    this.tables.set(oid, { entry, files, sample, relation });
    return relation;
  }

  async fileScan({ functionName, path }: FileScanRequest): Promise<FileRelation> {
    const location = absolutePath(path);
    const files = await this.pin(location);
    const known = this.scans.get(location);
    if (known !== undefined && sameFiles(known.files, files)) return known.relation;
    const identity = { oid: 0, schema: "", name: functionName };
    const relation = fileRelation(identity, allColumns(files), files, undefined);
    const oldest = this.scans.keys().next();
    if (this.scans.size >= MOST_FILE_SCANS && !oldest.done) this.scans.delete(oldest.value);
    this.scans.set(location, { entry: null, files, sample: undefined, relation });
    return relation;
  }

  /** The files of a location with what they say of themselves. */
  pin(location: string): Promise<readonly PinnedFile[]> {
    return this.looks.ask(location);
  }

  forget(oid: number): void {
    this.tables.delete(oid);
  }
}

function sameFiles(a: readonly PinnedFile[], b: readonly PinnedFile[]): boolean {
  return a.length === b.length && a.every((file, index) => file === b[index]);
}

function fileRelation(
  identity: Pick<FileRelation, "oid" | "schema" | "name">,
  columns: readonly RelationColumn[],
  files: readonly PinnedFile[],
  sample: TableSample | undefined,
): FileRelation {
  return {
    ...identity,
    format: "parquet",
    columns,
    files: files.map(({ path, sizeBytes, mtimeNs, inspection: { rowCount } }) => {
      return { path, sizeBytes, mtimeNs, rowCount };
    }),
    statistics: tableStatistics(columns, files, sample),
  };
}
