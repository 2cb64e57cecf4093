import pg from "pg";
import type { Clock, Log, Timer } from "../../env/index.js";
import { storeOutcomeUnknown, storeRefused, storeUnreachable } from "../../errors/index.js";
import {
  StoreMovedOn,
  StorePlaceError,
  type StorePlace,
  type StoreRow,
  type StoreStatement,
} from "./store-place.js";

const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 15_000;
const KEEP_ALIVE_MS = 10_000;
/** A lost connection is tried again so often. */
const RETRY_MS = 1_000;
/** What held the lock may be a server that has just been killed: PostgreSQL notices in a moment. */
const LOCK_PATIENCE_MS = 3_000;
const LOCK_POLL_MS = 100;
/** A lock of the connection's, for the schema that the tables stand in. */
const LOCK =
  "SELECT pg_catalog.pg_try_advisory_lock(pg_catalog.hashtextextended(" +
  "'millrace metadata store in ' || coalesce(pg_catalog.current_schema(), ''), 0)) AS taken";
/** Whoever writes a version inserts its number first. */
const VERSION_TAKEN = "ducklake_snapshot_pkey";

/**
 * A database of a PostgreSQL server. One connection holds an advisory lock and does all the work, so
 * that no other server writes there; once it is lost, another is made, and what was written
 * meanwhile is found by its version.
 */
export class PostgresPlace implements StorePlace {
  readonly types = { time: "TIMESTAMPTZ", uuid: "UUID" };
  readonly title: string;
  private client: pg.Client | null = null;
  private connecting: Promise<pg.Client> | null = null;
  private retry: Timer | null = null;
  private closed = false;
  private returned: () => void = () => undefined;
  /** The end of the queue of those who use the connection. */
  private tail: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly url: string,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly release: () => Promise<void>,
  ) {
    this.title = `catalog "${withoutPassword(url)}"`;
  }

  /** `release` is called when it is closed. */
  static async open(
    url: string,
    clock: Clock,
    log: Log,
    release: () => Promise<void>,
  ): Promise<PostgresPlace> {
    const place = new PostgresPlace(url, clock, log, release);
    try {
      place.client = await place.connect(LOCK_PATIENCE_MS);
      return place;
    } catch (error) {
      if (error instanceof StorePlaceError) throw error;
      throw new StorePlaceError(`cannot open ${place.title}: ${reasonOf(error)}`);
    }
  }

  onReturn(listener: () => void): void {
    this.returned = listener;
  }

  async hasTable(name: string): Promise<boolean> {
    const [row] = await this.rows(`SELECT pg_catalog.to_regclass('${name}') IS NOT NULL AS found`);
    return row?.["found"] === true;
  }

  rows(sql: string): Promise<readonly StoreRow[]> {
    return this.inTurn(async () => {
      const client = await this.connected();
      try {
        return (await client.query<StoreRow>(sql)).rows;
      } catch (error) {
        throw this.failure(client, error);
      }
    });
  }

  write(statements: readonly StoreStatement[]): Promise<void> {
    return this.inTurn(async () => {
      const client = await this.connected();
      try {
        await client.query("BEGIN");
        for (const { sql, values } of statements) await client.query(numbered(sql), [...values]);
      } catch (error) {
        const failure = this.failure(client, error);
        if (this.client === client) await client.query("ROLLBACK").catch(() => undefined);
        throw failure;
      }
      try {
        await client.query("COMMIT");
      } catch (error) {
        const failure = this.failure(client, error);
        throw this.client === client ? failure : storeOutcomeUnknown(reasonOf(error));
      }
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    this.retry?.cancel();
    await this.tail;
    const { client } = this;
    this.client = null;
    await client?.end().catch(() => undefined);
    await this.release();
  }

  private connected(): Promise<pg.Client> {
    if (this.client !== null) return Promise.resolve(this.client);
    if (this.closed) return Promise.reject(storeUnreachable("the server is shutting down"));
    this.connecting ??= this.connectAgain().finally(() => {
      this.connecting = null;
    });
    return this.connecting;
  }

  private async connectAgain(): Promise<pg.Client> {
    try {
      const client = await this.connect(0);
      this.client = client;
      this.log.info("the metadata store is back", { store: this.title });
      this.returned();
      return client;
    } catch (error) {
      this.retryLater();
      throw storeUnreachable(reasonOf(error));
    }
  }

  /** A connection that holds the lock. */
  private async connect(patienceMs: number): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.url,
      application_name: "millrace",
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: STATEMENT_TIMEOUT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    });
    client.on("error", (error) => this.lose(client, reasonOf(error)));
    client.on("end", () => this.lose(client, "the connection was closed"));
    try {
      await client.connect();
      await client.query("SET synchronous_commit = on; SET idle_session_timeout = 0");
      for (let waitedMs = 0; !(await this.takeLock(client)); waitedMs += LOCK_POLL_MS) {
        if (waitedMs >= patienceMs) {
          throw new StorePlaceError(`${this.title} is in use by another server`);
        }
        await new Promise<void>((done) => void this.clock.after(LOCK_POLL_MS, done));
      }
      return client;
    } catch (error) {
      void client.end().catch(() => undefined);
      throw error;
    }
  }

  private async takeLock(client: pg.Client): Promise<boolean> {
    const { rows } = await client.query<{ taken: boolean }>(LOCK);
    return rows[0]?.taken === true;
  }

  /** What a client is told of a statement of ours that failed. */
  private failure(client: pg.Client, error: unknown): Error {
    const { code, constraint } = error instanceof pg.DatabaseError ? error : {};
    if (constraint === VERSION_TAKEN) return new StoreMovedOn();
    // A PostgreSQL that says why it ends the connection speaks of classes 57P and 08.
    const isAlive = code !== undefined && !/^(57P|08)/.test(code);
    if (isAlive) return storeRefused(reasonOf(error));
    this.lose(client, reasonOf(error));
    return storeUnreachable(reasonOf(error));
  }

  private lose(client: pg.Client, reason: string): void {
    if (this.client !== client) return;
    this.client = null;
    void client.end().catch(() => undefined);
    if (this.closed) return;
    this.log.warn("the metadata store is out of reach", { store: this.title, reason });
    this.retryLater();
  }

  private retryLater(): void {
    this.retry?.cancel();
    if (this.closed) return;
    this.retry = this.clock.after(RETRY_MS, () => {
      this.connected().catch(() => undefined);
    });
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.tail.then(work);
    this.tail = turn.catch(() => undefined);
    return turn;
  }
}

/** `$1`, `$2` … for each `?`. */
function numbered(sql: string): string {
  let count = 0;
  return sql.replaceAll("?", () => `$${String(++count)}`);
}

function withoutPassword(url: string): string {
  const { protocol, username, host, pathname } = new URL(url);
  return `${protocol}//${username === "" ? "" : `${username}@`}${host}${pathname}`;
}

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") {
    return error.errors.map(reasonOf).join(", ");
  }
  return error instanceof Error ? error.message : String(error);
}
