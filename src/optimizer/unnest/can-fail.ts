import {
  childrenOf,
  expressionsOf,
  operatorsOf,
  type Expression,
  type LogicalOperator,
} from "../../plan/index.js";
import { isAtMostOneRow } from "../properties/row-bounds.js";

/** Whether a row that comes to the plan, or to a subquery in it, may raise an error. */
export function planCanFail(plan: LogicalOperator): boolean {
  for (const node of operatorsOf(plan)) if (operatorCanFail(node)) return true;
  return false;
}

/** The same of the operator alone, without its inputs. */
export function operatorCanFail(node: LogicalOperator): boolean {
  if (node.kind === "project-set") return true;
  if (node.kind === "join" && node.joinKind === "single" && !isAtMostOneRow(node.right))
    return true;
  const counts = node.kind === "limit" || node.kind === "partition-limit";
  if (counts && [node.count, node.offset].some((e) => e !== null && e.kind !== "literal")) {
    return true;
  }
  return expressionsOf(node).some(expressionCanFail);
}

/** Plans of subqueries included: a value of two rows is an error too. */
export function expressionCanFail(expression: Expression): boolean {
  if (expression.kind === "call" && expression.fallible) return true;
  if ("plan" in expression && planCanFail(expression.plan)) return true;
  if (expression.kind === "scalar-subquery" && !isAtMostOneRow(expression.plan)) return true;
  return childrenOf(expression).some(expressionCanFail);
}
