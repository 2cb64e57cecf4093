import { cursorForwardOnly, unreachable } from "../../errors/index.js";
import type { ResultPage, ResultStream } from "../planner.js";
import { releasePage, rowCountOf } from "./page-cut.js";
import type { RowMemory } from "./row-memory.js";
import { RowReader, type Retention } from "./row-reader.js";

/** What FETCH and MOVE say of where to go; Infinity is ALL. */
export interface Movement {
  readonly direction: "forward" | "backward" | "absolute" | "relative";
  readonly count: number;
}

type Pages = AsyncGenerator<ResultPage, void, undefined>;

/**
 * A place between the rows of a run, as PostgreSQL moves it. Pages come with the place already behind
 * them; who stops asking leaves it there.
 */
export class Cursor {
  private readonly reader: RowReader;
  /** Number of the row it is on, 0 before the first; with `atEnd`, that of the last row. */
  private position = 0;
  private atEnd = false;

  constructor(
    private readonly stream: ResultStream,
    private readonly retention: Retention,
    memory: RowMemory,
  ) {
    this.reader = new RowReader(stream, retention, memory);
  }

  /** FETCH: the rows, in the order they are passed. */
  async *fetch({ direction, count }: Movement): Pages {
    switch (direction) {
      case "forward":
      case "backward": {
        const forward = (direction === "forward") === count >= 0;
        yield* this.step(forward, Math.abs(count));
        return;
      }
      case "relative":
        if (count === 0) yield* this.again();
        else {
          await this.skip(count > 0, Math.abs(count) - 1);
          yield* this.go(count > 0, 1);
        }
        return;
      case "absolute":
        yield* this.absolute(count);
        return;
      default:
        return unreachable(direction);
    }
  }

  /** MOVE: how many rows FETCH would have given. */
  async move(movement: Movement): Promise<number> {
    const { direction, count } = movement;
    const stays = count === 0 && direction !== "absolute";
    if (stays) return this.isOnRow ? 1 : 0;
    let passed = 0;
    for await (const page of this.fetch(movement)) {
      passed += rowCountOf(page);
      releasePage(page);
    }
    return passed;
  }

  /** The next rows: what Execute asks for. */
  forward(most: number): Pages {
    return this.go(true, most);
  }

  /**
   * The same of a run that is over before it begins: its rows, null for none. Undefined where they are
   * not all there, or some have been asked for.
   */
  takeAll(): ResultPage | null | undefined {
    if (this.retention !== "none" || this.position > 0 || this.atEnd) return undefined;
    const page = this.stream.takeAll?.();
    if (page === undefined) return undefined;
    this.position = page?.rowCount ?? 0;
    this.atEnd = true;
    return page;
  }

  /** Keeps all rows that may still be asked for and ends the run. */
  hold(): Promise<void> {
    return this.reader.hold();
  }

  close(): Promise<void> {
    return this.reader.close();
  }

  private get isOnRow(): boolean {
    return this.position > 0 && !this.atEnd;
  }

  private async *step(forward: boolean, count: number): Pages {
    if (count === 0) yield* this.again();
    else yield* this.go(forward, count);
  }

  /** The row it is on, if it is on one. */
  private async *again(): Pages {
    if (!this.isOnRow) return;
    await this.skip(false, 1);
    yield* this.go(true, 1);
  }

  private async *absolute(row: number): Pages {
    if (row > 0) {
      await this.skipTo(row - 1);
      yield* this.go(true, 1);
    } else if (row < 0) {
      await this.skip(true, Infinity);
      await this.skip(false, -row - 1);
      yield* this.go(false, 1);
    } else {
      this.rewind();
    }
  }

  /** Onto a row, 0 for before the first: from here if it lies ahead, else from the start. */
  private async skipTo(row: number): Promise<void> {
    if (!this.atEnd && row >= this.position) {
      await this.skip(true, row - this.position);
      return;
    }
    this.rewind();
    await this.skip(true, row);
  }

  private rewind(): void {
    if (this.position === 0 && !this.atEnd) return;
    this.reader.checkScrollable();
    this.position = 0;
    this.atEnd = false;
  }

  private async skip(forward: boolean, count: number): Promise<void> {
    for await (const page of this.go(forward, count)) releasePage(page);
  }

  private go(forward: boolean, count: number): Pages {
    return forward ? this.ahead(count) : this.back(count);
  }

  private async *ahead(count: number): Pages {
    let left = count;
    while (left > 0 && !this.atEnd) {
      const page = await this.reader.after(this.position, left);
      if (page === null) {
        this.atEnd = true;
        // The run is over: what it holds goes back at once; kept rows stay.
        await this.stream.close();
        return;
      }
      const rowCount = rowCountOf(page);
      this.position += rowCount;
      left -= rowCount;
      yield page;
    }
  }

  private async *back(count: number): Pages {
    if (this.retention === "none") throw cursorForwardOnly();
    let left = count;
    if (left > 0) this.reader.checkScrollable();
    while (left > 0) {
      const from = this.atEnd ? this.position : this.position - 1;
      if (from < 1) {
        this.position = 0;
        // An empty result stays at its end, too, as it does in PostgreSQL.
        return;
      }
      const page = this.reader.upTo(from, left);
      const rowCount = rowCountOf(page);
      this.atEnd = false;
      this.position = from - rowCount + 1;
      left -= rowCount;
      yield page;
    }
  }
}
