import {
  NO_ACCESS_FILES,
  POSTGRES_VERSION,
  versionNumber,
  versionText,
  type ServeOptions,
} from "../command-line/index.js";
import type { Address } from "../env/index.js";
import { initParser } from "../parser/index.js";
import { SharedState, StatementCache, type Planner } from "../session/index.js";
import { AccessPolicy, NO_LOGINS, WireServer, type Logins } from "../pgwire/index.js";
import { AccessFiles } from "./access-files.js";
import type { Machine } from "./machine.js";

/** Queries get this share of the machine's memory unless told otherwise. */
const HOST_MEMORY_SHARE = 0.5;
const MAX_CONNECTIONS = 1_000;
/** Rows that cursors keep may take this share of what queries get, beside it. */
const ROW_MEMORY_SHARE = 1 / 16;

/** What queries may use of the machine. */
export interface Resources {
  readonly threads: number;
  readonly hostMemoryBytes: number;
}

/** A planner with all that stands behind it. */
export interface PlannerRooms {
  readonly planner: Planner;
  /** Who may log in; without them, everybody from the machine itself. */
  readonly logins?: Logins;
  /** Told of the sessions there will be, for those who look at them. */
  showSessions?(shared: SharedState): void;
  /** What server_version tells unless the options say it; the usual if undefined. */
  readonly serverVersion?: string;
  /** What a person should be told once it has come about beside serving, if anything. */
  readonly news?: Promise<string | null>;
  /** Ends what runs behind the planner and lets go of the data directory. */
  close(): Promise<void>;
}

/** Opens what stands behind the session: catalog, optimizer, engine. */
export type OpenRooms = (
  options: ServeOptions,
  resources: Resources,
  machine: Machine,
) => Promise<PlannerRooms>;

/** A server that accepts clients. */
export interface RunningServer {
  readonly address: Address;
  readonly resources: Resources;
  /** What a person should be told later, if anything. */
  readonly news: Promise<string | null>;
  /** Reads the files again that say who may connect how. */
  reload(): void;
  /** Stops accepting, lets statements finish for so long, then ends them and closes everything. */
  stop(deadlineMs: number): Promise<void>;
}

/** Puts a whole server together. Listening comes last: who can connect is served at once. */
export async function startServer(
  options: ServeOptions,
  machine: Machine,
  openRooms: OpenRooms,
): Promise<RunningServer> {
  const resources = {
    threads: options.threads ?? machine.coreCount,
    hostMemoryBytes: options.hostMemoryBytes ?? Math.floor(machine.memoryBytes * HOST_MEMORY_SHARE),
  };
  await initParser();
  const rooms = await openRooms(options, resources, machine);
  let files: AccessFiles | undefined;
  try {
    const policy = new AccessPolicy(rooms.logins ?? NO_LOGINS, machine.network);
    files = AccessFiles.open(options.access ?? NO_ACCESS_FILES, policy, machine);
    const server = await listen(options, machine, resources, rooms, policy);
    const opened = files;
    return {
      address: server.address,
      resources,
      news: rooms.news ?? Promise.resolve(null),
      reload: () => opened.reload(),
      stop: async (deadlineMs) => {
        opened.close();
        await server.drain(deadlineMs);
        await rooms.close();
      },
    };
  } catch (error) {
    files?.close();
    await rooms.close();
    throw error;
  }
}

function listen(
  options: ServeOptions,
  machine: Machine,
  { hostMemoryBytes }: Resources,
  rooms: PlannerRooms,
  policy: AccessPolicy,
): Promise<WireServer> {
  const { clock, log, network, random, timeZones } = machine;
  const {
    serverVersion = rooms.serverVersion ?? POSTGRES_VERSION,
    maxConnections = MAX_CONNECTIONS,
  } = options;
  const serverSettings = new Map([
    ["listen_addresses", options.listen.host],
    ["max_connections", String(maxConnections)],
    ["port", String(options.listen.port)],
    ["ssl", policy.tls === null ? "off" : "on"],
    ["server_version", serverVersion],
    ["server_version_num", String(versionNumber(serverVersion))],
  ]);
  const shared = new SharedState(clock, Math.floor(hostMemoryBytes * ROW_MEMORY_SHARE));
  rooms.showSessions?.(shared);
  return WireServer.listen({
    address: options.listen,
    network,
    clock,
    random,
    log,
    sessions: {
      planner: rooms.planner,
      clock,
      log,
      timeZones,
      statements: new StatementCache(),
      serverSettings,
      shared,
      versionText: versionText(serverVersion),
    },
    maxConnections,
    policy,
  });
}
