import type { ColumnId } from "../../plan/index.js";

/** What is thought of a column's values in some rows. */
export interface ColumnEstimate {
  readonly distinct: number;
  readonly nullFraction: number;
  /** Bounds on a number line (days, microseconds, numbers); undefined where there is none. */
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
}

export interface Estimate {
  /** At least 0, may be a fraction. */
  readonly rows: number;
  readonly columns: ReadonlyMap<ColumnId, ColumnEstimate>;
}

/** Where nothing is known. */
export const DEFAULT_DISTINCT = 200;

export function columnOf(estimate: Estimate, id: ColumnId): ColumnEstimate {
  return (
    estimate.columns.get(id) ?? {
      distinct: Math.max(1, Math.min(DEFAULT_DISTINCT, estimate.rows)),
      nullFraction: 0,
      minimum: undefined,
      maximum: undefined,
    }
  );
}

/** Distinct values left of `distinct` when `kept` of `rows` rows stay, drawn at random. */
export function distinctAfter(distinct: number, rows: number, kept: number): number {
  if (rows <= 0 || kept <= 0) return kept <= 0 ? 0 : distinct;
  if (kept >= rows) return distinct;
  const perValue = rows / Math.max(1, distinct);
  const left = distinct * (1 - (1 - kept / rows) ** perValue);
  return Math.max(Math.min(left, kept), Math.min(1, kept));
}

/** The same columns when only `rows` rows are left. */
export function scaled(estimate: Estimate, rows: number): Estimate {
  const columns = new Map<ColumnId, ColumnEstimate>();
  for (const [id, column] of estimate.columns) {
    const distinct = distinctAfter(column.distinct, estimate.rows, rows);
    columns.set(id, { ...column, distinct });
  }
  return { rows, columns };
}
