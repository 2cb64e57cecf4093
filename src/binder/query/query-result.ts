import type { Column, Expression, LogicalOperator } from "../../plan/index.js";
import type { ColumnOrigin } from "../scope.js";

/** A result column of a query. */
export interface OutputColumn {
  readonly name: string;
  readonly column: Column;
  /** The value that the top projection computes; a constant of unknown type can still be retyped. */
  readonly expression: Expression;
  readonly origin: ColumnOrigin | undefined;
  /** Where the column's expression starts. */
  readonly position: number | undefined;
}

/** A bound query. The plan may put out more columns than `outputs` names (hidden sort keys). */
export interface QueryResult {
  readonly plan: LogicalOperator;
  readonly outputs: readonly OutputColumn[];
}

export interface QueryOptions {
  /** Whether constants of still unknown type become text; not so below UNION. */
  readonly resolveUnknowns: boolean;
}
