import type { Clock, Log, Random, TlsFacts } from "../env/index.js";
import {
  noUserNameInStartup,
  replicationNotSupported,
  SqlError,
  unencryptedAfterRequest,
  unreachable,
  unsupportedProtocol,
} from "../errors/index.js";
import type { Session, SessionIdentity } from "../session/index.js";
import type { AccessPolicy } from "./auth/access-policy.js";
import type { LoginRole, StartSetting } from "./auth/logins.js";
import type { LoginThrottle } from "./auth/login-throttle.js";
import type { CancelKey } from "./cancel-registry.js";
import {
  writeBackendKeyData,
  writeNegotiateProtocolVersion,
  writeReadyForQuery,
  type Frame,
  type MessageWriter,
  type StartupPacket,
} from "./codec/index.js";
import { CLOSED, type ConnectionState } from "./connection-state.js";
import { logIn } from "./log-in.js";
import { reportSettings } from "./message-step.js";
import { parseStartupOptions } from "./startup-options.js";

/** Protocols as a startup packet says them. */
const PROTOCOL_3_2 = (3 << 16) + 2;
/** Parameters that are no settings. */
const NOT_SETTINGS = new Set(["user", "database", "options", "replication"]);
const PROTOCOL_OPTION_PREFIX = "_pq_.";

/** What a starting connection needs of its server. */
export interface StartupHost {
  readonly writer: MessageWriter;
  readonly remoteHost: string;
  readonly policy: AccessPolicy;
  readonly throttle: LoginThrottle;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Whether bytes were received behind the packet. */
  readonly hasMoreInput: boolean;
  /** Answers an encryption request: one byte, no message. */
  answerEncryption(answer: "S" | "N"): void;
  /** Null where the handshake failed: the connection is gone. */
  startTls(): Promise<TlsFacts | null>;
  /** Sends what was written and waits for a message of the login; null where the client left. */
  answer(): Promise<Frame | null>;
  cancel(processId: number, secretKey: Uint8Array): void;
  /** Throws FATAL where there is no room for another client. */
  admit(): void;
  /** Throws FATAL where the role has as many sessions as it may. */
  admitRole(role: LoginRole | null, name: string): void;
  /** `longKey`: protocol 3.2. */
  register(longKey: boolean): CancelKey;
  openSession(identity: Omit<SessionIdentity, "versionText">): Session;
}

type StartupState = Extract<ConnectionState, { kind: "startup" }>;
type StartPacket = Extract<StartupPacket, { kind: "startup" }>;

/** Works on one packet before the connection is started. */
export async function startupStep(
  state: StartupState,
  packet: StartupPacket,
  host: StartupHost,
): Promise<ConnectionState> {
  switch (packet.kind) {
    case "sslRequest":
      if (state.answeredSsl) throw unsupportedProtocol(1234, 5679);
      return encrypt({ ...state, answeredSsl: true }, host);
    case "gssEncryptionRequest":
      if (state.answeredGss) throw unsupportedProtocol(1234, 5680);
      host.answerEncryption("N");
      return { ...state, answeredGss: true };
    case "cancelRequest":
      host.cancel(packet.processId, packet.secretKey);
      return CLOSED;
    case "startup":
      return start(state, packet, host);
    default:
      return unreachable(packet);
  }
}

async function encrypt(state: StartupState, host: StartupHost): Promise<ConnectionState> {
  if (host.policy.tls === null) {
    host.answerEncryption("N");
    return state;
  }
  // What came along was never encrypted: somebody in between may have put it there.
  if (host.hasMoreInput) throw unencryptedAfterRequest();
  host.answerEncryption("S");
  const tls = await host.startTls();
  return tls === null ? CLOSED : { ...state, tls };
}

async function start(
  state: StartupState,
  packet: StartPacket,
  host: StartupHost,
): Promise<ConnectionState> {
  const { parameters } = packet;
  const { writer } = host;
  const protocol = negotiate(packet, writer);
  const user = parameters.get("user") ?? "";
  if (user === "") throw noUserNameInStartup();
  const database = parameters.get("database") || user;
  if (!/^(|off|false|no|0)$/i.test(parameters.get("replication") ?? "")) {
    throw replicationNotSupported();
  }
  host.admit();
  const candidate = { host: host.remoteHost, user, database, tls: state.tls };
  const loggedIn = await logIn(candidate, host);
  if (loggedIn === null) return CLOSED;
  const { processId, secretKey } = host.register(protocol >= PROTOCOL_3_2);
  const { guest } = loggedIn;
  const session = host.openSession({ processId, user, guest, database, tls: state.tls });
  applyStartSettings(session, host.policy.logins.settings(user, database), host.log);
  applyParameters(session, parameters);
  reportSettings(writer, session);
  writeBackendKeyData(writer, processId, secretKey);
  writeReadyForQuery(writer, "I");
  return { kind: "idle", session };
}

/** The protocol that is spoken: the client's, or the newest there is. */
function negotiate(
  { majorVersion, minorVersion, parameters }: StartPacket,
  writer: MessageWriter,
): number {
  if (majorVersion !== 3) throw unsupportedProtocol(majorVersion, minorVersion);
  const wanted = (majorVersion << 16) + minorVersion;
  const protocol = Math.min(wanted, PROTOCOL_3_2);
  const options = [...parameters.keys()].filter((name) => name.startsWith(PROTOCOL_OPTION_PREFIX));
  if (wanted > PROTOCOL_3_2 || options.length > 0) {
    writeNegotiateProtocolVersion(writer, protocol, options);
  }
  return protocol;
}

/** ALTER ROLE and ALTER DATABASE … SET: what does not work any more is passed over. */
function applyStartSettings(session: Session, settings: readonly StartSetting[], log: Log): void {
  for (const { name, value } of settings) {
    try {
      session.setAtStart(name, value);
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      log.warn("a role's setting was not taken", { name, reason: error.message });
    }
  }
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
