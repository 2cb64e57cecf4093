import type { Expression, FunctionCall, Position, TypeName } from "../../ast/index.js";

/** A call whose arguments have their meaning already. */
export interface KnownCall {
  readonly name: string;
  readonly args: readonly Expression[];
  readonly position: Position;
  /** The call with those arguments, for rules that keep what else it says. */
  readonly call: FunctionCall;
  /** 0A000: this call is not read. */
  refuse(reason: string): never;
}

/** What a dialect's function means here. */
export interface FunctionRule {
  readonly least: number;
  readonly most: number;
  /** Arguments that are conditions, by index; the others are values. */
  readonly conditions?: readonly number[];
  /** DISTINCT, `*` and ORDER BY may stand in it. */
  readonly aggregate?: true;
  build(call: KnownCall): Expression;
}

export type OperatorRule = (left: Expression, right: Expression, position: Position) => Expression;

/** What a cast to a dialect's type means here; undefined where it is not read. */
export type TypeRule = (
  operand: Expression,
  type: TypeName,
  position: Position,
) => Expression | undefined;

/** All that is read of a dialect, a line a construct. What is not listed is refused. */
export interface Meaning {
  readonly functions: Readonly<Record<string, FunctionRule>>;
  /** Operators on two values; comparisons are the same everywhere. */
  readonly operators: Readonly<Record<string, OperatorRule>>;
  readonly types: Readonly<Record<string, TypeRule>>;
  /** Functions that are written without parentheses. */
  readonly bareFunctions: readonly string[];
  /** Where NULLs sort when nothing is said: below all values, or above. */
  readonly nulls: "low" | "high";
  /** A condition as a value: a boolean, 1 and 0, or nothing at all. */
  readonly conditions: "boolean" | "integer" | "none";
  /** What `\` is in LIKE without ESCAPE; `literal` patterns must be constants without `[`. */
  readonly like: "backslash" | "plain" | "literal";
  /** The type of `1.5`. */
  readonly decimals: "exact" | "float";
  /** The type of `1e5`. */
  readonly exponents: "float" | "refused";
  /** GREATEST and LEAST of a NULL. */
  readonly extremes: "skipNulls" | "nullIfAny" | "refused";
  /** Whether FULL is a kind of join; in MySQL it is the left table's alias. */
  readonly fullJoins: boolean;
  /** Whether GROUP BY takes ROLLUP, CUBE and GROUPING SETS. */
  readonly groupingSets: boolean;
}
