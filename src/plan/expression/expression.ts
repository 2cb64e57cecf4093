import type { PhysicalType, SqlType } from "../../types/index.js";
import type { Column } from "../column.js";
import type { LogicalOperator } from "../operator/logical.js";

export type Volatility = "immutable" | "stable" | "volatile";

interface ExpressionBase {
  readonly type: SqlType;
  readonly physical: PhysicalType;
  readonly nullable: boolean;
  /** 1-based character position in the statement, for errors found after binding. */
  readonly position?: number;
}

/** A column of an input, or of an enclosing query (then the subquery is correlated). */
export interface ColumnExpression extends ExpressionBase {
  readonly kind: "column";
  readonly column: Column;
}

/**
 * A constant: PostgreSQL's text of the value (ISO dates, timestamptz in UTC with +00, bytea in hex,
 * interval in style postgres, t/f for booleans, shortest round-trip floats), or null for NULL.
 */
export interface LiteralExpression extends ExpressionBase {
  readonly kind: "literal";
  /** Of an array: its bytes in hex, as those of any bytea. */
  readonly text: string | null;
  /** An array as it is shown, {1,NULL}; its elements are literal texts. */
  readonly shown?: string;
}

/** Parameter $`index` (from 1); replaced by a literal before optimization. */
export interface ParameterExpression extends ExpressionBase {
  readonly kind: "parameter";
  readonly index: number;
}

/** A native operation (engine-native/ops). Overload = op + physical types of the arguments. */
export interface CallExpression extends ExpressionBase {
  readonly kind: "call";
  readonly op: string;
  readonly args: readonly Expression[];
  readonly volatility: Volatility;
  /** Whether it can raise an error: then it must not move past what guards it. */
  readonly fallible: boolean;
}

/** Three-valued AND/OR over two or more arguments; evaluated left to right under a selection. */
export interface ConnectiveExpression extends ExpressionBase {
  readonly kind: "and" | "or";
  readonly args: readonly Expression[];
}

export interface NotExpression extends ExpressionBase {
  readonly kind: "not";
  readonly operand: Expression;
}

export interface IsNullExpression extends ExpressionBase {
  readonly kind: "is-null";
  readonly operand: Expression;
  readonly negated: boolean;
}

/** Searched CASE; a simple CASE is bound to it. */
export interface CaseExpression extends ExpressionBase {
  readonly kind: "case";
  readonly branches: readonly { readonly when: Expression; readonly then: Expression }[];
  readonly otherwise: Expression;
}

export interface CoalesceExpression extends ExpressionBase {
  readonly kind: "coalesce";
  readonly args: readonly Expression[];
}

/** `operand [NOT] IN (literals)`; all of one physical type. NULL items follow three-valued logic. */
export interface InListExpression extends ExpressionBase {
  readonly kind: "in-list";
  readonly operand: Expression;
  readonly items: readonly LiteralExpression[];
  readonly negated: boolean;
}

/** The value of a one-column, at most one-row query (21000 beyond; NULL for no row). */
export interface ScalarSubqueryExpression extends ExpressionBase {
  readonly kind: "scalar-subquery";
  readonly plan: LogicalOperator;
  readonly output: Column;
}

export interface ExistsExpression extends ExpressionBase {
  readonly kind: "exists";
  readonly plan: LogicalOperator;
}

/**
 * `x op ANY (query)`: true if `condition` is true for a row, false if false for every row, else NULL.
 * `condition` speaks of the enclosing query's columns and the plan's output columns. IN is this with
 * equality; ALL is NOT ANY with the negated operator.
 */
export interface AnySubqueryExpression extends ExpressionBase {
  readonly kind: "any-subquery";
  readonly plan: LogicalOperator;
  readonly condition: Expression;
}

export type SubqueryExpression =
  ScalarSubqueryExpression | ExistsExpression | AnySubqueryExpression;

export type Expression =
  | ColumnExpression
  | LiteralExpression
  | ParameterExpression
  | CallExpression
  | ConnectiveExpression
  | NotExpression
  | IsNullExpression
  | CaseExpression
  | CoalesceExpression
  | InListExpression
  | SubqueryExpression;

/** An aggregate of engine-native/ops/aggregate.def over the rows of a group. */
export interface AggregateCall {
  /** Name in aggregate.def; overload = name + physical types of the arguments. */
  readonly aggregate: string;
  readonly args: readonly Expression[];
  readonly distinct: boolean;
  readonly filter: Expression | null;
  /** Only for order-sensitive aggregates (string_agg, array_agg). */
  readonly orderBy: readonly SortKey[];
}

export interface SortKey {
  readonly expression: Expression;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}
