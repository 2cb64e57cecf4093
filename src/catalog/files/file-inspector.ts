/** Bounds and counts are what the file's own metadata says: hints, never the truth. */
export interface InspectedColumn {
  readonly name: string;
  /** PostgreSQL's name of the type with its modifier; empty where the column cannot be read. */
  readonly sqlType: string;
  readonly nullable: boolean;
  /** Why the column cannot be read; empty where it can. */
  readonly unsupported: string;
  /** Literal text; null where unknown. */
  readonly minimum: string | null;
  readonly maximum: string | null;
  readonly nullCount: bigint | null;
  readonly distinctCount: bigint | null;
}

/** What a file says of itself. */
export interface FileInspection {
  readonly rowCount: bigint;
  readonly columns: readonly InspectedColumn[];
}

/** What a sample of a table's rows tells of a column, by its name in the files. */
export interface SampledColumn {
  readonly name: string;
  readonly distinctCount: number | null;
  readonly nullFraction: number;
  readonly minimum: string | null;
  readonly maximum: string | null;
  readonly unique: boolean;
  readonly sorted: boolean;
  readonly averageWidth: number | null;
}

/** Reads files' metadata and samples their rows; the engine room implements it. */
export interface FileInspector {
  /** Rejects with the SqlError of a file that is not there (58P01) or makes no sense (XX001). */
  inspectFile(format: string, path: string): Promise<FileInspection>;
  analyzeFiles(
    format: string,
    paths: readonly string[],
    columns: readonly string[],
  ): Promise<readonly SampledColumn[]>;
}
