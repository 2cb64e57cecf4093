import Database from "libsql";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { storeRefused } from "../../errors/index.js";
import {
  StorePlaceError,
  type StorePlace,
  type StoreRow,
  type StoreStatement,
} from "./store-place.js";

const FILE_NAME = "catalog.sqlite";

/** A data directory's own file: one process at a time, each commit synced. Calls block for the disk. */
export class SqlitePlace implements StorePlace {
  readonly types = { time: "TEXT", uuid: "TEXT" };

  private constructor(
    readonly title: string,
    private readonly database: Database.Database,
  ) {}

  /** Opens the file of a data directory, making both where they are not there. */
  static open(directory: string): SqlitePlace {
    const title = `data directory "${directory}"`;
    let database: Database.Database | undefined;
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      database = new Database(join(directory, FILE_NAME));
      database.pragma("locking_mode = EXCLUSIVE");
      database.pragma("journal_mode = WAL");
      database.pragma("synchronous = FULL");
      // The lock is taken by the first transaction.
      database.exec("BEGIN IMMEDIATE; COMMIT");
      return new SqlitePlace(title, database);
    } catch (error) {
      database?.close();
      throw placeError(title, error);
    }
  }

  hasTable(name: string): Promise<boolean> {
    const found = this.select(`SELECT name FROM sqlite_schema WHERE name = '${name}'`);
    return Promise.resolve(found.length > 0);
  }

  rows(sql: string): Promise<readonly StoreRow[]> {
    return Promise.resolve(this.select(sql));
  }

  write(statements: readonly StoreStatement[]): Promise<void> {
    try {
      this.database.exec("BEGIN IMMEDIATE");
      for (const { sql, values } of statements) {
        this.database.prepare<unknown[]>(sql).run(...values);
      }
      this.database.exec("COMMIT");
      return Promise.resolve();
    } catch (error) {
      if (this.database.inTransaction) this.database.exec("ROLLBACK");
      const reason = error instanceof Error ? error.message : String(error);
      return Promise.reject(storeRefused(reason));
    }
  }

  /** It is never out of reach. */
  onReturn(): void {
    return;
  }

  /** Lets go of the files: the library keeps them open for as long as it remembers statements. */
  close(): Promise<void> {
    this.database.pragma("journal_mode = DELETE");
    this.database.pragma("locking_mode = NORMAL");
    this.select("SELECT 1 FROM sqlite_schema LIMIT 1");
    this.database.close();
    return Promise.resolve();
  }

  private select(sql: string): readonly StoreRow[] {
    return this.database.prepare<unknown[]>(sql).all() as readonly StoreRow[];
  }
}

function placeError(title: string, error: unknown): StorePlaceError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED")) {
    return new StorePlaceError(`${title} is in use by another server`);
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new StorePlaceError(`cannot open ${title}: ${reason}`);
}
