import { featureNotSupported, fullJoinCondition } from "../../errors/index.js";
import {
  childrenOf,
  expressionsOf,
  operatorsOf,
  outputColumns,
  type Expression,
  type JoinOperator,
  type LogicalOperator,
} from "../../plan/index.js";
import { conjunctsOf, nullLike, refer } from "../expression/build.js";
import { copyPlan } from "../expression/copy-plan.js";
import {
  hasSubquery,
  isColumnFree,
  isOver,
  mentions,
  type ColumnSet,
} from "../expression/facts.js";
import { outputIds } from "../properties/free-columns.js";
import type { RuleContext } from "../rule.js";
import { convertOuterJoins } from "../rules/convert-outer-joins.js";
import { isVolatilePlan } from "../rules/place-common-tables.js";

/** The plan with full joins made less where they can be; 0A000 for those that no equality links. */
export function checkFullJoins(plan: LogicalOperator, context: RuleContext): LogicalOperator {
  if (!containsFullJoin(plan)) return plan;
  const converted = convertOuterJoins.apply(plan, context);
  refuseUnlinked(converted);
  return converted;
}

export function containsFullJoin(plan: LogicalOperator): boolean {
  for (const node of operatorsOf(plan)) {
    if (node.kind === "join" && node.joinKind === "full") return true;
    if (subplansOf(node).some(containsFullJoin)) return true;
  }
  return false;
}

function subplansOf(node: LogicalOperator): readonly LogicalOperator[] {
  const inExpression = (e: Expression): readonly LogicalOperator[] => [
    ...("plan" in e ? [e.plan] : []),
    ...childrenOf(e).flatMap(inExpression),
  ];
  return expressionsOf(node).flatMap(inExpression);
}

function refuseUnlinked(plan: LogicalOperator): void {
  for (const node of operatorsOf(plan)) {
    if (node.kind === "join" && node.joinKind === "full" && !isLinked(node)) {
      throw fullJoinCondition();
    }
    for (const inner of subplansOf(node)) refuseUnlinked(inner);
  }
}

/** Whether an equality links the sides, or a constant says it all. */
function isLinked(join: JoinOperator): boolean {
  const [left, right] = [outputIds(join.left), outputIds(join.right)];
  const isOf = (e: Expression, side: ColumnSet): boolean =>
    !hasSubquery(e) && mentions(e, side) && isOver(e, side);
  const varying = conjunctsOf(join.condition).filter((c) => !isColumnFree(c));
  return (
    varying.length === 0 ||
    varying.some((c) => {
      if (c.kind !== "call" || c.op !== "eq") return false;
      const [a, b] = c.args;
      if (a === undefined || b === undefined) return false;
      return (isOf(a, left) && isOf(b, right)) || (isOf(a, right) && isOf(b, left));
    })
  );
}

/**
 * A full join on a subquery: the left join, and the right rows that have no match. `lift` makes
 * joins of the subqueries of each.
 */
export function splitFullJoin(
  join: JoinOperator,
  context: RuleContext,
  lift: (join: JoinOperator) => LogicalOperator,
): LogicalOperator {
  if (isVolatilePlan(join)) {
    throw featureNotSupported("volatile functions in a FULL JOIN on a subquery are not supported");
  }
  const columns = outputColumns(join).map((c) => ({ ...c, nullable: true }));
  const matched = copyPlan({ ...join, joinKind: "left" }, context.columns);
  const others: LogicalOperator = { ...join, joinKind: "anti", left: join.right, right: join.left };
  const alone = copyPlan(others, context.columns);
  const rightIds = outputIds(join.right);
  const items = columns.map((column) => ({
    column: context.columns.make({ ...column }),
    expression: rightIds.has(column.id) ? refer(alone.column(column)) : nullLike(column),
  }));
  return {
    kind: "set-operation",
    operation: "union",
    all: true,
    left: lift(matched.plan as JoinOperator),
    right: { kind: "project", input: lift(alone.plan as JoinOperator), items },
    columns,
    leftColumns: columns.map(matched.column),
    rightColumns: items.map((item) => item.column),
  };
}
