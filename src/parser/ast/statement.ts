import type { AccessControl, RoleName } from "./access-statement.js";
import type { Expression, QualifiedName } from "./expression.js";
import type { Position } from "./position.js";
import type { ColumnDefinition, Query, StringOption, TableName } from "./select.js";
import type { CreateTable, CreateTableAs, Insert, Truncate } from "./table-statement.js";
import type { TypeName } from "./type-name.js";

/** One of `EXPLAIN (ANALYZE, FORMAT json)`; `value` is undefined where only the name stood. */
export interface UtilityOption {
  readonly name: string;
  readonly value: string | undefined;
  readonly position: Position;
}

export interface Explain {
  readonly kind: "explain";
  readonly options: readonly UtilityOption[];
  readonly statement: Statement;
  readonly position: Position;
}

export interface CreateSchema {
  readonly kind: "createSchema";
  /** Undefined for `CREATE SCHEMA AUTHORIZATION role`: the schema is named after the role. */
  readonly name: string | undefined;
  readonly authorization: RoleName | undefined;
  readonly ifNotExists: boolean;
  readonly position: Position;
}

export interface CreateForeignTable {
  readonly kind: "createForeignTable";
  readonly table: TableName;
  readonly ifNotExists: boolean;
  /** Empty where the files are to say. */
  readonly columns: readonly ColumnDefinition[];
  readonly server: string;
  readonly options: readonly StringOption[];
  readonly position: Position;
}

export interface CreateServer {
  readonly kind: "createServer";
  readonly name: string;
  readonly ifNotExists: boolean;
  readonly wrapper: string;
  readonly serverType: string | undefined;
  readonly version: string | undefined;
  readonly options: readonly StringOption[];
  readonly position: Position;
}

export type ImportSelection =
  | { readonly kind: "all" }
  | { readonly kind: "limitTo"; readonly tables: readonly string[] }
  | { readonly kind: "except"; readonly tables: readonly string[] };

export interface ImportForeignSchema {
  readonly kind: "importForeignSchema";
  readonly remoteSchema: string;
  readonly server: string;
  readonly localSchema: string;
  readonly selection: ImportSelection;
  readonly options: readonly StringOption[];
  readonly position: Position;
}

export interface CreateView {
  readonly kind: "createView";
  readonly view: TableName;
  readonly replace: boolean;
  readonly temporary: boolean;
  /** Empty where the query's own names are kept. */
  readonly columns: readonly string[];
  readonly query: Query;
  /** The text of `query`; it parses on its own. */
  readonly queryText: string;
  readonly position: Position;
}

export type DropObjectType =
  "schema" | "table" | "foreignTable" | "view" | "materializedView" | "server";

export interface Drop {
  readonly kind: "drop";
  readonly objectType: DropObjectType;
  readonly names: readonly QualifiedName[];
  readonly ifExists: boolean;
  readonly cascade: boolean;
  readonly position: Position;
}

export interface MaintenanceTarget {
  readonly table: TableName;
  readonly columns: readonly string[];
}

/** ANALYZE; no targets means every table. */
export interface Analyze {
  readonly kind: "analyze";
  readonly targets: readonly MaintenanceTarget[];
  readonly options: readonly UtilityOption[];
  readonly position: Position;
}

export interface Vacuum {
  readonly kind: "vacuum";
  readonly targets: readonly MaintenanceTarget[];
  readonly options: readonly UtilityOption[];
  readonly position: Position;
}

/** COMMENT ON; a column's name is its last part. `comment` is undefined for IS NULL. */
export interface Comment {
  readonly kind: "comment";
  readonly objectType: DropObjectType | "column" | "database";
  readonly name: QualifiedName;
  readonly comment: string | undefined;
  readonly position: Position;
}

export type IsolationLevel =
  "read uncommitted" | "read committed" | "repeatable read" | "serializable";

/** What is undefined was not written. */
export interface TransactionModes {
  readonly isolation: IsolationLevel | undefined;
  readonly readOnly: boolean | undefined;
  readonly deferrable: boolean | undefined;
}

/** BEGIN or START TRANSACTION (`start`: the command tag differs). */
export interface Begin {
  readonly kind: "begin";
  readonly start: boolean;
  readonly modes: TransactionModes;
  readonly position: Position;
}

/** COMMIT or END. */
export interface Commit {
  readonly kind: "commit";
  readonly chain: boolean;
  readonly position: Position;
}

/** ROLLBACK or ABORT. */
export interface Rollback {
  readonly kind: "rollback";
  readonly chain: boolean;
  readonly position: Position;
}

export interface Savepoint {
  readonly kind: "savepoint";
  readonly name: string;
  readonly position: Position;
}

export interface ReleaseSavepoint {
  readonly kind: "releaseSavepoint";
  readonly name: string;
  readonly position: Position;
}

export interface RollbackToSavepoint {
  readonly kind: "rollbackToSavepoint";
  readonly name: string;
  readonly position: Position;
}

/** One value of SET. An `interval` is that of `SET TIME ZONE INTERVAL '2' HOUR`. */
export type SettingValue =
  | { readonly kind: "text"; readonly text: string; readonly position: Position }
  | { readonly kind: "number"; readonly text: string; readonly position: Position }
  | {
      readonly kind: "interval";
      readonly text: string;
      readonly type: TypeName;
      readonly position: Position;
    };

/** `SET name = value, …`; names keep their dots; `SET TIME ZONE x` is the setting `timezone`. */
export interface SetVariable {
  readonly kind: "setVariable";
  readonly name: string;
  readonly local: boolean;
  /** Undefined for `TO DEFAULT`. */
  readonly values: readonly SettingValue[] | undefined;
  readonly position: Position;
}

/** SET TRANSACTION, or SET SESSION CHARACTERISTICS AS TRANSACTION (`session`). */
export interface SetTransaction {
  readonly kind: "setTransaction";
  readonly session: boolean;
  readonly modes: TransactionModes;
  readonly position: Position;
}

/** `name` is undefined for RESET ALL. */
export interface ResetVariable {
  readonly kind: "resetVariable";
  readonly name: string | undefined;
  readonly position: Position;
}

/** `name` is undefined for SHOW ALL. */
export interface ShowVariable {
  readonly kind: "showVariable";
  readonly name: string | undefined;
  readonly position: Position;
}

export interface Prepare {
  readonly kind: "prepare";
  readonly name: string;
  readonly parameterTypes: readonly TypeName[];
  readonly statement: Statement;
  readonly statementText: string;
  readonly position: Position;
}

export interface Execute {
  readonly kind: "execute";
  readonly name: string;
  readonly arguments: readonly Expression[];
  readonly position: Position;
}

/** `name` is undefined for DEALLOCATE ALL. */
export interface Deallocate {
  readonly kind: "deallocate";
  readonly name: string | undefined;
  readonly position: Position;
}

export interface DeclareCursor {
  readonly kind: "declareCursor";
  readonly name: string;
  readonly query: Query;
  readonly queryText: string;
  readonly binary: boolean;
  readonly scroll: "default" | "scroll" | "noScroll";
  readonly hold: boolean;
  readonly position: Position;
}

/** FETCH, or MOVE (`move`). `count` may be negative; "all" is every row that is left. */
export interface Fetch {
  readonly kind: "fetch";
  readonly cursor: string;
  readonly direction: "forward" | "backward" | "absolute" | "relative";
  readonly count: number | "all";
  readonly move: boolean;
  readonly position: Position;
}

/** `cursor` is undefined for CLOSE ALL. */
export interface CloseCursor {
  readonly kind: "closeCursor";
  readonly cursor: string | undefined;
  readonly position: Position;
}

/** One of COPY's options; `value` is undefined where only the name stood. */
export interface CopyOption {
  readonly name: string;
  readonly value:
    | { readonly kind: "word"; readonly text: string }
    | { readonly kind: "names"; readonly names: readonly string[] }
    | { readonly kind: "all" }
    | undefined;
  readonly position: Position;
}

export interface Copy {
  readonly kind: "copy";
  readonly source:
    | { readonly kind: "query"; readonly query: Query }
    /** No columns: all of them. */
    | { readonly kind: "table"; readonly table: TableName; readonly columns: readonly string[] };
  readonly direction: "to" | "from";
  /** The client's STDIN or STDOUT, a file or a program of the server's. */
  readonly endpoint: "client" | "file" | "program";
  readonly options: readonly CopyOption[];
  readonly where: Expression | undefined;
  readonly position: Position;
}

export interface Discard {
  readonly kind: "discard";
  readonly target: "all" | "plans" | "sequences" | "temp";
  readonly position: Position;
}

export interface Listen {
  readonly kind: "listen";
  readonly channel: string;
  readonly position: Position;
}

export interface Notify {
  readonly kind: "notify";
  readonly channel: string;
  readonly payload: string | undefined;
  readonly position: Position;
}

/** `channel` is undefined for UNLISTEN *. */
export interface Unlisten {
  readonly kind: "unlisten";
  readonly channel: string | undefined;
  readonly position: Position;
}

export interface Checkpoint {
  readonly kind: "checkpoint";
  readonly position: Position;
}

/** Valid PostgreSQL that has no meaning here; `tag` is its command tag, such as "CREATE INDEX". */
export interface Unsupported {
  readonly kind: "unsupported";
  readonly tag: string;
  readonly position: Position;
}

export type Statement =
  | Query
  | Explain
  | CreateSchema
  | CreateForeignTable
  | CreateServer
  | ImportForeignSchema
  | CreateView
  | CreateTable
  | CreateTableAs
  | Insert
  | Truncate
  | Drop
  | Analyze
  | Vacuum
  | Comment
  | Begin
  | Commit
  | Rollback
  | Savepoint
  | ReleaseSavepoint
  | RollbackToSavepoint
  | SetVariable
  | SetTransaction
  | ResetVariable
  | ShowVariable
  | Prepare
  | Execute
  | Deallocate
  | DeclareCursor
  | Fetch
  | CloseCursor
  | Copy
  | Discard
  | Listen
  | Notify
  | Unlisten
  | Checkpoint
  | AccessControl
  | Unsupported;
