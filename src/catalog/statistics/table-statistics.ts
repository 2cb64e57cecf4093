import type { ColumnStatistics, RelationColumn, TableStatistics } from "../../plan/index.js";
import type { SqlType } from "../../types/index.js";
import type { InspectedColumn, SampledColumn } from "../files/file-inspector.js";
import type { PinnedFile } from "../files/inspection-cache.js";
import { compareLiterals } from "./literal-order.js";

/** What ANALYZE found, with the number of rows there were then. */
export interface TableSample {
  readonly rowCount: number;
  /** By name in the files. */
  readonly columns: ReadonlyMap<string, SampledColumn>;
}

/** Above this share of the rows, the number of distinct values is taken to grow with them. */
const GROWING_SHARE = 0.1;

/** What files' own metadata and the last sample, if any, tell of a table. */
export function tableStatistics(
  columns: readonly RelationColumn[],
  files: readonly PinnedFile[],
  sample: TableSample | undefined,
): TableStatistics {
  const rows = files.reduce((sum, { inspection }) => sum + inspection.rowCount, 0n);
  const rowCount = Number(rows);
  const byFile = files.map(
    ({ inspection }) => new Map(inspection.columns.map((column) => [column.name, column])),
  );
  const statistics = columns.map((column) => {
    const inspected = byFile.map((all) => all.get(column.fileColumn));
    const sampled = sample?.columns.get(column.fileColumn);
    const growth = sample === undefined ? 1 : rowCount / Math.max(1, sample.rowCount);
    const type = column.fileType ?? column.type;
    return [column.name, columnStatistics(type, inspected, sampled, rowCount, growth)] as const;
  });
  return { rowCount, columns: new Map(statistics) };
}

function columnStatistics(
  type: SqlType,
  inspected: readonly (InspectedColumn | undefined)[],
  sampled: SampledColumn | undefined,
  rowCount: number,
  growth: number,
): ColumnStatistics {
  const nulls = sumOf(inspected.map((column) => column?.nullCount ?? null));
  const nullFraction =
    nulls === undefined || rowCount === 0 ? (sampled?.nullFraction ?? 0) : nulls / rowCount;
  return {
    nullFraction,
    distinctCount: distinctCount(inspected, sampled, rowCount, growth),
    minimum: extreme(inspected, type, "minimum") ?? sampled?.minimum ?? undefined,
    maximum: extreme(inspected, type, "maximum") ?? sampled?.maximum ?? undefined,
    unique: sampled?.unique ?? false,
    sorted: sampled?.sorted ?? false,
    averageWidth: sampled?.averageWidth ?? undefined,
  };
}

function sumOf(counts: readonly (bigint | null)[]): number | undefined {
  let sum = 0n;
  for (const count of counts) {
    if (count === null) return undefined;
    sum += count;
  }
  return Number(sum);
}

function distinctCount(
  inspected: readonly (InspectedColumn | undefined)[],
  sampled: SampledColumn | undefined,
  rowCount: number,
  growth: number,
): number | undefined {
  const [only, ...more] = inspected;
  if (more.length === 0 && typeof only?.distinctCount === "bigint") {
    return Number(only.distinctCount);
  }
  const count = sampled?.distinctCount ?? undefined;
  if (sampled === undefined || count === undefined) return undefined;
  if (sampled.unique) return Math.max(1, rowCount);
  const sampledRows = rowCount / growth;
  const grows = count > sampledRows * GROWING_SHARE;
  return Math.min(Math.max(1, rowCount), grows ? count * growth : count);
}

/** The least or greatest bound of all files; undefined where one does not tell. */
function extreme(
  inspected: readonly (InspectedColumn | undefined)[],
  type: SqlType,
  which: "minimum" | "maximum",
): string | undefined {
  let found: string | undefined;
  for (const column of inspected) {
    if (column === undefined) return undefined;
    const bound = column[which];
    if (bound === null) return undefined;
    if (found === undefined) {
      found = bound;
      continue;
    }
    const order = compareLiterals(bound, found, type);
    if (order === undefined) return undefined;
    if (which === "minimum" ? order < 0 : order > 0) found = bound;
  }
  return found;
}
