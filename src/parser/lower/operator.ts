import type { A_Expr, Node } from "libpg-query";
import type { Expression, Like, OperatorName, Position } from "../ast/index.js";
import { invariant, unreachable } from "../../errors/index.js";
import { bodyIf, itemsOf, stringsOf } from "../grammar/node.js";
import { freeze, type Lowering } from "./context.js";

/** The last part is the operator, one before it the schema. */
export function lowerOperatorName(nodes: readonly Node[] | undefined): OperatorName {
  const names = stringsOf(nodes);
  return freeze({
    schema: names.length > 1 ? names.at(-2) : undefined,
    name: names.at(-1) ?? "",
  });
}

/** Everything the grammar writes as an operator with a kind. */
export function lowerOperator(raw: A_Expr, context: Lowering): Expression {
  const position = context.at(raw.location);
  const kind = raw.kind ?? "AEXPR_OP";
  switch (kind) {
    case "AEXPR_OP":
      return plainOperator(raw, context);
    case "AEXPR_OP_ANY":
    case "AEXPR_OP_ALL":
      return freeze({
        kind: "quantifiedArray",
        operator: lowerOperatorName(raw.name),
        quantifier: kind === "AEXPR_OP_ANY" ? "any" : "all",
        left: left(raw, context),
        array: right(raw, context),
        position,
      });
    case "AEXPR_DISTINCT":
    case "AEXPR_NOT_DISTINCT":
      return freeze({
        kind: "distinctTest",
        left: left(raw, context),
        right: right(raw, context),
        negated: kind === "AEXPR_NOT_DISTINCT",
        position,
      });
    case "AEXPR_NULLIF":
      return freeze({
        kind: "nullIf",
        left: left(raw, context),
        right: right(raw, context),
        position,
      });
    case "AEXPR_IN":
      return freeze({
        kind: "inList",
        operand: left(raw, context),
        items: context.expressions(itemsOf(raw.rexpr)),
        negated: lowerOperatorName(raw.name).name === "<>",
        position,
      });
    case "AEXPR_LIKE":
      return like(raw, "like", "like_escape", context);
    case "AEXPR_ILIKE":
      return like(raw, "ilike", "like_escape", context);
    case "AEXPR_SIMILAR":
      return like(raw, "similar", "similar_to_escape", context);
    case "AEXPR_BETWEEN":
      return between(raw, { symmetric: false, negated: false }, context);
    case "AEXPR_NOT_BETWEEN":
      return between(raw, { symmetric: false, negated: true }, context);
    case "AEXPR_BETWEEN_SYM":
      return between(raw, { symmetric: true, negated: false }, context);
    case "AEXPR_NOT_BETWEEN_SYM":
      return between(raw, { symmetric: true, negated: true }, context);
    default:
      return unreachable(kind);
  }
}

function plainOperator(raw: A_Expr, context: Lowering): Expression {
  const position = context.at(raw.location);
  const operator = lowerOperatorName(raw.name);
  if (raw.lexpr === undefined) {
    return freeze({ kind: "unaryOperator", operator, operand: right(raw, context), position });
  }
  return freeze({
    kind: "binaryOperator",
    operator,
    left: context.expression(raw.lexpr),
    right: right(raw, context),
    position,
  });
}

/** The grammar has already turned ESCAPE (and SIMILAR's pattern) into a call; this undoes it. */
function like(
  raw: A_Expr,
  variant: Like["variant"],
  escapeFunction: string,
  context: Lowering,
): Expression {
  const call = bodyIf("FuncCall", raw.rexpr);
  const name = stringsOf(call?.funcname);
  const isEscape = name[0] === "pg_catalog" && name[1] === escapeFunction && name.length === 2;
  const [pattern = raw.rexpr, escape] = isEscape ? (call?.args ?? []) : [];
  invariant(pattern !== undefined, "LIKE without a pattern");
  return freeze({
    kind: "like",
    variant,
    operand: left(raw, context),
    pattern: context.expression(pattern),
    escape: context.optional(escape),
    negated: lowerOperatorName(raw.name).name.startsWith("!"),
    position: context.at(raw.location),
  });
}

function between(
  raw: A_Expr,
  form: { readonly symmetric: boolean; readonly negated: boolean },
  context: Lowering,
): Expression {
  const [low, high] = itemsOf(raw.rexpr);
  invariant(low !== undefined && high !== undefined, "BETWEEN without two bounds");
  const position: Position = context.at(raw.location);
  return freeze({
    kind: "between",
    operand: left(raw, context),
    low: context.expression(low),
    high: context.expression(high),
    ...form,
    position,
  });
}

function left(raw: A_Expr, context: Lowering): Expression {
  invariant(raw.lexpr !== undefined, "operator without a left operand");
  return context.expression(raw.lexpr);
}

function right(raw: A_Expr, context: Lowering): Expression {
  invariant(raw.rexpr !== undefined, "operator without a right operand");
  return context.expression(raw.rexpr);
}
