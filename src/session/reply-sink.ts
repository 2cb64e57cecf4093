import type { SqlError } from "../errors/index.js";
import type { Format, ResultColumn, ResultPage } from "./planner.js";

/** Where a session's answers go: the wire, in tests a list. */
export interface ReplySink {
  /** `formats` has one for each column. */
  rowDescription(columns: readonly ResultColumn[], formats: readonly Format[]): void;
  /**
   * Takes the page and releases it, whatever happens. Resolves when another may come, so a slow
   * reader slows the run.
   */
  page(page: ResultPage): Promise<void>;
  portalSuspended(): void;
  commandComplete(tag: string): void;
  emptyQuery(): void;
  notice(condition: SqlError): void;
}
