import type {
  BooleanTest as RawBooleanTest,
  BoolExpr,
  BoolTestType,
  CaseExpr,
  Node,
  ParamRef,
  TypeCast,
} from "libpg-query";
import type { BooleanTest, CaseBranch, Expression, Position } from "../ast/index.js";
import {
  constructNotSupported,
  defaultNotAllowedHere,
  invariant,
  junkAfterParameter,
  unreachable,
} from "../../errors/index.js";
import { bodyIf, dispatch, locationOf, stringsOf, type NodeTable } from "../grammar/node.js";
import { constructName } from "./construct-name.js";
import { freeze, type Lowering } from "./context.js";
import { lowerFunctionCall, lowerValueFunction } from "./function-call.js";
import { lowerColumnReference, lowerIndirection } from "./indirection.js";
import { lowerConstant } from "./literal.js";
import { lowerOperator } from "./operator.js";
import { lowerSubLink } from "./subquery.js";
import { lowerTypeName } from "./type-name.js";

/** Any expression; 0A000 for a node that no handler knows. */
export function lowerExpression(node: Node, context: Lowering): Expression {
  const expression = dispatch(EXPRESSIONS, node, context);
  if (expression !== undefined) return expression;
  throw constructNotSupported(constructName(node), context.at(locationOf(node)));
}

const EXPRESSIONS: NodeTable<Lowering, Expression> = {
  A_Const: lowerConstant,
  A_Expr: lowerOperator,
  A_Indirection: lowerIndirection,
  BoolExpr: lowerBoolean,
  BooleanTest: lowerBooleanTest,
  CaseExpr: lowerCase,
  ColumnRef: lowerColumnReference,
  FuncCall: lowerFunctionCall,
  SQLValueFunction: lowerValueFunction,
  SubLink: lowerSubLink,
  TypeCast: lowerCast,

  A_ArrayExpr: (raw, context) =>
    freeze({
      kind: "array",
      elements: context.expressions(raw.elements),
      position: context.at(raw.location),
    }),

  CoalesceExpr: (raw, context) =>
    freeze({
      kind: "coalesce",
      arguments: context.expressions(raw.args),
      position: context.at(raw.location),
    }),

  CollateClause: (raw, context) =>
    freeze({
      kind: "collate",
      operand: operandOf(raw.arg, context),
      collation: stringsOf(raw.collname),
      position: context.at(raw.location),
    }),

  GroupingFunc: (raw, context) =>
    freeze({
      kind: "grouping",
      arguments: context.expressions(raw.args),
      position: context.at(raw.location),
    }),

  MinMaxExpr: (raw, context) =>
    freeze({
      kind: "minMax",
      variant: raw.op === "IS_LEAST" ? "least" : "greatest",
      arguments: context.expressions(raw.args),
      position: context.at(raw.location),
    }),

  NullTest: (raw, context) =>
    freeze({
      kind: "nullTest",
      operand: operandOf(raw.arg, context),
      negated: raw.nulltesttype === "IS_NOT_NULL",
      position: context.at(raw.location),
    }),

  ParamRef: lowerParameter,

  RowExpr: (raw, context) =>
    freeze({
      kind: "row",
      items: context.expressions(raw.args),
      explicit: raw.row_format !== "COERCE_IMPLICIT_CAST",
      position: context.at(raw.location),
    }),

  SetToDefault: (raw, context) => {
    throw defaultNotAllowedHere(context.at(raw.location));
  },
};

function lowerBoolean(raw: BoolExpr, context: Lowering): Expression {
  const position = context.at(raw.location);
  const operands = context.expressions(raw.args);
  const op = raw.boolop ?? "AND_EXPR";
  switch (op) {
    case "AND_EXPR":
      return freeze({ kind: "and", operands, position });
    case "OR_EXPR":
      return freeze({ kind: "or", operands, position });
    case "NOT_EXPR": {
      const [operand] = operands;
      invariant(operand !== undefined, "NOT without an operand");
      return freeze({ kind: "not", operand, position });
    }
    default:
      return unreachable(op);
  }
}

const BOOLEAN_TESTS: Readonly<Record<BoolTestType, Pick<BooleanTest, "test" | "negated">>> = {
  IS_TRUE: { test: "true", negated: false },
  IS_NOT_TRUE: { test: "true", negated: true },
  IS_FALSE: { test: "false", negated: false },
  IS_NOT_FALSE: { test: "false", negated: true },
  IS_UNKNOWN: { test: "unknown", negated: false },
  IS_NOT_UNKNOWN: { test: "unknown", negated: true },
};

function lowerBooleanTest(raw: RawBooleanTest, context: Lowering): Expression {
  return freeze({
    kind: "booleanTest",
    operand: operandOf(raw.arg, context),
    ...BOOLEAN_TESTS[raw.booltesttype ?? "IS_TRUE"],
    position: context.at(raw.location),
  });
}

function lowerCase(raw: CaseExpr, context: Lowering): Expression {
  return freeze({
    kind: "case",
    operand: context.optional(raw.arg),
    branches: context.list(raw.args, (node) => lowerBranch(node, context)),
    otherwise: context.optional(raw.defresult),
    position: context.at(raw.location),
  });
}

function lowerBranch(node: Node, context: Lowering): CaseBranch {
  const branch = bodyIf("CaseWhen", node);
  return freeze({
    when: operandOf(branch?.expr, context),
    then: operandOf(branch?.result, context),
    position: context.at(branch?.location),
  });
}

/** A typed literal has no location of its own: then the type's counts. */
/** `$1x` is 42601; the grammar would take the x for an alias. */
function lowerParameter(raw: ParamRef, context: Lowering): Expression {
  const position = context.at(raw.location);
  const { text } = context.source;
  const start = context.source.index(raw.location ?? 0);
  const junk = /^\$[0-9]+[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/.exec(text.slice(start));
  if (junk !== null) throw junkAfterParameter(junk[0], position);
  return freeze({ kind: "parameter", number: raw.number ?? 0, position });
}

function lowerCast(raw: TypeCast, context: Lowering): Expression {
  invariant(raw.typeName !== undefined, "cast without a type");
  const type = lowerTypeName(raw.typeName, context);
  const position: Position = context.at(raw.location) ?? type.position;
  return freeze({ kind: "cast", operand: operandOf(raw.arg, context), type, position });
}

function operandOf(node: Node | undefined, context: Lowering): Expression {
  invariant(node !== undefined, "expression without an operand");
  return context.expression(node);
}
