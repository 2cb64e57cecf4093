import type { FuncCall, Node, SQLValueFunction, SQLValueFunctionOp } from "libpg-query";
import type {
  FunctionArgument,
  FunctionCall,
  ValueFunction,
  ValueFunctionName,
} from "../ast/index.js";
import { invariant } from "../../errors/index.js";
import { bodyIf, stringsOf } from "../grammar/node.js";
import { freeze, type Lowering } from "./context.js";
import { lowerOver } from "./window.js";

export function lowerFunctionCall(raw: FuncCall, context: Lowering): FunctionCall {
  return freeze({
    kind: "functionCall",
    name: stringsOf(raw.funcname),
    arguments: context.list(raw.args, (node) => lowerArgument(node, context)),
    star: raw.agg_star ?? false,
    distinct: raw.agg_distinct ?? false,
    variadic: raw.func_variadic ?? false,
    orderBy: context.orderItems(raw.agg_order),
    withinGroup: raw.agg_within_group ?? false,
    filter: context.optional(raw.agg_filter),
    over: raw.over === undefined ? undefined : lowerOver(raw.over, context),
    position: context.at(raw.location),
  });
}

function lowerArgument(node: Node, context: Lowering): FunctionArgument {
  const named = bodyIf("NamedArgExpr", node);
  if (named === undefined) {
    const value = context.expression(node);
    return freeze({ name: undefined, value, position: value.position });
  }
  invariant(named.arg !== undefined, "named argument without a value");
  return freeze({
    name: named.name ?? "",
    value: context.expression(named.arg),
    position: context.at(named.location),
  });
}

const VALUE_FUNCTIONS: Readonly<Record<SQLValueFunctionOp, ValueFunctionName>> = {
  SVFOP_CURRENT_DATE: "current_date",
  SVFOP_CURRENT_TIME: "current_time",
  SVFOP_CURRENT_TIME_N: "current_time",
  SVFOP_CURRENT_TIMESTAMP: "current_timestamp",
  SVFOP_CURRENT_TIMESTAMP_N: "current_timestamp",
  SVFOP_LOCALTIME: "localtime",
  SVFOP_LOCALTIME_N: "localtime",
  SVFOP_LOCALTIMESTAMP: "localtimestamp",
  SVFOP_LOCALTIMESTAMP_N: "localtimestamp",
  SVFOP_CURRENT_ROLE: "current_role",
  SVFOP_CURRENT_USER: "current_user",
  SVFOP_USER: "user",
  SVFOP_SESSION_USER: "session_user",
  SVFOP_CURRENT_CATALOG: "current_catalog",
  SVFOP_CURRENT_SCHEMA: "current_schema",
};

export function lowerValueFunction(raw: SQLValueFunction, context: Lowering): ValueFunction {
  const op = raw.op ?? "SVFOP_CURRENT_DATE";
  return freeze({
    kind: "valueFunction",
    name: VALUE_FUNCTIONS[op],
    precision: op.endsWith("_N") ? (raw.typmod ?? 0) : undefined,
    position: context.at(raw.location),
  });
}
