import type { Address, Clock, Listener, Log, Network, Random, Socket } from "../env/index.js";
import {
  serverShuttingDown,
  slotsReserved,
  tooManyClients,
  tooManyForRole,
} from "../errors/index.js";
import type { SessionEnvironment } from "../session/index.js";
import type { AccessPolicy } from "./auth/access-policy.js";
import type { LoginRole } from "./auth/logins.js";
import { LoginThrottle } from "./auth/login-throttle.js";
import { CancelRegistry } from "./cancel-registry.js";
import { Connection, type ConnectionHost } from "./connection.js";

/** Everything a wire server is made of. */
export interface WireServerOptions {
  readonly address: Address;
  readonly network: Network;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly sessions: SessionEnvironment;
  /** Most clients at a time; the last few places are superusers'. */
  readonly maxConnections: number;
  /** Who may connect how. */
  readonly policy: AccessPolicy;
}

/** PostgreSQL's superuser_reserved_connections. */
const RESERVED_CONNECTIONS = 3;
/** How long aborted statements may take to say so before their sockets are dropped. */
const DESTROY_DELAY_MS = 1_000;

/** Listens for clients and lets each have its connection. */
export class WireServer implements ConnectionHost {
  readonly sessions: SessionEnvironment;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly cancels: CancelRegistry;
  readonly policy: AccessPolicy;
  readonly throttle: LoginThrottle;
  /** The roles of clients that have logged in. */
  private readonly roles = new Map<Connection, number>();
  private readonly connections = new Set<Connection>();
  private readonly clients = new Set<Connection>();
  private listener: Listener | null = null;
  private draining = false;
  private emptied: (() => void) | null = null;

  private constructor(private readonly options: WireServerOptions) {
    this.sessions = options.sessions;
    this.clock = options.clock;
    this.random = options.random;
    this.log = options.log;
    this.cancels = new CancelRegistry(options.random);
    this.policy = options.policy;
    this.throttle = new LoginThrottle(options.clock);
  }

  /** Rejects with the system's error where it cannot listen. */
  static async listen(options: WireServerOptions): Promise<WireServer> {
    const server = new WireServer(options);
    const { network, address } = options;
    server.listener = await network.listen(address, (socket) => server.accept(socket));
    return server;
  }

  /** Where it listens. */
  get address(): Address {
    return this.listener?.address ?? this.options.address;
  }

  /** Bytes that are buffered for and from all clients. */
  get bufferedBytes(): number {
    let sum = 0;
    for (const connection of this.connections) sum += connection.bufferedBytes;
    return sum;
  }

  /** Clients that are connected. */
  get connectionCount(): number {
    return this.connections.size;
  }

  admit(connection: Connection): void {
    if (this.draining) throw serverShuttingDown();
    if (this.clients.size >= this.options.maxConnections) throw tooManyClients();
    this.clients.add(connection);
  }

  admitRole(connection: Connection, role: LoginRole | null, name: string): void {
    if (role === null || role.superuser) return;
    const { connectionLimit, oid } = role;
    let sessions = 1;
    for (const other of this.roles.values()) if (other === oid) sessions += 1;
    if (connectionLimit >= 0 && sessions > connectionLimit) throw tooManyForRole(name);
    const free = this.options.maxConnections - this.clients.size;
    if (free < RESERVED_CONNECTIONS) throw slotsReserved();
    this.roles.set(connection, oid);
  }

  released(connection: Connection): void {
    this.roles.delete(connection);
    this.connections.delete(connection);
    this.clients.delete(connection);
    if (this.connections.size === 0) this.emptied?.();
  }

  /**
   * Stops accepting, lets statements that run finish for `deadlineMs`, then aborts them. Resolves
   * when no client is left.
   */
  async drain(deadlineMs: number): Promise<void> {
    this.draining = true;
    this.listener?.close();
    for (const connection of this.connections) connection.drain();
    if (this.connections.size === 0) return;
    const empty = new Promise<void>((resolve) => {
      this.emptied = resolve;
    });
    const deadline = this.clock.after(deadlineMs, () => {
      for (const connection of this.connections) connection.terminate();
    });
    const last = this.clock.after(deadlineMs + DESTROY_DELAY_MS, () => {
      for (const connection of this.connections) connection.destroy();
    });
    await empty;
    deadline.cancel();
    last.cancel();
  }

  private accept(socket: Socket): Connection {
    const connection = new Connection(socket, this);
    this.connections.add(connection);
    void connection.run();
    return connection;
  }
}
