import { malformedMessage, unsupportedFormat } from "../../errors/index.js";
import type { Frame } from "./frame-reader.js";
import { checkText, MessageReader, type TextDecoding } from "./message-reader.js";

/** 0 is text, 1 is binary. */
export type Format = 0 | 1;

/** A value of Bind; `bytes` is null for SQL NULL and else a view of the message. */
export interface WireParameter {
  readonly format: Format;
  readonly bytes: Uint8Array | null;
}

export interface BindMessage {
  readonly kind: "bind";
  readonly portal: string;
  readonly statement: string;
  readonly parameters: readonly WireParameter[];
  /** None: all text; one: for all columns; else one a column. */
  readonly resultFormats: readonly Format[];
}

export type DescribeTarget = "statement" | "portal";

/** A message of a started connection. */
export type FrontendMessage =
  | { readonly kind: "query"; readonly text: string }
  | {
      readonly kind: "parse";
      readonly statement: string;
      readonly text: string;
      /** Type OIDs the client knows; 0 or absent where the server is to infer. */
      readonly parameterOids: readonly number[];
    }
  | BindMessage
  | { readonly kind: "describe"; readonly target: DescribeTarget; readonly name: string }
  /** `maxRows` 0 is no limit. */
  | { readonly kind: "execute"; readonly portal: string; readonly maxRows: number }
  | { readonly kind: "close"; readonly target: DescribeTarget; readonly name: string }
  | { readonly kind: "flush" }
  | { readonly kind: "sync" }
  | { readonly kind: "terminate" }
  | { readonly kind: "functionCall" }
  | { readonly kind: "copy" };

/** The types of message, by their first byte. */
export const FRONTEND_TAG = {
  query: 0x51,
  parse: 0x50,
  bind: 0x42,
  describe: 0x44,
  execute: 0x45,
  close: 0x43,
  flush: 0x48,
  sync: 0x53,
  terminate: 0x58,
  functionCall: 0x46,
  copyData: 0x64,
  copyDone: 0x63,
  copyFail: 0x66,
  /** Passwords and SASL answers, only while logging in. */
  password: 0x70,
} as const;

const TAG = FRONTEND_TAG;

/** The password of a PasswordMessage. */
export function decodePassword(body: Uint8Array): string {
  const reader = new MessageReader(body);
  const password = reader.text();
  reader.end();
  return password;
}

/** SASLInitialResponse; `data` is null where the client sent none. */
export function decodeSaslInitial(body: Uint8Array): {
  readonly mechanism: string;
  readonly data: string | null;
} {
  const reader = new MessageReader(body);
  const mechanism = reader.text();
  const length = reader.int32();
  const data = length === -1 ? null : Buffer.from(reader.bytes(length)).toString("utf8");
  reader.end();
  return { mechanism, data };
}

/** The reason a CopyFail tells. */
export function decodeCopyFail(body: Uint8Array): string {
  const reader = new MessageReader(body);
  const reason = reader.text();
  reader.end();
  return reason;
}

/**
 * Reads a frame whose tag FrameReader has checked. Throws 08P01 or 22021 on a malformed body. With
 * `decode` text is of that encoding, and parameters are left as they came.
 */
export function decodeFrontendMessage(
  frame: Frame,
  decode: TextDecoding | null = null,
): FrontendMessage {
  const reader = new MessageReader(frame.body, decode);
  const message = decodeBody(frame.tag, reader, decode === null);
  if (message.kind !== "copy" && message.kind !== "functionCall") reader.end();
  return message;
}

function decodeBody(tag: number, reader: MessageReader, isUtf8: boolean): FrontendMessage {
  switch (tag) {
    case TAG.query:
      return { kind: "query", text: reader.text() };
    case TAG.parse:
      return decodeParse(reader);
    case TAG.bind:
      return decodeBind(reader, isUtf8);
    case TAG.describe:
      return { kind: "describe", target: target(reader, "DESCRIBE"), name: reader.text() };
    case TAG.execute:
      // PostgreSQL takes a negative limit for none.
      return { kind: "execute", portal: reader.text(), maxRows: Math.max(0, reader.int32()) };
    case TAG.close:
      return { kind: "close", target: target(reader, "CLOSE"), name: reader.text() };
    case TAG.flush:
      return { kind: "flush" };
    case TAG.sync:
      return { kind: "sync" };
    case TAG.terminate:
      return { kind: "terminate" };
    case TAG.functionCall:
      return { kind: "functionCall" };
    default:
      return { kind: "copy" };
  }
}

function target(reader: MessageReader, command: string): DescribeTarget {
  const subtype = reader.byte();
  if (subtype === 0x53) return "statement";
  if (subtype === 0x50) return "portal";
  throw malformedMessage(`invalid ${command} message subtype ${String(subtype)}`);
}

function decodeParse(reader: MessageReader): FrontendMessage {
  const statement = reader.text();
  const text = reader.text();
  const count = reader.uint16();
  const parameterOids: number[] = [];
  for (let i = 0; i < count; i++) parameterOids.push(reader.uint32());
  return { kind: "parse", statement, text, parameterOids };
}

function decodeFormats(reader: MessageReader): Format[] {
  const count = reader.uint16();
  const formats: Format[] = [];
  for (let i = 0; i < count; i++) {
    const format = reader.uint16();
    if (format !== 0 && format !== 1) {
      throw unsupportedFormat(format);
    }
    formats.push(format);
  }
  return formats;
}

function decodeBind(reader: MessageReader, isUtf8: boolean): BindMessage {
  const portal = reader.text();
  const statement = reader.text();
  const formats = decodeFormats(reader);
  const count = reader.uint16();
  if (formats.length > 1 && formats.length !== count) {
    throw malformedMessage(
      `bind message has ${String(formats.length)} parameter formats but ${String(count)} parameters`,
    );
  }
  const parameters: WireParameter[] = [];
  for (let i = 0; i < count; i++) {
    const format = (formats.length === 1 ? formats[0] : formats[i]) ?? 0;
    const length = reader.int32();
    if (length === -1) {
      parameters.push({ format, bytes: null });
      continue;
    }
    const bytes = reader.bytes(length);
    if (format === 0 && isUtf8) checkText(bytes);
    parameters.push({ format, bytes });
  }
  const resultFormats = decodeFormats(reader);
  return { kind: "bind", portal, statement, parameters, resultFormats };
}
