import type { Clock } from "../env/index.js";
import { NodeClock, NodeNetwork, NodeRandom, NodeTimeZones } from "../env/node/index.js";
import { initParser } from "../parser/index.js";
import { SharedState, StatementCache } from "../session/index.js";
import { AccessPolicy, NO_LOGINS, WireServer } from "../pgwire/index.js";
import { FakePlanner, type FakeRing } from "./fake-planner.js";
import { RecordingLog } from "./recording-log.js";

/** A wire server on a port of its own, with a fake planner behind it. */
export interface TestServer {
  readonly server: WireServer;
  readonly planner: FakePlanner;
  readonly log: RecordingLog;
  readonly shared: SharedState;
  readonly port: number;
  close(): Promise<void>;
}

export interface TestServerOptions {
  readonly ring?: FakeRing;
  readonly clock?: Clock;
  readonly maxConnections?: number;
  readonly rowMemoryBytes?: number;
}

const timeZones = new NodeTimeZones();

export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  await initParser();
  const planner = new FakePlanner(options.ring);
  const log = new RecordingLog();
  const clock = options.clock ?? new NodeClock();
  const shared = new SharedState(clock, options.rowMemoryBytes ?? 64 * 1024 * 1024);
  const network = new NodeNetwork();
  const server = await WireServer.listen({
    address: { host: "127.0.0.1", port: 0 },
    network,
    clock,
    random: new NodeRandom(),
    log,
    sessions: {
      planner,
      clock,
      log,
      timeZones,
      statements: new StatementCache(),
      serverSettings: new Map([["server_version", "15.18"]]),
      versionText: "PostgreSQL 15.18 (test)",
      shared,
    },
    maxConnections: options.maxConnections ?? 100,
    policy: new AccessPolicy(NO_LOGINS, network),
  });
  const { port } = server.address;
  return { server, planner, log, shared, port, close: () => server.drain(0) };
}
