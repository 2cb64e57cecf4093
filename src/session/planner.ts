import type { TlsFacts } from "../env/index.js";
import type { SqlError } from "../errors/index.js";
import type {
  AccessControl,
  Analyze,
  Comment,
  Copy,
  CreateForeignTable,
  CreateSchema,
  CreateServer,
  CreateTable,
  CreateTableAs,
  CreateView,
  Drop,
  Explain,
  ImportForeignSchema,
  Insert,
  Query,
  Truncate,
  Vacuum,
} from "../parser/index.js";
import type { CatalogDraft } from "../catalog/index.js";
import type { CopyFormat } from "../fragments/index.js";
import type { EvaluationSettings } from "../plan/index.js";
import type { Eventual } from "./eventual.js";
import type { SegmentStore, TemporaryRelations } from "./temporary/index.js";
import type { Authority, SettingsSnapshot } from "./settings/index.js";

/** 0 is text, 1 is binary. */
export type Format = 0 | 1;

/** One column of a result, as RowDescription tells it. */
export interface ResultColumn {
  readonly name: string;
  readonly typeOid: number;
  /** pg_type.typlen. */
  readonly typeSize: number;
  readonly typmod: number;
  /** 0 where the column is no table's. */
  readonly tableOid: number;
  readonly columnNumber: number;
}

/** A parameter's value in PostgreSQL's text or binary form of its type; null is SQL NULL. */
export interface BoundParameter {
  readonly format: Format;
  readonly bytes: Uint8Array | null;
}

/** Who a session is. Fixed for its life. */
export interface SessionIdentity {
  /** What pg_backend_pid() answers and BackendKeyData says. */
  readonly processId: number;
  /** Who logged in. */
  readonly user: string;
  /** Nobody of that name is known: the server is open, and whoever comes is a superuser. */
  readonly guest: boolean;
  readonly database: string;
  /** What version() answers. */
  readonly versionText: string;
  /** Where its client connects from. */
  readonly client?: { readonly host: string; readonly port: number };
  /** Absent or null where its connection is not encrypted. */
  readonly tls?: TlsFacts | null;
}

/** A transaction for those inside it: the same object from its first statement to its end. */
export interface TransactionScope {
  /** Inside BEGIN … COMMIT, as against one statement, one query string or one pipeline. */
  readonly explicit: boolean;
  /** What it has made of the definitions so far, which only it sees; null: nothing. */
  draft: CatalogDraft | null;
}

/** All that one run of a statement may depend on beside its tree and the catalog. */
export interface StatementContext {
  readonly session: SessionIdentity;
  readonly settings: SettingsSnapshot;
  readonly transaction: TransactionScope;
  /** The session's own relations. */
  readonly temporary: TemporaryRelations;
  /** Zone, styles and clocks that values depend on. */
  readonly evaluation: EvaluationSettings;
  /** The text positions count in. */
  readonly text: string;
  /** Aborted with the SqlError that ends the statement: cancel, timeout, disconnect, shutdown. */
  readonly signal: AbortSignal;
  /** Sends a NOTICE or WARNING. */
  notice(condition: SqlError): void;
}

/** A page of complete DataRow messages; `release` gives the memory back, once, after the last use. */
export interface EncodedPage {
  readonly kind: "encoded";
  readonly bytes: Uint8Array;
  readonly rowCount: number;
  release(): void;
}

/** Rows of strings, for results that are few and no query's (EXPLAIN, SHOW). Every column is text. */
export interface TextPage {
  readonly kind: "text";
  readonly rows: readonly (readonly (string | null)[])[];
}

export type ResultPage = EncodedPage | TextPage;

/** Rows that a run makes. One caller at a time. */
export interface ResultStream {
  /** The next page, never empty; null at the end. Rejects with what the run failed of. */
  next(): Promise<ResultPage | null>;
  /** All rows where they are there already, and the end; null where there are none (any more). */
  takeAll?(): EncodedPage | null;
  /** Ends the run, early or not, and frees all it holds. May be called twice. */
  close(): Promise<void>;
}

/** A planned statement that answers rows. Has no run of its own: it may be started many times. */
export interface PlannedQuery {
  readonly columns: readonly ResultColumn[];
  /** Type OIDs of `$1`, `$2`, …; all known. */
  readonly parameterOids: readonly number[];
  /** Whether the plan still holds for the catalog and these settings. */
  isCurrent(context: StatementContext): boolean;
  /** Whether it reads the table of that OID; absent where it can read none of the session's. */
  reads?(oid: number): boolean;
  /**
   * Starts a run. `resultFormats` has one for each column; with `copy` its pages are of CopyData
   * messages, a row each.
   */
  start(
    parameters: readonly BoundParameter[],
    resultFormats: readonly Format[],
    context: StatementContext,
    copy?: CopyFormat,
  ): ResultStream;
}

/** A planned INSERT. */
export interface PlannedInsert extends PlannedQuery {
  /** Puts the rows in; answers how many there are. */
  insert(parameters: readonly BoundParameter[], context: StatementContext): Promise<number>;
}

/** COPY's bytes on their way into a temporary table. One call at a time. */
export interface CopyIntoTable {
  readonly isBinary: boolean;
  /** ENCODING says what the text is in: it is no client's to convert. */
  readonly isEncodingNamed: boolean;
  readonly columnCount: number;
  /** Resolves when more may come. */
  feed(bytes: Uint8Array): Promise<void>;
  /** There is no more: the rows are in the table; answers how many they are. */
  finish(): Promise<number>;
  /** Without a finish nothing was put in. */
  close(): void;
}

/** Statements that change or inspect the catalog and answer no rows. */
export type UtilityStatement =
  | CreateSchema
  | CreateForeignTable
  | CreateServer
  | ImportForeignSchema
  | CreateView
  | CreateTable
  | Truncate
  | Drop
  | Analyze
  | Vacuum
  | AccessControl
  | Comment;

/** What a session needs of the rooms that plan and run; main fills it. */
export interface Planner {
  /**
   * `parameterOids`: what the client declared, 0 where it did not; may be shorter than needed. Null
   * where the statement cannot have parameters, as in a simple query.
   */
  plan(
    statement: Query | Explain,
    parameterOids: readonly number[] | null,
    context: StatementContext,
  ): Eventual<PlannedQuery>;
  /** Who a session may become; where there is none, it stays its user. */
  authorityOf?(identity: SessionIdentity, draft: () => CatalogDraft | null): Authority;
  /** What it changes of definitions is the transaction's draft afterwards. */
  runUtility(statement: UtilityStatement, context: StatementContext): Promise<void>;
  /** Makes a draft what is defined: durable and visible to all when it resolves. */
  commit(draft: CatalogDraft): Promise<void>;
  /** Relations that are a session's own; without it there are none. */
  readonly temporary?: TemporaryPlanner;
}

/** Makes and changes relations that are a session's own. */
export interface TemporaryPlanner {
  /** Where their rows lie. */
  readonly segments: SegmentStore;
  /** 0A000 where the table is not the session's own. */
  planInsert(
    statement: Insert,
    parameterOids: readonly number[] | null,
    context: StatementContext,
  ): Promise<PlannedInsert>;
  /** CREATE TABLE AS: the number of rows, null where none were to be put in. */
  createTableAs(statement: CreateTableAs, context: StatementContext): Promise<number | null>;
  /** COPY … FROM STDIN into a temporary table; null where it is into another relation. */
  copyIntoTable(statement: Copy, context: StatementContext): Promise<CopyIntoTable | null>;
}
