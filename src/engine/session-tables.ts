import type { NativeEngine } from "./native.js";
import { awaiting, calling } from "./native-error.js";

/** COPY's bytes on their way into a table. One call at a time. */
export interface CopyReading {
  /** Answers how many rows were read so far. */
  feed(bytes: Uint8Array): Promise<number>;
  /** There is no more; answers how many rows there were. */
  finish(): Promise<number>;
  /** Frees what it holds; once, after the last call. */
  close(): void;
}

/** Rows of sessions' tables, by number. Each number is of one owner, who drops it. */
export class SessionTables {
  constructor(private readonly native: NativeEngine) {}

  /** A table to put rows into; `shape` is a message millrace.plan.TableShape. */
  open(shape: Uint8Array): number {
    return calling(() => this.native.openTable(shape));
  }

  /** The rows are all in, and may be read; answers how many they are. */
  finish(table: number): number {
    return calling(() => this.native.finishTable(table));
  }

  /** A new table of the rows of several, in their order. */
  async merge(tables: readonly number[]): Promise<number> {
    return Number(await awaiting(() => this.native.mergeTables(tables)));
  }

  /** Its rows are gone, but for queries that read them already. */
  drop(table: number): void {
    calling(() => this.native.dropTable(table));
  }

  /** Reads COPY's bytes into a table that was opened; `input` is a message millrace.plan.CopyInput. */
  openCopy(table: number, input: Uint8Array): CopyReading {
    const { native } = this;
    const copy = calling(() => native.openCopy(table, input));
    return {
      feed: (bytes) => awaiting(() => native.feedCopy(copy, bytes)),
      finish: () => awaiting(() => native.finishCopy(copy)),
      close: () => calling(() => native.closeCopy(copy)),
    };
  }
}
