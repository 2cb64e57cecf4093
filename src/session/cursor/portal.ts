import { portalCannotRun } from "../../errors/index.js";
import { andThen, attempt, type Eventual } from "../eventual.js";
import { throwIfAborted, unlessAborted } from "../interrupts.js";
import type { BoundParameter, Format, ResultColumn, ResultPage, ResultStream } from "../planner.js";
import type { PreparedStatement } from "../prepared-statement.js";
import type { ReplySink } from "../reply-sink.js";
import type { CopyIn } from "../copy/copy-in.js";
import type { CopyOut } from "../copy/copy-out.js";
import { Cursor, type Movement } from "./cursor.js";
import { releasePage, rowCountOf } from "./page-cut.js";
import type { RowMemory } from "./row-memory.js";
import type { Retention } from "./row-reader.js";

/** What a portal's first Execute makes: rows to fetch, all rows in one go, or a command already done. */
export type Opened =
  | { readonly kind: "rows"; readonly stream: ResultStream; readonly tag: RowsTag }
  | { readonly kind: "copyOut"; readonly copy: CopyOut }
  | { readonly kind: "copyIn"; readonly copy: CopyIn }
  | { readonly kind: "done"; readonly tag: string };

/** Whether the command tag counts the rows: `SELECT 3`, but `SHOW`. */
export interface RowsTag {
  readonly command: string;
  readonly counted: boolean;
}

export function tagOf(tag: RowsTag, rowCount: number): string {
  return tag.counted ? `${tag.command} ${String(rowCount)}` : tag.command;
}

/** What DECLARE said, and pg_cursors shows. */
export interface CursorOptions {
  readonly retention: Retention;
  readonly hold: boolean;
  readonly binary: boolean;
  readonly statementText: string;
  /** µs from 2000-01-01 UTC. */
  readonly createdMicros: bigint;
}

export interface PortalInit {
  readonly name: string;
  readonly number: number;
  readonly statement: PreparedStatement;
  /** Columns at the time of Bind; null where the statement answers no rows. */
  readonly columns: readonly ResultColumn[] | null;
  readonly parameters: readonly BoundParameter[];
  /** One for each column. */
  readonly formats: readonly Format[];
  readonly memory: RowMemory;
  readonly abort: AbortController;
  readonly options: CursorOptions;
  /** Told once, when nothing of it runs any more. */
  readonly onClosed?: () => void;
}

interface Started {
  readonly kind: "rows";
  readonly cursor: Cursor;
  readonly tag: RowsTag;
}

type StartedAny = Started | Exclude<Opened, { kind: "rows" }>;

/** Starts a portal's run. */
type OpenRun = () => Eventual<Opened>;

/** A bound statement: what Bind or DECLARE makes, Execute and FETCH run piecewise and Close ends. */
export class Portal {
  /** Aborts the run; the same through all Executes of the portal. */
  readonly abort: AbortController;
  readonly name: string;
  readonly number: number;
  readonly statement: PreparedStatement;
  readonly columns: readonly ResultColumn[] | null;
  readonly parameters: readonly BoundParameter[];
  readonly options: CursorOptions;
  private formatsOfRun: readonly Format[];
  private started: Started | null = null;
  private state: "new" | "open" | "failed" | "closed" = "new";
  private held = false;

  constructor(private readonly init: PortalInit) {
    this.abort = init.abort;
    this.name = init.name;
    this.number = init.number;
    this.statement = init.statement;
    this.columns = init.columns;
    this.parameters = init.parameters;
    this.options = init.options;
    this.formatsOfRun = init.formats;
  }

  /** One for each column. */
  get formats(): readonly Format[] {
    return this.formatsOfRun;
  }

  /** Whether nothing ran yet. */
  get isNew(): boolean {
    return this.state === "new";
  }

  /** Whether it outlived its transaction. */
  get isHeld(): boolean {
    return this.held;
  }

  /** Other formats, for a run that has not started. */
  useFormats(formats: readonly Format[]): void {
    if (this.isNew) this.formatsOfRun = formats;
  }

  /**
   * Answers how many rows were sent. Sends at most `maxRows` rows (0: all) and what ends them. `open` is
   * called once, by the first run.
   */
  run(open: OpenRun, maxRows: number, sink: ReplySink): Eventual<number> {
    if (this.state !== "new" && this.columns === null) throw portalCannotRun(this.name);
    return this.guarded(() =>
      andThen(this.start(open), (started) => this.perform(started, maxRows, sink)),
    );
  }

  private perform(started: StartedAny, maxRows: number, sink: ReplySink): Eventual<number> {
    if (started.kind === "done") {
      sink.commandComplete(started.tag);
      return 0;
    }
    if (started.kind === "copyOut") {
      return andThen(started.copy.send(sink, this.abort.signal), (copied) => {
        sink.commandComplete(`COPY ${String(copied)}`);
        return copied;
      });
    }
    if (started.kind === "copyIn") {
      return started.copy.receive(sink, this.abort.signal).then((copied) => {
        sink.commandComplete(`COPY ${String(copied)}`);
        return copied;
      });
    }
    const { cursor, tag } = started;
    const all = maxRows === 0 ? cursor.takeAll() : undefined;
    const sent =
      all === undefined
        ? this.send(cursor.forward(maxRows || Infinity), sink)
        : this.sendPage(all, sink);
    return andThen(sent, (rowCount) => {
      if (maxRows > 0 && rowCount === maxRows) sink.portalSuspended();
      else sink.commandComplete(tagOf(tag, rowCount));
      return rowCount;
    });
  }

  /** FETCH: pages of the rows that are passed. */
  async *fetch(open: OpenRun, movement: Movement): AsyncGenerator<ResultPage, void, undefined> {
    try {
      const cursor = await this.cursor(open);
      yield* cursor.fetch(movement);
    } catch (error) {
      this.fail(error);
    }
  }

  /** MOVE: how many rows were passed. */
  move(open: OpenRun, movement: Movement): Eventual<number> {
    return this.guarded(async () => (await this.cursor(open)).move(movement));
  }

  /** Makes it outlive the transaction that commits. */
  hold(open: OpenRun): Eventual<void> {
    return this.guarded(async () => {
      await (await this.cursor(open)).hold();
      this.held = true;
    });
  }

  /** Ends the run and frees what it holds. */
  close(): Eventual<void> {
    const wasClosed = this.state === "closed";
    this.state = "closed";
    const { started } = this;
    this.started = null;
    const closed = started?.kind === "rows" ? started.cursor.close() : undefined;
    return wasClosed ? closed : andThen(closed, () => this.init.onClosed?.());
  }

  private async cursor(open: OpenRun): Promise<Cursor> {
    const started = await this.start(open);
    if (started.kind !== "rows") throw portalCannotRun(this.name);
    return started.cursor;
  }

  private start(open: OpenRun): Eventual<StartedAny> {
    if (this.state !== "new") return this.startedRows();
    this.state = "open";
    return andThen(open(), (opened) => {
      // What ends the transaction has closed this very portal.
      if (opened.kind !== "rows") return opened;
      this.started = this.startedOf(opened);
      return this.startedRows();
    });
  }

  private startedRows(): Started {
    if (this.state !== "open" || this.started === null) throw portalCannotRun(this.name);
    return this.started;
  }

  private startedOf(opened: Extract<Opened, { kind: "rows" }>): Started {
    const { memory, options } = this.init;
    const cursor = new Cursor(opened.stream, options.retention, memory);
    return { kind: "rows", cursor, tag: opened.tag };
  }

  private async send(
    pages: AsyncGenerator<ResultPage, void, undefined>,
    sink: ReplySink,
  ): Promise<number> {
    let sent = 0;
    for await (const page of pages) sent += await this.sendPage(page, sink);
    return sent;
  }

  /** Answers how many rows it has. */
  private sendPage(page: ResultPage | null, sink: ReplySink): Eventual<number> {
    if (page === null) return 0;
    const { signal } = this.abort;
    if (signal.aborted) releasePage(page);
    throwIfAborted(signal);
    const rowCount = rowCountOf(page);
    const { columns, formats } = this;
    const taken = sink.page(page, signal, { columns: columns ?? [], formats });
    return taken instanceof Promise ? unlessAborted(taken, signal).then(() => rowCount) : rowCount;
  }

  private guarded<T>(work: () => Eventual<T>): Eventual<T> {
    return attempt(work, (error) => this.fail(error));
  }

  /** A run that failed cannot go on, even where a savepoint saves its transaction. */
  private fail(error: unknown): never {
    if (this.state === "open") this.state = "failed";
    throw error;
  }
}
