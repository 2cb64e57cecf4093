import type {
  CallExpression,
  CaseExpression,
  Expression,
  LiteralExpression,
  Volatility,
} from "../plan/index.js";
import {
  physicalTypeOf,
  samePhysical,
  sqlType,
  type PhysicalType,
  type SqlType,
} from "../types/index.js";

export const BOOL = sqlType("bool");
export const INT4 = sqlType("int4");
export const TEXT = sqlType("text");

export interface CallFacts {
  readonly type: SqlType;
  /** Where it is not the SQL type's usual form. */
  readonly physical?: PhysicalType;
  /** Whether evaluation can raise an error. */
  readonly fallible: boolean;
  readonly volatility?: Volatility;
  /** Where it does not follow from strictness: NULL for any NULL argument and only then. */
  readonly nullable?: boolean;
}

/** A call of a native operation. */
export function callOp(op: string, args: readonly Expression[], facts: CallFacts): CallExpression {
  return {
    kind: "call",
    op,
    args,
    type: facts.type,
    physical: facts.physical ?? physicalTypeOf(facts.type),
    nullable: facts.nullable ?? args.some((a) => a.nullable),
    volatility: facts.volatility ?? "immutable",
    fallible: facts.fallible,
  };
}

export function literal(
  text: string | null,
  type: SqlType,
  physical: PhysicalType = physicalTypeOf(type),
): LiteralExpression {
  return { kind: "literal", text, type, physical, nullable: text === null };
}

/** An int4 constant, as operations take scales, lengths and modifiers. */
export function integer(value: number): LiteralExpression {
  return literal(String(value), INT4);
}

export function boolean(value: boolean): LiteralExpression {
  return literal(value ? "t" : "f", BOOL);
}

/**
 * The same value under another SQL type or a wider precision: the node with new labels. A column
 * node may thus be labelled otherwise than its column; the node's labels hold.
 */
export function relabel(
  expression: Expression,
  type: SqlType,
  physical: PhysicalType = expression.physical,
): Expression {
  const same =
    expression.type.name === type.name &&
    expression.type.typmod === type.typmod &&
    samePhysical(expression.physical, physical);
  return same ? expression : { ...expression, type, physical };
}

export function not(operand: Expression): Expression {
  const labels = { type: BOOL, physical: physicalTypeOf(BOOL), nullable: operand.nullable };
  return { kind: "not", operand, ...labels };
}

/** AND or OR; nested ones of the same kind are flattened, and one argument stands for itself. */
export function connect(kind: "and" | "or", args: readonly Expression[]): Expression {
  const flat = args.flatMap((a) => (a.kind === kind ? a.args : [a]));
  const [first] = flat;
  if (first !== undefined && flat.length === 1) return first;
  return {
    kind,
    args: flat,
    type: BOOL,
    physical: physicalTypeOf(BOOL),
    nullable: flat.some((a) => a.nullable),
  };
}

export function isNull(operand: Expression, negated = false): Expression {
  const labels = { type: BOOL, physical: physicalTypeOf(BOOL), nullable: false };
  return { kind: "is-null", operand, negated, ...labels };
}

/** COALESCE over values of one type and form. */
export function coalesce(args: readonly Expression[]): Expression {
  const [first] = args;
  if (first !== undefined && args.length === 1) return first;
  const model = first ?? literal(null, TEXT);
  return {
    kind: "coalesce",
    args,
    type: model.type,
    physical: model.physical,
    nullable: args.every((a) => a.nullable),
  };
}

/** CASE over results of one type and form. */
export function caseWhen(
  branches: CaseExpression["branches"],
  otherwise: Expression,
): CaseExpression {
  return {
    kind: "case",
    branches,
    otherwise,
    type: otherwise.type,
    physical: otherwise.physical,
    nullable: otherwise.nullable || branches.some((b) => b.then.nullable),
  };
}

/** The expression at a position in the statement; undefined leaves it as it is. */
export function at(expression: Expression, position: number | undefined): Expression {
  return position === undefined ? expression : { ...expression, position };
}

/** Text of a literal that is not NULL. */
export function constantText(expression: Expression | undefined): string | undefined {
  if (expression?.kind !== "literal") return undefined;
  return expression.text ?? undefined;
}
