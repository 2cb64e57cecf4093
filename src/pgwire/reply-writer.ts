import { binaryNotConverted, type SqlError } from "../errors/index.js";
import type {
  CopyMessage,
  Charset,
  Eventual,
  Format,
  Notification,
  ReplySink,
  ResultColumn,
  ResultPage,
  RowShape,
} from "../session/index.js";
import {
  writeCommandComplete,
  writeCopyData,
  writeCopyDone,
  writeCopyInResponse,
  writeCopyOutResponse,
  writeEmptyQueryResponse,
  writeNotification,
  writePortalSuspended,
  writeReport,
  writeRowDescription,
  type MessageWriter,
} from "./codec/index.js";
import { convertedCopyData, convertedRows } from "./conversion.js";
import type { Outbox } from "./outbox.js";

/** What a session may ask of its connection. */
export interface SessionConnection {
  notified(): void;
  hangUp(reason: SqlError): void;
  copyMessage(signal: AbortSignal): Promise<CopyMessage>;
}

/** Puts a session's answers on the wire. */
export class ReplyWriter implements ReplySink {
  /** Of the COPY that runs. */
  private copyCharset: Charset | null = null;

  constructor(
    private readonly outbox: Outbox,
    private readonly connection: SessionConnection,
    /** What the client's text is converted by at the moment. */
    private readonly charset: () => Charset | null,
  ) {}

  rowDescription(columns: readonly ResultColumn[], formats: readonly Format[]): void {
    writeRowDescription(this.outbox.writer, columns, formats);
  }

  page(page: ResultPage, signal: AbortSignal, shape?: RowShape): Eventual<void> {
    const charset = shape === undefined ? this.copyCharset : this.charset();
    if (charset === null || page.kind === "text") return this.outbox.page(page, signal);
    try {
      const bytes =
        shape === undefined
          ? convertedCopyData(page.bytes, charset)
          : convertedRows(page.bytes, shape, charset);
      return this.outbox.page({ ...page, bytes, release: () => undefined }, signal);
    } finally {
      page.release();
    }
  }

  copyOutResponse(format: Format, columnCount: number, asIs: boolean): void {
    this.startCopy(format, asIs);
    writeCopyOutResponse(this.outbox.writer, format, columnCount);
  }

  copyData(bytes: Uint8Array): void {
    const charset = this.copyCharset;
    if (charset === null) {
      writeCopyData(this.outbox.writer, bytes);
      return;
    }
    const to = Buffer.allocUnsafe(bytes.length);
    const end = charset.transcode(bytes, 0, bytes.length, to, 0);
    writeCopyData(this.outbox.writer, to.subarray(0, end));
  }

  private startCopy(format: Format, asIs: boolean): void {
    this.copyCharset = asIs ? null : this.charset();
    if (format === 1 && this.copyCharset !== null) throw binaryNotConverted(this.copyCharset.name);
  }

  copyDone(): void {
    writeCopyDone(this.outbox.writer);
  }

  copyInResponse(format: Format, columnCount: number, asIs: boolean): void {
    this.startCopy(format, asIs);
    writeCopyInResponse(this.outbox.writer, format, columnCount);
    this.outbox.flush();
  }

  async copyMessage(signal: AbortSignal): Promise<CopyMessage> {
    const message = await this.connection.copyMessage(signal);
    if (this.copyCharset === null || message.kind !== "data") return message;
    return { kind: "data", bytes: Buffer.from(this.copyCharset.decode(message.bytes)) };
  }

  portalSuspended(): void {
    writePortalSuspended(this.outbox.writer);
  }

  commandComplete(tag: string): void {
    writeCommandComplete(this.outbox.writer, tag);
  }

  emptyQuery(): void {
    writeEmptyQueryResponse(this.outbox.writer);
  }

  notice(condition: SqlError): void {
    report(this.outbox.writer, condition, "NOTICE");
  }

  notified(): void {
    this.connection.notified();
  }

  hangUp(reason: SqlError): void {
    this.connection.hangUp(reason);
  }
}

/** What NOTIFY sent to the session. */
export function writeNotifications(
  writer: MessageWriter,
  notifications: readonly Notification[],
): void {
  for (const { processId, channel, payload } of notifications) {
    writeNotification(writer, processId, channel, payload);
  }
}

/** ErrorResponse or NoticeResponse; `severity` where the condition tells none. */
export function report(
  writer: MessageWriter,
  condition: SqlError,
  severity: "ERROR" | "NOTICE",
): void {
  writeReport(writer, {
    severity: condition.fields.severity ?? severity,
    sqlstate: condition.sqlstate,
    message: condition.message,
    fields: condition.fields,
  });
}

/** Whether the connection ends with this error. */
export function isFatal(error: SqlError): boolean {
  return error.fields.severity === "FATAL" || error.fields.severity === "PANIC";
}
