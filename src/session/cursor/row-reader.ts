import { cursorForwardOnly, invariant } from "../../errors/index.js";
import type { ResultPage, ResultStream } from "../planner.js";
import { KeptRows } from "./kept-rows.js";
import { cutPage, releasePage, rowCountOf, sizeOf } from "./page-cut.js";
import type { RowMemory } from "./row-memory.js";

/**
 * Which rows stay once they were read: every one (SCROLL); all while they are few, then none (where
 * nobody said, as PostgreSQL scrolls back where that costs nothing); none.
 */
export type Retention = "all" | "few" | "none";

const FEW_BYTES = 1024 * 1024;

/** A run's rows by number from 1: read once from the stream, and again where they were kept. */
export class RowReader {
  private kept: KeptRows | null;
  private scrollable: boolean;
  /** Of a stream whose rows are not kept: what was read and not yet asked for. */
  private leftover: ResultPage | null = null;
  /** Rows that were given out, or are kept. */
  private readCount = 0;
  private ended = false;

  constructor(
    private readonly stream: ResultStream,
    private readonly retention: Retention,
    private readonly memory: RowMemory,
  ) {
    this.scrollable = retention !== "none";
    this.kept = this.scrollable ? new KeptRows(memory, 0) : null;
  }

  /** Some of the rows after number `position`, at most `most`; null at the end. */
  async after(position: number, most: number): Promise<ResultPage | null> {
    if (this.kept !== null && position === this.readCount && !(await this.keepMore())) return null;
    if (this.kept !== null) {
      return this.kept.forward(position + 1, Math.min(most, this.readCount - position));
    }
    invariant(position === this.readCount, "rows that nobody kept are read in order");
    const page = await this.take();
    if (page === null) return null;
    const fitting = rowCountOf(page) <= most ? page : this.cut(page, most);
    this.readCount += rowCountOf(fitting);
    return fitting;
  }

  /** Some of the rows from number `position` on towards the first, at most `most`. */
  upTo(position: number, most: number): ResultPage {
    this.checkScrollable();
    invariant(this.kept !== null, "a scrollable reader keeps rows");
    return this.kept.backward(position, most);
  }

  /** Throws 55000 where earlier rows are gone. */
  checkScrollable(): void {
    if (!this.scrollable) throw cursorForwardOnly();
  }

  /** Reads what is left into memory and ends the run, which outlives its transaction so. */
  async hold(): Promise<void> {
    this.kept ??= new KeptRows(this.memory, this.readCount);
    for (let page = await this.take(); page !== null; page = await this.take()) {
      this.keep(this.kept, page);
    }
    await this.stream.close();
  }

  close(): Promise<void> {
    if (this.leftover !== null) releasePage(this.leftover);
    this.leftover = null;
    this.kept?.clear();
    this.ended = true;
    return this.stream.close();
  }

  /** Reads a page into what is kept; false at the end. May find that it is too much to keep. */
  private async keepMore(): Promise<boolean> {
    const page = await this.take();
    if (page === null || this.kept === null) return false;
    if (this.retention === "few" && this.kept.sizeBytes + sizeOf(page) > FEW_BYTES) {
      this.kept.clear();
      this.kept = null;
      this.scrollable = false;
      this.leftover = page;
    } else {
      this.keep(this.kept, page);
    }
    return true;
  }

  private keep(kept: KeptRows, page: ResultPage): void {
    try {
      kept.append(page);
      this.readCount += rowCountOf(page);
    } finally {
      releasePage(page);
    }
  }

  /** The next page that nobody had. */
  private async take(): Promise<ResultPage | null> {
    const { leftover } = this;
    this.leftover = null;
    if (leftover !== null) return leftover;
    const page = this.ended ? null : await this.stream.next();
    this.ended ||= page === null;
    return page;
  }

  private cut(page: ResultPage, rows: number): ResultPage {
    const { head, tail } = cutPage(page, rows);
    this.leftover = tail;
    return head;
  }
}
