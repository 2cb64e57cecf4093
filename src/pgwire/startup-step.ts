import {
  noTrustForHost,
  noUserNameInStartup,
  replicationNotSupported,
  SqlError,
  unsupportedProtocol,
} from "../errors/index.js";
import type { Session, SessionIdentity } from "../session/index.js";
import type { CancelKey } from "./cancel-registry.js";
import {
  writeAuthenticationOk,
  writeBackendKeyData,
  writeNegotiateProtocolVersion,
  writeReadyForQuery,
  type MessageWriter,
  type StartupPacket,
} from "./codec/index.js";
import { CLOSED, type ConnectionState } from "./connection-state.js";
import { reportSettings } from "./message-step.js";
import { parseStartupOptions } from "./startup-options.js";

/** The newest protocol served, as a startup packet says it. */
const PROTOCOL_3_0 = 3 << 16;
/** Parameters that are no settings. */
const NOT_SETTINGS = new Set(["user", "database", "options", "replication"]);
const PROTOCOL_OPTION_PREFIX = "_pq_.";

/** What a starting connection needs of its server. */
export interface StartupHost {
  readonly writer: MessageWriter;
  readonly remoteHost: string;
  /** Answers an encryption request: one byte, no message. */
  refuseEncryption(): void;
  cancel(processId: number, secretKey: Uint8Array): void;
  /** Throws FATAL where there is no room for another client. */
  register(): CancelKey;
  openSession(identity: Omit<SessionIdentity, "versionText">): Session;
}

type StartupState = Extract<ConnectionState, { kind: "startup" }>;

/** Works on one packet before the connection is started. */
export function startupStep(
  state: StartupState,
  packet: StartupPacket,
  host: StartupHost,
): ConnectionState {
  switch (packet.kind) {
    case "sslRequest":
      if (state.refusedSsl) throw unsupportedProtocol(1234, 5679);
      host.refuseEncryption();
      return { ...state, refusedSsl: true };
    case "gssEncryptionRequest":
      if (state.refusedGss) throw unsupportedProtocol(1234, 5680);
      host.refuseEncryption();
      return { ...state, refusedGss: true };
    case "cancelRequest":
      host.cancel(packet.processId, packet.secretKey);
      return CLOSED;
    case "startup":
      return start(packet, host);
  }
}

function start(
  packet: Extract<StartupPacket, { kind: "startup" }>,
  host: StartupHost,
): ConnectionState {
  const { majorVersion, minorVersion, parameters } = packet;
  const { writer } = host;
  if (majorVersion !== 3) throw unsupportedProtocol(majorVersion, minorVersion);
  const options = [...parameters.keys()].filter((name) => name.startsWith(PROTOCOL_OPTION_PREFIX));
  if (minorVersion > 0 || options.length > 0) {
    writeNegotiateProtocolVersion(writer, PROTOCOL_3_0, options);
  }
  const user = parameters.get("user") ?? "";
  if (user === "") throw noUserNameInStartup();
  const database = parameters.get("database") || user;
  if (!/^(|off|false|no|0)$/i.test(parameters.get("replication") ?? "")) {
    throw replicationNotSupported();
  }
  if (!isLoopback(host.remoteHost)) throw noTrustForHost(host.remoteHost, user, database);
  const { processId, secretKey } = host.register();
  const session = host.openSession({ processId, user, database });
  applyParameters(session, parameters);
  writeAuthenticationOk(writer);
  reportSettings(writer, session);
  writeBackendKeyData(writer, processId, secretKey);
  writeReadyForQuery(writer, "I");
  return { kind: "idle", session };
}

function applyParameters(session: Session, parameters: ReadonlyMap<string, string>): void {
  try {
    for (const [name, value] of parseStartupOptions(parameters.get("options") ?? "")) {
      session.setAtStart(name, value);
    }
    for (const [name, value] of parameters) {
      if (NOT_SETTINGS.has(name) || name.startsWith(PROTOCOL_OPTION_PREFIX)) continue;
      session.setAtStart(name, value);
    }
  } catch (error) {
    if (error instanceof SqlError) {
      Object.assign(error, { fields: { ...error.fields, severity: "FATAL" } });
    }
    throw error;
  }
}

/** Addresses of the machine itself. */
export function isLoopback(host: string): boolean {
  return /^(::ffff:)?127\.\d+\.\d+\.\d+$/.test(host) || host === "::1";
}
