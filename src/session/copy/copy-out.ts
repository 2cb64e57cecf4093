import type { CopyFormat } from "../../fragments/index.js";
import { invariant } from "../../errors/index.js";
import { unlessAborted } from "../interrupts.js";
import type { EncodedPage, ResultPage, ResultStream } from "../planner.js";
import type { ReplySink } from "../reply-sink.js";
import { csvText, escapedText } from "./copy-text.js";
import type { CopyOptions } from "./options.js";

/** Rows on their way out through COPY, from the response to the end of the data. */
export class CopyOut {
  private sentCount = 0;
  /** What goes in front of the first row, in the same message, as PostgreSQL sends it. */
  private head: Uint8Array;

  constructor(
    private readonly stream: ResultStream,
    private readonly columnNames: readonly string[],
    private readonly format: CopyFormat,
    private readonly header: CopyOptions["header"],
    private readonly isEncodingNamed: boolean,
  ) {
    this.head = format.kind === "binary" ? BINARY_HEAD : new Uint8Array(0);
  }

  /** Sends all of it; answers how many rows there were. */
  async send(sink: ReplySink, signal: AbortSignal): Promise<number> {
    try {
      const format = this.format.kind === "binary" ? 1 : 0;
      sink.copyOutResponse(format, this.columnNames.length, this.isEncodingNamed);
      if (this.header === "names") sink.copyData(this.headerLine());
      for (let page = await this.stream.next(); page !== null; page = await this.stream.next()) {
        await unlessAborted(this.sendPage(page, sink, signal), signal);
      }
      if (this.format.kind === "binary") sink.copyData(Buffer.concat([this.head, BINARY_END]));
      sink.copyDone();
      return this.sentCount;
    } finally {
      await this.stream.close();
    }
  }

  private async sendPage(page: ResultPage, sink: ReplySink, signal: AbortSignal): Promise<void> {
    invariant(page.kind === "encoded", "COPY sends what the engine wrote");
    this.sentCount += page.rowCount;
    await sink.page(this.head.length === 0 ? page : this.withoutFirst(page, sink), signal);
  }

  /** Sends the first row behind the head; answers the others. */
  private withoutFirst(page: EncodedPage, sink: ReplySink): EncodedPage {
    const { bytes, rowCount } = page;
    const size = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(1);
    sink.copyData(Buffer.concat([this.head, bytes.subarray(5, 1 + size)]));
    this.head = new Uint8Array(0);
    return {
      kind: "encoded",
      bytes: bytes.subarray(1 + size),
      rowCount: rowCount - 1,
      release: () => page.release(),
    };
  }

  private headerLine(): Uint8Array {
    const { format, columnNames } = this;
    const isOnly = columnNames.length === 1;
    const names = columnNames.map((name) =>
      format.kind === "csv" ? csvText(name, format, isOnly) : escapedText(name, format),
    );
    return Buffer.from(`${names.join(format.delimiter)}\n`, "utf8");
  }
}

/** Signature, flags and length of the extension. */
const BINARY_HEAD = Buffer.from("PGCOPY\n\u00ff\r\n\0\0\0\0\0\0\0\0\0", "latin1");
const BINARY_END = Buffer.from([0xff, 0xff]);
