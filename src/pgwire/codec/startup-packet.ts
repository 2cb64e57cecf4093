import { protocolBroken, SqlError } from "../../errors/index.js";
import { MessageReader } from "./message-reader.js";

const CANCEL_REQUEST = 80_877_102;
const SSL_REQUEST = 80_877_103;
const GSS_ENCRYPTION_REQUEST = 80_877_104;

/** What a client sends before the connection is started. */
export type StartupPacket =
  | { readonly kind: "sslRequest" }
  | { readonly kind: "gssEncryptionRequest" }
  | {
      readonly kind: "cancelRequest";
      readonly processId: number;
      readonly secretKey: Uint8Array;
    }
  | {
      readonly kind: "startup";
      readonly majorVersion: number;
      readonly minorVersion: number;
      /** In the order sent; of a name sent twice the later value. */
      readonly parameters: ReadonlyMap<string, string>;
    };

/** Reads a packet's content (all but its length). Throws FATAL errors: there is no session yet. */
export function decodeStartupPacket(content: Uint8Array): StartupPacket {
  const reader = new MessageReader(content);
  const code = reader.uint32();
  switch (code) {
    case SSL_REQUEST:
      return { kind: "sslRequest" };
    case GSS_ENCRYPTION_REQUEST:
      return { kind: "gssEncryptionRequest" };
    case CANCEL_REQUEST:
      return decodeCancelRequest(reader);
    default:
      return decodeStartup(reader, code >>> 16, code & 0xffff);
  }
}

function decodeCancelRequest(reader: MessageReader): StartupPacket {
  if (reader.remaining < 5) throw protocolBroken("invalid length of query cancel packet");
  const processId = reader.int32();
  return { kind: "cancelRequest", processId, secretKey: reader.bytes(reader.remaining) };
}

function decodeStartup(reader: MessageReader, major: number, minor: number): StartupPacket {
  const parameters = new Map<string, string>();
  if (major !== 3) {
    // The layout of what follows is another version's.
    return { kind: "startup", majorVersion: major, minorVersion: minor, parameters };
  }
  try {
    for (;;) {
      const name = reader.text();
      if (name === "") break;
      parameters.set(name, reader.text());
    }
    reader.end();
  } catch (error) {
    if (error instanceof SqlError && error.sqlstate === "22021") {
      throw new SqlError("characterNotInRepertoire", error.message, { severity: "FATAL" });
    }
    throw protocolBroken("invalid startup packet layout: expected terminator as last byte");
  }
  return { kind: "startup", majorVersion: major, minorVersion: minor, parameters };
}
