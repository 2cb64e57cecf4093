import { portalCannotRun } from "../errors/index.js";
import { throwIfAborted, unlessAborted } from "./interrupts.js";
import { cutPage, releasePage, rowCountOf } from "./page-cut.js";
import type { BoundParameter, Format, ResultColumn, ResultPage, ResultStream } from "./planner.js";
import type { PreparedStatement } from "./prepared-statement.js";
import type { ReplySink } from "./reply-sink.js";

/** What a portal's first Execute makes: rows to fetch, or a command already done. */
export type Opened =
  | { readonly kind: "rows"; readonly stream: ResultStream; readonly tag: RowsTag }
  | { readonly kind: "done"; readonly tag: string };

/** Whether the command tag counts the rows: `SELECT 3`, but `SHOW`. */
export interface RowsTag {
  readonly command: string;
  readonly counted: boolean;
}

export function tagOf(tag: RowsTag, rowCount: number): string {
  return tag.counted ? `${tag.command} ${String(rowCount)}` : tag.command;
}

/** A bound statement: what Bind makes, Execute runs piecewise and Close ends. */
export class Portal {
  /** Aborts the run; the same through all Executes of the portal. */
  readonly abort = new AbortController();
  private opened: Opened | null = null;
  private leftover: ResultPage | null = null;
  private state: "new" | "open" | "exhausted" | "closed" = "new";

  constructor(
    readonly name: string,
    readonly number: number,
    readonly statement: PreparedStatement,
    /** Columns at the time of Bind; null where the statement answers no rows. */
    readonly columns: readonly ResultColumn[] | null,
    readonly parameters: readonly BoundParameter[],
    /** One for each column. */
    readonly formats: readonly Format[],
  ) {}

  /** Whether nothing ran yet. */
  get isNew(): boolean {
    return this.state === "new";
  }

  /**
   * Sends at most `maxRows` rows (0: all) and what ends them. `open` is called once, by the first run.
   */
  async run(open: () => Promise<Opened>, maxRows: number, sink: ReplySink): Promise<void> {
    if (this.state === "new") {
      this.state = "open";
      this.opened = await open();
    } else if (this.columns === null || this.state === "closed") {
      throw portalCannotRun(this.name);
    }
    const { opened } = this;
    if (opened === null) throw portalCannotRun(this.name);
    if (opened.kind === "done") {
      sink.commandComplete(opened.tag);
      return;
    }
    const rowCount = await this.fetch(opened.stream, maxRows, sink);
    if (maxRows > 0 && rowCount === maxRows) sink.portalSuspended();
    else sink.commandComplete(tagOf(opened.tag, rowCount));
  }

  /** Ends the run and frees what it holds. */
  async close(): Promise<void> {
    this.state = "closed";
    if (this.leftover !== null) releasePage(this.leftover);
    this.leftover = null;
    const { opened } = this;
    this.opened = null;
    if (opened?.kind === "rows") await opened.stream.close();
  }

  private async fetch(stream: ResultStream, maxRows: number, sink: ReplySink): Promise<number> {
    const { signal } = this.abort;
    let sent = 0;
    while (this.state !== "exhausted" && (maxRows === 0 || sent < maxRows)) {
      const page = this.leftover ?? (await stream.next());
      this.leftover = null;
      if (page === null) {
        this.state = "exhausted";
        await stream.close();
        break;
      }
      if (signal.aborted) releasePage(page);
      throwIfAborted(signal);
      const fitting = this.fit(page, maxRows === 0 ? Infinity : maxRows - sent);
      sent += rowCountOf(fitting);
      await unlessAborted(sink.page(fitting), signal);
    }
    return sent;
  }

  /** The page, or its first `room` rows; the rest waits for the next Execute. */
  private fit(page: ResultPage, room: number): ResultPage {
    if (rowCountOf(page) <= room) return page;
    const { head, tail } = cutPage(page, room);
    this.leftover = tail;
    return head;
  }
}
