import type { SqlError } from "../errors/index.js";
import type { Eventual } from "./eventual.js";
import type { Format, ResultColumn, ResultPage } from "./planner.js";

/** What a client sends to COPY … FROM STDIN. `bytes` are valid until the next message is asked for. */
export type CopyMessage =
  | { readonly kind: "data"; readonly bytes: Uint8Array }
  | { readonly kind: "done" }
  | { readonly kind: "fail"; readonly reason: string };

/** Columns of rows, and the format of each. */
export interface RowShape {
  readonly columns: readonly ResultColumn[];
  readonly formats: readonly Format[];
}

/** Where a session's answers go: the wire, in tests a list. */
export interface ReplySink {
  /** `formats` has one for each column. */
  rowDescription(columns: readonly ResultColumn[], formats: readonly Format[]): void;
  /**
   * Takes the page and releases it, whatever happens. Resolves when another may come (at once where
   * there is room), so a slow reader slows the run. Nothing of it is sent after `signal` was aborted.
   * `shape`: what the rows are made of; undefined inside COPY.
   */
  page(page: ResultPage, signal: AbortSignal, shape?: RowShape): Eventual<void>;
  /**
   * COPY … TO STDOUT begins: its format, and its columns', which are all the same. `asIs`: the
   * statement names the encoding, so its text is not converted to the client's.
   */
  copyOutResponse(format: Format, columnCount: number, asIs: boolean): void;
  /** One message of data, beside those in pages. */
  copyData(bytes: Uint8Array): void;
  copyDone(): void;
  /** COPY … FROM STDIN begins: its format, and its columns'. The client may send from now on. */
  copyInResponse(format: Format, columnCount: number, asIs: boolean): void;
  /** The client's next message; rejects with what `signal` is aborted with. */
  copyMessage(signal: AbortSignal): Promise<CopyMessage>;
  portalSuspended(): void;
  commandComplete(tag: string): void;
  emptyQuery(): void;
  notice(condition: SqlError): void;
  /** Notifications wait for the client; it may be told at once if it is idle. */
  notified(): void;
  /** Ends the connection, with what it does. */
  hangUp(reason: SqlError): void;
}
