import type { Expression, FunctionCall, OperatorName, ValueFunction } from "./expression.js";
import type { Position } from "./position.js";
import type { TypeName } from "./type-name.js";

/** A table, view or other relation by name. */
export interface TableName {
  readonly kind: "tableName";
  readonly catalog: string | undefined;
  readonly schema: string | undefined;
  readonly name: string;
  readonly position: Position;
}

/** `AS name (columns)`. */
export interface TableAlias {
  readonly name: string;
  readonly columns: readonly string[];
}

/** `LATERAL` is implied for functions, so only derived tables and functions carry the word. */
export interface TableReference {
  readonly kind: "tableReference";
  readonly table: TableName;
  /** Written with ONLY. */
  readonly only: boolean;
  readonly alias: TableAlias | undefined;
  readonly position: Position;
}

export interface DerivedTable {
  readonly kind: "derivedTable";
  readonly query: Query;
  readonly lateral: boolean;
  readonly alias: TableAlias | undefined;
  readonly position: Position;
}

/** One column of `AS t (name type, …)`, and of CREATE FOREIGN TABLE with its further fields. */
export interface ColumnDefinition {
  readonly kind: "columnDefinition";
  readonly name: string;
  readonly type: TypeName;
  readonly notNull: boolean;
  readonly collation: readonly string[] | undefined;
  readonly options: readonly StringOption[];
  readonly position: Position;
}

/** `name 'value'` of an OPTIONS clause. */
export interface StringOption {
  readonly name: string;
  readonly value: string;
  readonly position: Position;
}

/** One function of ROWS FROM, or the only one. */
export interface TableFunctionItem {
  readonly call: FunctionCall | ValueFunction | Expression;
  readonly columns: readonly ColumnDefinition[];
}

/** `f(x)` or `ROWS FROM (f(x), g(y))`, in FROM. */
export interface TableFunction {
  readonly kind: "tableFunction";
  readonly functions: readonly TableFunctionItem[];
  readonly rowsFrom: boolean;
  readonly ordinality: boolean;
  readonly lateral: boolean;
  readonly alias: TableAlias | undefined;
  readonly position: Position;
}

export type JoinType = "inner" | "left" | "right" | "full" | "cross";

export type JoinCondition =
  | { readonly kind: "on"; readonly expression: Expression }
  | {
      readonly kind: "using";
      readonly columns: readonly string[];
      /** `USING (…) AS alias`. */
      readonly alias: string | undefined;
    }
  | { readonly kind: "natural" };

/** `condition` is undefined exactly for `cross`. `alias` is that of a parenthesised join. */
export interface Join {
  readonly kind: "join";
  readonly joinType: JoinType;
  readonly left: FromItem;
  readonly right: FromItem;
  readonly condition: JoinCondition | undefined;
  readonly alias: TableAlias | undefined;
  readonly position: Position;
}

export type FromItem = TableReference | DerivedTable | TableFunction | Join;

export interface SelectItem {
  readonly kind: "selectItem";
  /** May be `star` or `fieldStar`. */
  readonly value: Expression;
  readonly alias: string | undefined;
  readonly position: Position;
}

export interface OrderItem {
  readonly kind: "orderItem";
  /** A bare `integerLiteral` is an output position, an unqualified name an output name first. */
  readonly expression: Expression;
  readonly direction: "default" | "asc" | "desc" | "using";
  /** Present exactly for `using`. */
  readonly using: OperatorName | undefined;
  readonly nulls: "default" | "first" | "last";
  readonly position: Position;
}

/** `simple` is a parenthesised list inside grouping sets: `GROUPING SETS ((a, b), c)`. */
export type GroupingElement =
  | {
      readonly kind: "groupingExpression";
      readonly expression: Expression;
      readonly position: Position;
    }
  | {
      readonly kind: "groupingSet";
      readonly variant: "empty" | "simple" | "rollup" | "cube" | "sets";
      readonly elements: readonly GroupingElement[];
      readonly position: Position;
    };

export type Distinct =
  | { readonly kind: "distinct" }
  | { readonly kind: "distinctOn"; readonly expressions: readonly Expression[] };

export type FrameBound =
  | { readonly kind: "unboundedPreceding" }
  | { readonly kind: "preceding"; readonly offset: Expression }
  | { readonly kind: "currentRow" }
  | { readonly kind: "following"; readonly offset: Expression }
  | { readonly kind: "unboundedFollowing" };

export interface WindowFrame {
  readonly mode: "rows" | "range" | "groups";
  readonly start: FrameBound;
  readonly end: FrameBound;
  readonly exclude: "none" | "currentRow" | "group" | "ties";
}

/** Of the WINDOW clause (then with a name), or of OVER (…). */
export interface WindowDefinition {
  readonly kind: "windowDefinition";
  readonly name: string | undefined;
  /** The window it builds on: `OVER (base ORDER BY x)`. */
  readonly base: string | undefined;
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly OrderItem[];
  /** Undefined where no frame was written (RANGE UNBOUNDED PRECEDING TO CURRENT ROW). */
  readonly frame: WindowFrame | undefined;
  readonly position: Position;
}

/** SELECT … up to WINDOW. */
export interface Select {
  readonly kind: "select";
  readonly distinct: Distinct | undefined;
  readonly items: readonly SelectItem[];
  /** Comma-separated; empty without FROM. */
  readonly from: readonly FromItem[];
  readonly where: Expression | undefined;
  readonly groupBy: readonly GroupingElement[];
  /** GROUP BY DISTINCT. */
  readonly groupDistinct: boolean;
  readonly having: Expression | undefined;
  readonly windows: readonly WindowDefinition[];
  readonly position: Position;
}

/** `VALUES (…), (…)`: at least one row; rows may differ in length (an error of the binder). */
export interface Values {
  readonly kind: "values";
  readonly rows: readonly (readonly Expression[])[];
  readonly position: Position;
}

/** Operands are whole queries: a parenthesised one may have its own WITH, ORDER BY and LIMIT. */
export interface SetOperation {
  readonly kind: "setOperation";
  readonly operator: "union" | "intersect" | "except";
  readonly all: boolean;
  readonly left: Query;
  readonly right: Query;
  readonly position: Position;
}

export type QueryBody = Select | Values | SetOperation;

export interface CommonTable {
  readonly kind: "commonTable";
  readonly name: string;
  readonly columns: readonly string[];
  readonly materialized: "default" | "always" | "never";
  readonly query: Query;
  readonly position: Position;
}

export interface With {
  readonly recursive: boolean;
  readonly tables: readonly CommonTable[];
  readonly position: Position;
}

/** `FOR UPDATE OF t NOWAIT` and its kin. */
export interface Locking {
  readonly strength: "FOR UPDATE" | "FOR NO KEY UPDATE" | "FOR SHARE" | "FOR KEY SHARE";
  readonly tables: readonly TableName[];
  readonly wait: "block" | "skip" | "error";
}

/** A whole SELECT or VALUES statement, or a subquery. `TABLE t` is `SELECT * FROM t`. */
export interface Query {
  readonly kind: "query";
  readonly with: With | undefined;
  readonly body: QueryBody;
  readonly orderBy: readonly OrderItem[];
  /** LIMIT ALL is a `nullLiteral`. */
  readonly limit: Expression | undefined;
  /** FETCH FIRST … WITH TIES. */
  readonly withTies: boolean;
  readonly offset: Expression | undefined;
  /** Row locks: not what this engine does, kept so that catalog queries can be routed. */
  readonly locking: readonly Locking[];
  /**
   * Of a whole statement in a dialect that keeps the case of its columns' names and minds none: how
   * the client sees them, where that is known.
   */
  readonly labels?: readonly (string | undefined)[];
  readonly position: Position;
}
