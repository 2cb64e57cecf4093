import type { Expression } from "./expression.js";
import type { Position } from "./position.js";
import type { ColumnDefinition, Query, SelectItem, TableName } from "./select.js";

/** What becomes of a temporary table's rows, or of itself, when its transaction commits. */
export type OnCommit = "preserve" | "delete" | "drop";

/** A column of CREATE TABLE. */
export interface TableColumn {
  readonly definition: ColumnDefinition;
  /** Undefined where there is none. */
  readonly defaultValue: Expression | undefined;
}

/** CREATE TEMPORARY TABLE; that of other tables is `unsupported`. */
export interface CreateTable {
  readonly kind: "createTable";
  readonly table: TableName;
  readonly ifNotExists: boolean;
  readonly columns: readonly TableColumn[];
  readonly onCommit: OnCommit;
  readonly position: Position;
}

/** CREATE TEMPORARY TABLE … AS, or SELECT INTO TEMPORARY. */
export interface CreateTableAs {
  readonly kind: "createTableAs";
  readonly table: TableName;
  readonly ifNotExists: boolean;
  /** May be fewer than the query has, whose names the others keep. */
  readonly columns: readonly string[];
  readonly query: Query;
  readonly withData: boolean;
  readonly onCommit: OnCommit;
  readonly position: Position;
}

export interface InsertColumn {
  readonly name: string;
  readonly position: Position;
}

/** Where the rows come from; in rows of values undefined stands for DEFAULT. */
export type InsertSource =
  | { readonly kind: "query"; readonly query: Query }
  | {
      readonly kind: "values";
      readonly rows: readonly (readonly (Expression | undefined)[])[];
    }
  | { readonly kind: "defaults" };

export interface Insert {
  readonly kind: "insert";
  readonly table: TableName;
  /** The name that RETURNING may use instead of the table's. */
  readonly alias: string | undefined;
  /** Empty where none is written: all, in their order. */
  readonly columns: readonly InsertColumn[];
  readonly source: InsertSource;
  /** Empty where there is none. */
  readonly returning: readonly SelectItem[];
  readonly position: Position;
}

export interface Truncate {
  readonly kind: "truncate";
  readonly tables: readonly TableName[];
  readonly position: Position;
}
