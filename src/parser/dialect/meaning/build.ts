import type {
  BinaryOperator,
  Case,
  Cast,
  Expression,
  FunctionCall,
  NullTest,
  Position,
  StringLiteral,
} from "../../ast/index.js";
import { DIALECT_SCHEMA } from "../names.js";

/** Nodes as the lowering makes them; each takes the position of what it stands for. */

export function call(
  name: string,
  args: readonly Expression[],
  position: Position,
  schema?: string,
): FunctionCall {
  return Object.freeze({
    kind: "functionCall",
    name: schema === undefined ? [name] : [schema, name],
    arguments: args.map((value) => ({ name: undefined, value, position: value.position })),
    star: false,
    distinct: false,
    variadic: false,
    orderBy: [],
    withinGroup: false,
    filter: undefined,
    over: undefined,
    position,
  });
}

/** A call whose meaning the binder chooses by the types of its arguments. */
export function typed(name: string, args: readonly Expression[], position: Position): FunctionCall {
  return call(name, args, position, DIALECT_SCHEMA);
}

export function operator(
  name: string,
  left: Expression,
  right: Expression,
  position: Position,
): BinaryOperator {
  const plain = { schema: undefined, name };
  return Object.freeze({ kind: "binaryOperator", operator: plain, left, right, position });
}

export function cast(operand: Expression, name: string, modifiers: readonly string[] = []): Cast {
  const { position } = operand;
  return Object.freeze({
    kind: "cast",
    operand,
    type: Object.freeze({
      kind: "typeName",
      schema: "pg_catalog",
      name,
      modifiers,
      intervalFields: undefined,
      arrayDimensions: 0,
      setOf: false,
      position,
    }),
    position,
  });
}

export function string(text: string, position: Position): StringLiteral {
  return Object.freeze({ kind: "stringLiteral", text, position });
}

export function integer(text: string, position: Position): Expression {
  return Object.freeze({ kind: "integerLiteral", text, position });
}

export function isNull(operand: Expression, negated: boolean, position: Position): NullTest {
  return Object.freeze({ kind: "nullTest", operand, negated, position });
}

export function either(operands: readonly Expression[], position: Position): Expression {
  const [only] = operands;
  if (operands.length === 1 && only !== undefined) return only;
  return Object.freeze({ kind: "or", operands, position });
}

/** CASE WHEN … THEN … ELSE … END; without `otherwise`, NULL. */
export function choose(
  branches: readonly (readonly [when: Expression, then: Expression])[],
  otherwise: Expression | undefined,
  position: Position,
): Case {
  return Object.freeze({
    kind: "case",
    operand: undefined,
    branches: branches.map(([when, then]) => ({ when, then, position: when.position })),
    otherwise,
    position,
  });
}

export function coalesce(args: readonly Expression[], position: Position): Expression {
  return Object.freeze({ kind: "coalesce", arguments: args, position });
}

export function nullIfZero(value: Expression): Expression {
  const { position } = value;
  const isOther = /^-?0*(\.0*)?$/;
  const isConstant = value.kind === "integerLiteral" || value.kind === "numericLiteral";
  if (isConstant && !isOther.test(value.text)) return value;
  const right = integer("0", position);
  return Object.freeze({ kind: "nullIf", left: value, right, position });
}

/** `INTERVAL 'amount unit'`. */
export function interval(text: string, position: Position): Expression {
  return { ...cast(string(text, position), "interval"), position };
}
