import type { Literal } from "./literal.js";
import type { Position } from "./position.js";
import type { OrderItem, Query, WindowDefinition } from "./select.js";
import type { TypeName } from "./type-name.js";

/** A dotted name, outermost part first; never empty. Parts are case-folded unless quoted. */
export type QualifiedName = readonly string[];

/** `+`, or `OPERATOR(pg_catalog.+)` with its schema. */
export interface OperatorName {
  readonly schema: string | undefined;
  readonly name: string;
}

/** `column`, `table.column`, `schema.table.column` or `catalog.schema.table.column`. */
export interface ColumnReference {
  readonly kind: "columnReference";
  readonly names: QualifiedName;
  readonly position: Position;
}

/** `*` (no qualifier) or `table.*`. */
export interface Star {
  readonly kind: "star";
  readonly qualifier: readonly string[];
  readonly position: Position;
}

/** `$n`. */
export interface Parameter {
  readonly kind: "parameter";
  readonly number: number;
  readonly position: Position;
}

export interface UnaryOperator {
  readonly kind: "unaryOperator";
  readonly operator: OperatorName;
  readonly operand: Expression;
  readonly position: Position;
}

/** Row comparisons are this too, with `row` operands: `(a, b) < (1, 2)`. */
export interface BinaryOperator {
  readonly kind: "binaryOperator";
  readonly operator: OperatorName;
  readonly left: Expression;
  readonly right: Expression;
  readonly position: Position;
}

/** N-ary: `a AND b AND c` is one node with three operands (at least two). */
export interface And {
  readonly kind: "and";
  readonly operands: readonly Expression[];
  readonly position: Position;
}

export interface Or {
  readonly kind: "or";
  readonly operands: readonly Expression[];
  readonly position: Position;
}

export interface Not {
  readonly kind: "not";
  readonly operand: Expression;
  readonly position: Position;
}

/** `IS NULL`; `negated` is `IS NOT NULL` (on a row not the same as NOT (… IS NULL)). */
export interface NullTest {
  readonly kind: "nullTest";
  readonly operand: Expression;
  readonly negated: boolean;
  readonly position: Position;
}

/** `IS [NOT] TRUE | FALSE | UNKNOWN`. */
export interface BooleanTest {
  readonly kind: "booleanTest";
  readonly operand: Expression;
  readonly test: "true" | "false" | "unknown";
  readonly negated: boolean;
  readonly position: Position;
}

/** `IS DISTINCT FROM`; `negated` is `IS NOT DISTINCT FROM`. */
export interface DistinctTest {
  readonly kind: "distinctTest";
  readonly left: Expression;
  readonly right: Expression;
  readonly negated: boolean;
  readonly position: Position;
}

export interface NullIf {
  readonly kind: "nullIf";
  readonly left: Expression;
  readonly right: Expression;
  readonly position: Position;
}

export interface Between {
  readonly kind: "between";
  readonly operand: Expression;
  readonly low: Expression;
  readonly high: Expression;
  readonly symmetric: boolean;
  readonly negated: boolean;
  readonly position: Position;
}

/** `operand [NOT] IN (items)`, at least one item. */
export interface InList {
  readonly kind: "inList";
  readonly operand: Expression;
  readonly items: readonly Expression[];
  readonly negated: boolean;
  readonly position: Position;
}

/** `escape` is undefined where the ESCAPE clause is absent (the escape is then a backslash). */
export interface Like {
  readonly kind: "like";
  readonly variant: "like" | "ilike" | "similar";
  readonly operand: Expression;
  readonly pattern: Expression;
  readonly escape: Expression | undefined;
  readonly negated: boolean;
  readonly position: Position;
}

export type Quantifier = "any" | "all";

/** `left op ANY (array)`; SOME is ANY. */
export interface QuantifiedArray {
  readonly kind: "quantifiedArray";
  readonly operator: OperatorName;
  readonly quantifier: Quantifier;
  readonly left: Expression;
  readonly array: Expression;
  readonly position: Position;
}

/** `left op ANY (query)`; `left` is a `row` for several columns. */
export interface QuantifiedSubquery {
  readonly kind: "quantifiedSubquery";
  readonly operator: OperatorName;
  readonly quantifier: Quantifier;
  readonly left: Expression;
  readonly query: Query;
  readonly position: Position;
}

/** `operand IN (query)`. `NOT IN` is a `not` around it. */
export interface InSubquery {
  readonly kind: "inSubquery";
  readonly operand: Expression;
  readonly query: Query;
  readonly position: Position;
}

export interface ScalarSubquery {
  readonly kind: "scalarSubquery";
  readonly query: Query;
  readonly position: Position;
}

export interface Exists {
  readonly kind: "exists";
  readonly query: Query;
  readonly position: Position;
}

/** `ARRAY(query)`. */
export interface ArraySubquery {
  readonly kind: "arraySubquery";
  readonly query: Query;
  readonly position: Position;
}

export interface CaseBranch {
  /** A condition; in the simple form (`operand` present) a value to compare with. */
  readonly when: Expression;
  readonly then: Expression;
  readonly position: Position;
}

export interface Case {
  readonly kind: "case";
  readonly operand: Expression | undefined;
  readonly branches: readonly CaseBranch[];
  readonly otherwise: Expression | undefined;
  readonly position: Position;
}

export interface Coalesce {
  readonly kind: "coalesce";
  readonly arguments: readonly Expression[];
  readonly position: Position;
}

/** GREATEST and LEAST. */
export interface MinMax {
  readonly kind: "minMax";
  readonly variant: "greatest" | "least";
  readonly arguments: readonly Expression[];
  readonly position: Position;
}

/**
 * `CAST(x AS t)`, `x::t`, and a typed literal `t 'text'`, which is a cast of a string literal.
 * A typed literal has its type's position.
 */
export interface Cast {
  readonly kind: "cast";
  readonly operand: Expression;
  readonly type: TypeName;
  /** Set by a session: the operand is the value of that parameter, and cast by assignment. */
  readonly parameter?: number;
  readonly position: Position;
}

/** `name` is present for `name => value`. */
export interface FunctionArgument {
  readonly name: string | undefined;
  readonly value: Expression;
  readonly position: Position;
}

/** `OVER w`. */
export interface WindowReference {
  readonly kind: "windowReference";
  readonly name: string;
  readonly position: Position;
}

/**
 * A call. Special syntax arrives as the function it stands for: `EXTRACT(f FROM x)` is
 * `pg_catalog.extract('f', x)`, `x AT TIME ZONE z` is `pg_catalog.timezone(z, x)`,
 * `SUBSTRING(… FROM …)` is `pg_catalog.substring`, `TRIM(BOTH …)` is `pg_catalog.btrim`,
 * `POSITION(a IN b)` is `pg_catalog.position(b, a)`, OVERLAPS is `pg_catalog.overlaps` of four.
 */
export interface FunctionCall {
  readonly kind: "functionCall";
  readonly name: QualifiedName;
  readonly arguments: readonly FunctionArgument[];
  /** `count(*)`; then there are no arguments. */
  readonly star: boolean;
  readonly distinct: boolean;
  /** The last argument was marked VARIADIC. */
  readonly variadic: boolean;
  /** ORDER BY inside the parentheses, or of WITHIN GROUP. */
  readonly orderBy: readonly OrderItem[];
  readonly withinGroup: boolean;
  readonly filter: Expression | undefined;
  readonly over: WindowReference | WindowDefinition | undefined;
  readonly position: Position;
}

export type ValueFunctionName =
  | "current_date"
  | "current_time"
  | "current_timestamp"
  | "localtime"
  | "localtimestamp"
  | "current_role"
  | "current_user"
  | "user"
  | "session_user"
  | "current_catalog"
  | "current_schema";

/** A function written without parentheses; `precision` is present for `current_timestamp(3)`. */
export interface ValueFunction {
  readonly kind: "valueFunction";
  readonly name: ValueFunctionName;
  readonly precision: number | undefined;
  readonly position: Position;
}

/** `ROW(…)` (explicit) or `(a, b)`. */
export interface Row {
  readonly kind: "row";
  readonly items: readonly Expression[];
  readonly explicit: boolean;
  readonly position: Position;
}

/** `ARRAY[…]`; nested brackets are nested nodes. */
export interface ArrayConstructor {
  readonly kind: "array";
  readonly elements: readonly Expression[];
  readonly position: Position;
}

export type Subscript =
  | { readonly kind: "index"; readonly value: Expression }
  | {
      readonly kind: "slice";
      readonly lower: Expression | undefined;
      readonly upper: Expression | undefined;
    };

/** `operand[1][2:3]`: all adjacent subscripts in one node. */
export interface Subscripting {
  readonly kind: "subscripting";
  readonly operand: Expression;
  readonly subscripts: readonly Subscript[];
  readonly position: Position;
}

/** `(operand).field`. */
export interface FieldSelection {
  readonly kind: "fieldSelection";
  readonly operand: Expression;
  readonly field: string;
  readonly position: Position;
}

/** `(operand).*`. */
export interface FieldStar {
  readonly kind: "fieldStar";
  readonly operand: Expression;
  readonly position: Position;
}

export interface Collate {
  readonly kind: "collate";
  readonly operand: Expression;
  readonly collation: QualifiedName;
  readonly position: Position;
}

/** `GROUPING(a, b)`. */
export interface Grouping {
  readonly kind: "grouping";
  readonly arguments: readonly Expression[];
  readonly position: Position;
}

export type Expression =
  | Literal
  | ColumnReference
  | Star
  | Parameter
  | UnaryOperator
  | BinaryOperator
  | And
  | Or
  | Not
  | NullTest
  | BooleanTest
  | DistinctTest
  | NullIf
  | Between
  | InList
  | Like
  | QuantifiedArray
  | QuantifiedSubquery
  | InSubquery
  | ScalarSubquery
  | Exists
  | ArraySubquery
  | Case
  | Coalesce
  | MinMax
  | Cast
  | FunctionCall
  | ValueFunction
  | Row
  | ArrayConstructor
  | Subscripting
  | FieldSelection
  | FieldStar
  | Collate
  | Grouping;
