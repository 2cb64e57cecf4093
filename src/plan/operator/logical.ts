import type { Column } from "../column.js";
import type { AggregateCall, Expression, SortKey } from "../expression/index.js";
import type { FileRelation } from "./relation.js";

/** Reads `columns` of a table; `ordinals[i]` is the index of columns[i] in relation.columns. */
export interface ScanOperator {
  readonly kind: "scan";
  readonly relation: FileRelation;
  readonly columns: readonly Column[];
  readonly ordinals: readonly number[];
  readonly alias: string;
}

/** Literal rows. No column and one row stands for a SELECT without FROM. */
export interface ValuesOperator {
  readonly kind: "values";
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Expression[])[];
}

/** A set-returning function applied to an input row; without a name the set is its one argument. */
export interface SetCall {
  readonly functionName: string;
  readonly args: readonly Expression[];
  readonly column: Column;
}

/**
 * For each input row as many rows as the longest of its sets has, the shorter ones NULL at their
 * end: generate_series and its like, in FROM beside other items or in a select list. Output: the
 * input's columns, an element of each set, the row's number.
 */
export interface ProjectSetOperator {
  readonly kind: "project-set";
  readonly input: LogicalOperator;
  readonly sets: readonly SetCall[];
  /** Counts the rows of an input row from 1 (WITH ORDINALITY). */
  readonly ordinality: Column | null;
  /** An input row whose sets are all empty stays once, with NULLs (LEFT JOIN LATERAL). */
  readonly keepsEmpty: boolean;
  /** What FROM calls it; null in a select list. */
  readonly alias: string | null;
}

export interface FilterOperator {
  readonly kind: "filter";
  readonly input: LogicalOperator;
  readonly condition: Expression;
}

/** Output is exactly `items`; a column passed along is an item with its own id. */
export interface ProjectOperator {
  readonly kind: "project";
  readonly input: LogicalOperator;
  readonly items: readonly ProjectItem[];
}

export interface ProjectItem {
  readonly column: Column;
  readonly expression: Expression;
}

/**
 * semi, anti, mark and single put out the left side (mark: plus `mark`, a boolean that is NULL where
 * the condition was unknown for some row and true for none; single: plus the right side's columns,
 * NULL where no row matched, 21000 where two did). Anti keeps left rows for which no right row makes
 * the condition true (NOT EXISTS); NOT IN is planned as NOT mark.
 */
export type JoinKind = "inner" | "left" | "right" | "full" | "semi" | "anti" | "mark" | "single";

export interface JoinOperator {
  readonly kind: "join";
  readonly joinKind: JoinKind;
  readonly left: LogicalOperator;
  readonly right: LogicalOperator;
  /** Null for a cross product. */
  readonly condition: Expression | null;
  /** Whether the right side mentions columns of the left side (LATERAL, correlated subqueries). */
  readonly dependent: boolean;
  /** The boolean a mark join adds; null for all other kinds. */
  readonly mark: Column | null;
}

/** Groups by `keys`; without keys one row comes out even for no input. */
export interface AggregateOperator {
  readonly kind: "aggregate";
  readonly input: LogicalOperator;
  readonly keys: readonly ProjectItem[];
  readonly aggregates: readonly { readonly column: Column; readonly call: AggregateCall }[];
}

/** One row a distinct value of `keys`, the first in `orderBy` (SELECT DISTINCT ON). */
export interface DistinctOnOperator {
  readonly kind: "distinct-on";
  readonly input: LogicalOperator;
  readonly keys: readonly Expression[];
  readonly orderBy: readonly SortKey[];
}

/**
 * Of the rows with equal `keys` (NULLs are equal), in the order of `orderBy`, those that LIMIT
 * `count` OFFSET `offset` keeps. Both are bigint expressions that a partition has one value of; null
 * or NULL where there is no limit.
 */
export interface PartitionLimitOperator {
  readonly kind: "partition-limit";
  readonly input: LogicalOperator;
  readonly keys: readonly Expression[];
  readonly orderBy: readonly SortKey[];
  readonly count: Expression | null;
  readonly offset: Expression | null;
  readonly withTies: boolean;
}

export type SetOperationKind = "union" | "intersect" | "except";

/** columns[i] of the output comes from leftColumns[i] and rightColumns[i], of equal types. */
export interface SetOperationOperator {
  readonly kind: "set-operation";
  readonly operation: SetOperationKind;
  readonly all: boolean;
  readonly left: LogicalOperator;
  readonly right: LogicalOperator;
  readonly columns: readonly Column[];
  readonly leftColumns: readonly Column[];
  readonly rightColumns: readonly Column[];
}

export interface SortOperator {
  readonly kind: "sort";
  readonly input: LogicalOperator;
  readonly keys: readonly SortKey[];
}

/** LIMIT/OFFSET; both bigint expressions without columns; null where absent or LIMIT ALL. */
export interface LimitOperator {
  readonly kind: "limit";
  readonly input: LogicalOperator;
  readonly count: Expression | null;
  readonly offset: Expression | null;
  readonly withTies: boolean;
}

/** Makes `definition` known to CteReferences below `body`. */
export interface WithOperator {
  readonly kind: "with";
  readonly cteId: number;
  readonly name: string;
  readonly materialized: "always" | "never" | "default";
  readonly definition: LogicalOperator;
  readonly body: LogicalOperator;
}

/** Reads the rows of a CTE: columns[i] is a fresh column for definitionColumns[i]. */
export interface CteReferenceOperator {
  readonly kind: "cte-reference";
  readonly cteId: number;
  readonly name: string;
  readonly columns: readonly Column[];
  readonly definitionColumns: readonly Column[];
}

export type LogicalOperator =
  | ScanOperator
  | ValuesOperator
  | ProjectSetOperator
  | FilterOperator
  | ProjectOperator
  | JoinOperator
  | AggregateOperator
  | DistinctOnOperator
  | PartitionLimitOperator
  | SetOperationOperator
  | SortOperator
  | LimitOperator
  | WithOperator
  | CteReferenceOperator;

/** A bound query: its plan, and the result's columns in order with the names a client sees. */
export interface BoundQuery {
  readonly plan: LogicalOperator;
  readonly outputs: readonly {
    readonly name: string;
    readonly column: Column;
    /** Origin for RowDescription: relation oid and attribute number, 0 where computed. */
    readonly relationOid: number;
    readonly columnNumber: number;
  }[];
}
