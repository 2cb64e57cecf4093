import type { Clock, Timer } from "../../../env/index.js";
import { messageOf } from "../attended-catalog.js";
import type { CatalogPlace } from "../link.js";
import type { MirrorSource } from "../mirror/mirror-state.js";
import { RunningCatalog } from "../running-catalog.js";
import { AdoptedSource } from "./adopted-source.js";
import { ConnectionPool } from "./connection-pool.js";
import { MirrorKeeper, type FreshDatabase } from "./mirror-keeper.js";
import type { ServerAddress } from "./server-address.js";
import { ServerConnection } from "./server-connection.js";
import { Turnstile, type Leave } from "./turnstile.js";

/** Queries of the catalog run beside each other, at most so many. */
const MOST_CONNECTIONS = 8;
/** What ends a query whose client cannot: far behind all limits of ours. */
const LAST_RESORT_MS = 120_000;
const SESSION = { jit: "off", statement_timeout: String(LAST_RESORT_MS) };
/** A process is asked to give up so often before it is ended. */
const CANCEL_TRIES = 20;
const CANCEL_AGAIN_MS = 50;

/**
 * The mirror in a database of a PostgreSQL, from its making to the first connection that is lost: one
 * connection keeps it, one writes it, the others ask it.
 */
export class ServedMirror {
  private readonly turnstile = new Turnstile();
  private readonly pool: ConnectionPool;
  /** The name that the database has at the moment. */
  private shownDatabase: string;
  private lostOf: string | null = null;

  private constructor(
    private readonly clock: Clock,
    private readonly address: ServerAddress,
    private readonly keeper: MirrorKeeper,
    private readonly database: FreshDatabase,
    private readonly source: AdoptedSource,
    readonly running: RunningCatalog,
  ) {
    this.shownDatabase = address.home;
    this.pool = new ConnectionPool(() => {
      return ServerConnection.open(address.client(this.shownDatabase, SESSION));
    }, MOST_CONNECTIONS);
  }

  static async make(
    address: ServerAddress,
    source: MirrorSource,
    liveFunctions: readonly string[],
    clock: Clock,
  ): Promise<ServedMirror> {
    let mirror: ServedMirror | null = null;
    const lost = (reason: Error): void => mirror?.lose(reason.message);
    const keeper = await MirrorKeeper.open(address, lost);
    try {
      const database = await keeper.freshDatabase();
      const adopted = new AdoptedSource(source, keeper);
      const place: CatalogPlace = {
        title: address.title,
        renamesDatabase: false,
        mostAtOnce: 1,
        open: () => ServerConnection.open(address.client(address.home), lost),
      };
      const { signal } = new AbortController();
      const running = await RunningCatalog.start(place, adopted, liveFunctions, signal);
      mirror = new ServedMirror(clock, address, keeper, database, adopted, running);
      return mirror;
    } catch (error) {
      await keeper.close().catch(() => undefined);
      throw error;
    }
  }

  /** server_version_num of the PostgreSQL. */
  get versionNumber(): number {
    return this.keeper.versionNumber;
  }

  /** Why it is of no use any more, or null. */
  get lost(): string | null {
    return this.lostOf;
  }

  /** Whether somebody waits while all connections are at work. */
  get isContested(): boolean {
    return this.pool.isContested;
  }

  shownRole(oid: number): number {
    return this.source.shownRole(oid);
  }

  /** Comes in once mirror, roles and database are what a query is to see; they stay so until it leaves. */
  async enter(
    names: readonly string[],
    database: string,
    given: MirrorSource | undefined,
  ): Promise<Leave> {
    const source = given === undefined ? this.source : this.source.like(given);
    const shows = (): boolean =>
      this.running.isPrepared(names, source) && this.showsDatabase(database);
    const leave = await this.turnstile.together();
    if (shows()) return leave;
    leave();
    return this.turnstile.alone(async () => {
      if (shows()) return;
      await this.running.prepare([], database, source);
      // The writer finds each role there is then, and makes none of its own.
      for (const name of names) await this.keeper.welcome(name);
      await this.running.prepare(names, database, source);
      if (!this.showsDatabase(database)) {
        await this.keeper.renameDatabase(this.database.oid, database);
        this.shownDatabase = database;
      }
    });
  }

  take(): Promise<ServerConnection> {
    return this.pool.take();
  }

  give(connection: ServerConnection): void {
    this.pool.give(connection);
  }

  /** Ends what a connection does until `done`, and the connection itself where that is not enough. */
  cancel(connection: ServerConnection, done: Promise<unknown>): void {
    const { processId } = connection;
    let timer: Timer | null = null;
    let triesLeft = CANCEL_TRIES;
    const again = (): void => {
      triesLeft -= 1;
      const asked = triesLeft > 0 ? this.keeper.cancel(processId) : this.keeper.end(processId);
      asked.catch(() => connection.terminate());
      if (triesLeft === 0) void connection.terminate();
      // A process that had not read its batch yet knew of nothing to give up.
      else timer = this.clock.after(CANCEL_AGAIN_MS, again);
    };
    again();
    const settled = (): void => timer?.cancel();
    void done.then(settled, settled);
  }

  lose(reason: string): void {
    if (this.lostOf !== null) return;
    this.lostOf = reason;
    this.pool.close();
    void this.running.link.terminate();
    void this.keeper.close().catch(() => undefined);
  }

  /** Finds out whether it is lost, where a connection was. */
  async check(): Promise<void> {
    await this.keeper.ping().catch((error: unknown) => this.lose(messageOf(error)));
  }

  /** Ends all connections; roles of the mirror go, and the database gets back the name it had. */
  async close(): Promise<void> {
    if (this.lostOf !== null) return;
    const { keeper, database, address } = this;
    const left = async (): Promise<void> => {
      if (this.shownDatabase !== address.home) {
        await keeper.renameDatabase(database.oid, address.home);
      }
      await keeper.dropOwnRoles();
    };
    await left().catch(() => undefined);
    this.lose("the server is shutting down");
  }

  /** A name that another database has stays that one's. */
  private showsDatabase(name: string): boolean {
    return name === this.shownDatabase || this.database.otherNames.has(name);
  }
}
