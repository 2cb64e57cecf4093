import type { ErrorFields, Severity } from "../../errors/index.js";
import type { MessageWriter } from "./message-writer.js";

/** What RowDescription says of a column. */
export interface ColumnDescription {
  readonly name: string;
  readonly typeOid: number;
  /** pg_type.typlen. */
  readonly typeSize: number;
  readonly typmod: number;
  /** 0 where the column is no table's. */
  readonly tableOid: number;
  readonly columnNumber: number;
}

/** ReadyForQuery's byte: idle, in a transaction, in a failed transaction. */
export type TransactionStatus = "I" | "T" | "E";

/** What ErrorResponse and NoticeResponse say. */
export interface Report {
  readonly severity: Severity;
  readonly sqlstate: string;
  readonly message: string;
  readonly fields: ErrorFields;
}

export function writeAuthenticationOk(writer: MessageWriter): void {
  writer.begin("R");
  writer.int32(0);
  writer.end();
}

function writeAuthentication(writer: MessageWriter, code: number, body: () => void): void {
  writer.begin("R");
  writer.int32(code);
  body();
  writer.end();
}

/** Asks for the password as it is. */
export function writeAuthenticationCleartext(writer: MessageWriter): void {
  writeAuthentication(writer, 3, () => undefined);
}

export function writeAuthenticationSasl(
  writer: MessageWriter,
  mechanisms: readonly string[],
): void {
  writeAuthentication(writer, 10, () => {
    for (const mechanism of mechanisms) writer.text(mechanism);
    writer.byte(0);
  });
}

export function writeSaslContinue(writer: MessageWriter, data: string): void {
  writeAuthentication(writer, 11, () => writer.bytes(Buffer.from(data)));
}

export function writeSaslFinal(writer: MessageWriter, data: string): void {
  writeAuthentication(writer, 12, () => writer.bytes(Buffer.from(data)));
}

export function writeParameterStatus(writer: MessageWriter, name: string, value: string): void {
  writer.begin("S");
  writer.text(name);
  writer.text(value);
  writer.end();
}

export function writeBackendKeyData(
  writer: MessageWriter,
  processId: number,
  secretKey: Uint8Array,
): void {
  writer.begin("K");
  writer.int32(processId);
  writer.bytes(secretKey);
  writer.end();
}

/** `newest` is the newest version served, as in a startup packet. */
export function writeNegotiateProtocolVersion(
  writer: MessageWriter,
  newest: number,
  unknownOptions: readonly string[],
): void {
  writer.begin("v");
  writer.int32(newest);
  writer.int32(unknownOptions.length);
  for (const option of unknownOptions) writer.text(option);
  writer.end();
}

export function writeReadyForQuery(writer: MessageWriter, status: TransactionStatus): void {
  writer.begin("Z");
  writer.byte(status.charCodeAt(0));
  writer.end();
}

/** `formats`: one a column. */
export function writeRowDescription(
  writer: MessageWriter,
  columns: readonly ColumnDescription[],
  formats: readonly number[],
): void {
  writer.begin("T");
  writer.int16(columns.length);
  columns.forEach((column, index) => {
    writer.text(column.name);
    writer.int32(column.tableOid);
    writer.int16(column.columnNumber);
    writer.int32(column.typeOid);
    writer.int16(column.typeSize);
    writer.int32(column.typmod);
    writer.int16(formats[index] ?? 0);
  });
  writer.end();
}

export function writeParameterDescription(writer: MessageWriter, oids: readonly number[]): void {
  writer.begin("t");
  writer.int16(oids.length);
  for (const oid of oids) writer.int32(oid);
  writer.end();
}

/** A row of strings; null is NULL. */
export function writeTextRow(writer: MessageWriter, values: readonly (string | null)[]): void {
  writer.begin("D");
  writer.int16(values.length);
  for (const value of values) {
    if (value === null) writer.int32(-1);
    else writer.counted(value);
  }
  writer.end();
}

export function writeCommandComplete(writer: MessageWriter, tag: string): void {
  writer.begin("C");
  writer.text(tag);
  writer.end();
}

export function writeNotification(
  writer: MessageWriter,
  processId: number,
  channel: string,
  payload: string,
): void {
  writer.begin("A");
  writer.int32(processId);
  writer.text(channel);
  writer.text(payload);
  writer.end();
}

/** `format` is that of the data and of each of its columns. */
export function writeCopyOutResponse(
  writer: MessageWriter,
  format: number,
  columnCount: number,
): void {
  writeCopyResponse(writer, "H", format, columnCount);
}

export function writeCopyInResponse(
  writer: MessageWriter,
  format: number,
  columnCount: number,
): void {
  writeCopyResponse(writer, "G", format, columnCount);
}

function writeCopyResponse(
  writer: MessageWriter,
  tag: string,
  format: number,
  columnCount: number,
): void {
  writer.begin(tag);
  writer.byte(format);
  writer.int16(columnCount);
  for (let column = 0; column < columnCount; column++) writer.int16(format);
  writer.end();
}

export function writeCopyData(writer: MessageWriter, bytes: Uint8Array): void {
  writer.begin("d");
  writer.bytes(bytes);
  writer.end();
}

export const writeCopyDone = (writer: MessageWriter): void => writeEmpty(writer, "c");

function writeEmpty(writer: MessageWriter, tag: string): void {
  writer.begin(tag);
  writer.end();
}

export const writeParseComplete = (writer: MessageWriter): void => writeEmpty(writer, "1");
export const writeBindComplete = (writer: MessageWriter): void => writeEmpty(writer, "2");
export const writeCloseComplete = (writer: MessageWriter): void => writeEmpty(writer, "3");
export const writeNoData = (writer: MessageWriter): void => writeEmpty(writer, "n");
export const writePortalSuspended = (writer: MessageWriter): void => writeEmpty(writer, "s");
export const writeEmptyQueryResponse = (writer: MessageWriter): void => writeEmpty(writer, "I");

/** ErrorResponse for severities from ERROR up, NoticeResponse below. */
export function writeReport(writer: MessageWriter, report: Report): void {
  const { severity, fields } = report;
  const isError = severity === "ERROR" || severity === "FATAL" || severity === "PANIC";
  writer.begin(isError ? "E" : "N");
  field(writer, "S", severity);
  field(writer, "V", severity);
  field(writer, "C", report.sqlstate);
  field(writer, "M", report.message);
  field(writer, "D", fields.detail);
  field(writer, "H", fields.hint);
  field(writer, "P", fields.position === undefined ? undefined : String(fields.position));
  field(writer, "W", fields.where);
  field(writer, "s", fields.schema);
  field(writer, "t", fields.table);
  field(writer, "c", fields.column);
  field(writer, "d", fields.dataType);
  field(writer, "n", fields.constraint);
  writer.byte(0);
  writer.end();
}

function field(writer: MessageWriter, tag: string, value: string | undefined): void {
  if (value === undefined) return;
  writer.byte(tag.charCodeAt(0));
  writer.text(value);
}
