type LiveValue = string | number | boolean | null | readonly string[];

/** A row of a live view, by the names of the function's output columns; values as JSON has them. */
export type LiveRow = Readonly<Record<string, LiveValue>>;

/**
 * What a set-returning function behind a system view answers, told anew for each statement that
 * mentions it. PostgreSQL's own function of that name is replaced by these rows, so that every view
 * over it tells of this server: pg_stat_activity of its sessions, not of the catalog's own.
 */
export interface LiveView {
  /** In pg_catalog, such as pg_stat_get_activity; its output columns are those of PostgreSQL. */
  readonly functionName: string;
  /** Relations and functions whose mention in a statement makes these rows needed. */
  readonly mentionedAs: ReadonlySet<string>;
  rows(): readonly LiveRow[];
}
