import type { MirrorSource } from "./mirror/mirror-state.js";
import type { Batch } from "./wire/batch.js";
import type { Reply, ReplyMessage } from "./wire/reply.js";

/** What of a session a catalog query depends on. It holds for that query alone. */
export interface SessionFrame {
  readonly user: string;
  /** Whom it acts as by SET ROLE; "none" is the user itself. */
  readonly role: string;
  readonly database: string;
  readonly backendPid: number;
  /** What version() answers. */
  readonly versionText: string;
  readonly serverVersion: string;
  readonly serverVersionNumber: string;
  /** Settings that PostgreSQL has too, by name: search_path, TimeZone … */
  readonly settings: ReadonlyMap<string, string>;
  /** Rows of live views, as JSON arrays, by the function they stand for. */
  readonly live: ReadonlyMap<string, string>;
}

/** A query for the system catalog. */
export interface CatalogRequest {
  readonly frame: SessionFrame;
  /** Adds the client's messages to the batch. */
  readonly fill: (batch: Batch) => void;
  /** What the mirror is to show instead of what the engine has committed. */
  readonly source?: MirrorSource;
  /** Aborted with the SqlError that ends the statement. */
  readonly signal: AbortSignal;
}

/** What the client's part of a batch brought; it did not fail. */
export interface CatalogAnswer {
  readonly reply: Reply;
  /** The messages of the client's part. */
  readonly messages: readonly ReplyMessage[];
}

/** What routing needs to know of the PostgreSQL that answers. */
export interface CatalogFacts {
  /** Relations of pg_catalog. */
  readonly systemRelations: ReadonlySet<string>;
  /** Relations of information_schema. */
  readonly informationRelations: ReadonlySet<string>;
  /** Functions of pg_catalog of which no overload is volatile. */
  readonly calmFunctions: ReadonlySet<string>;
  /** All functions of pg_catalog. */
  readonly functions: ReadonlySet<string>;
}

/**
 * A real PostgreSQL that holds an empty mirror of everything the engine has, and answers what
 * clients ask of one. Always a cache: it is rebuilt from the metadata store whenever it is started.
 */
export interface SystemCatalog {
  /** Waits for the first start, unless `signal` is aborted with a SqlError; 58000 where there is none. */
  facts(signal: AbortSignal): Promise<CatalogFacts>;
  /**
   * Runs one batch inside a session's frame, in a transaction of its own, over the mirror as the
   * engine is now. Rejects with the SqlError that PostgreSQL answered, or that ended it.
   */
  run(request: CatalogRequest): Promise<CatalogAnswer>;
  /** Throws all that runs away; the next is rebuilt. */
  restart(): Promise<void>;
  close(): Promise<void>;
}
