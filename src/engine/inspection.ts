import type { FileInspection, SampledColumn } from "../catalog/index.js";

/** Counts arrive as text where they may pass 2^53, and absent or null where unknown. */
type Count = string | number | null;

interface InspectionJson {
  readonly rowCount: string | number;
  readonly columns: readonly {
    readonly name: string;
    readonly sqlType: string;
    readonly nullable: boolean;
    readonly unsupported?: string | null;
    readonly minimum?: string | null;
    readonly maximum?: string | null;
    readonly nullCount?: Count;
    readonly distinctCount?: Count;
  }[];
}

export function parseInspection(json: string): FileInspection {
  const { rowCount, columns } = JSON.parse(json) as InspectionJson;
  return {
    rowCount: BigInt(rowCount),
    columns: columns.map((column) => ({
      name: column.name,
      sqlType: column.sqlType,
      nullable: column.nullable,
      unsupported: column.unsupported ?? "",
      minimum: column.minimum ?? null,
      maximum: column.maximum ?? null,
      nullCount: countOf(column.nullCount),
      distinctCount: countOf(column.distinctCount),
    })),
  };
}

interface SampleJson {
  readonly name: string;
  readonly distinctCount?: Count;
  readonly nullFraction?: number | null;
  readonly minimum?: string | null;
  readonly maximum?: string | null;
  readonly unique?: boolean;
  readonly sorted?: boolean;
  readonly averageWidth?: number | null;
}

export function parseSamples(json: string): readonly SampledColumn[] {
  return (JSON.parse(json) as readonly SampleJson[]).map((column) => ({
    name: column.name,
    distinctCount: numberOf(column.distinctCount),
    nullFraction: column.nullFraction ?? 0,
    minimum: column.minimum ?? null,
    maximum: column.maximum ?? null,
    unique: column.unique ?? false,
    sorted: column.sorted ?? false,
    averageWidth: column.averageWidth ?? null,
  }));
}

function countOf(count: Count | undefined): bigint | null {
  return count === null || count === undefined ? null : BigInt(count);
}

function numberOf(count: Count | undefined): number | null {
  return count === null || count === undefined ? null : Number(count);
}
