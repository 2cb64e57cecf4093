/**
 * What is known of a column's values. A hint: it may choose a fast path, never vouch for it.
 * Bounds are literal text (see LiteralExpression), inclusive.
 */
export interface ColumnStatistics {
  readonly nullFraction: number;
  /** Estimated number of distinct values, or undefined where nothing is known. */
  readonly distinctCount: number | undefined;
  readonly minimum: string | undefined;
  readonly maximum: string | undefined;
  /** Whether every value is thought to occur once. */
  readonly unique: boolean;
  /** Whether rows are thought to stand in rising order of this column. */
  readonly sorted: boolean;
  readonly averageWidth: number | undefined;
}

export interface TableStatistics {
  readonly rowCount: number;
  /** By column name of the relation; absent where unknown. */
  readonly columns: ReadonlyMap<string, ColumnStatistics>;
}
