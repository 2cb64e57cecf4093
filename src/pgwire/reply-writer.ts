import type { SqlError } from "../errors/index.js";
import type {
  CopyMessage,
  Eventual,
  Format,
  Notification,
  ReplySink,
  ResultColumn,
  ResultPage,
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
import type { Outbox } from "./outbox.js";

/** What a session may ask of its connection. */
export interface SessionConnection {
  notified(): void;
  hangUp(reason: SqlError): void;
  copyMessage(signal: AbortSignal): Promise<CopyMessage>;
}

/** Puts a session's answers on the wire. */
export class ReplyWriter implements ReplySink {
  constructor(
    private readonly outbox: Outbox,
    private readonly connection: SessionConnection,
  ) {}

  rowDescription(columns: readonly ResultColumn[], formats: readonly Format[]): void {
    writeRowDescription(this.outbox.writer, columns, formats);
  }

  page(page: ResultPage, signal: AbortSignal): Eventual<void> {
    return this.outbox.page(page, signal);
  }

  copyOutResponse(format: Format, columnCount: number): void {
    writeCopyOutResponse(this.outbox.writer, format, columnCount);
  }

  copyData(bytes: Uint8Array): void {
    writeCopyData(this.outbox.writer, bytes);
  }

  copyDone(): void {
    writeCopyDone(this.outbox.writer);
  }

  copyInResponse(format: Format, columnCount: number): void {
    writeCopyInResponse(this.outbox.writer, format, columnCount);
    this.outbox.flush();
  }

  copyMessage(signal: AbortSignal): Promise<CopyMessage> {
    return this.connection.copyMessage(signal);
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
