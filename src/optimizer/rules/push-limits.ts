import { literal } from "../../functions/index.js";
import {
  rewritePlan,
  type Expression,
  type LimitOperator,
  type LogicalOperator,
  type SetOperationOperator,
  type SortOperator,
} from "../../plan/index.js";
import { refer } from "../expression/build.js";
import { isMovable, isOver } from "../expression/facts.js";
import { INT8 } from "../expression/labels.js";
import { substitute } from "../expression/substitute.js";
import { outputIds } from "../properties/free-columns.js";
import { isAtMostOneRow } from "../properties/row-bounds.js";
import type { Rule } from "../rule.js";

/**
 * LIMIT, with its sort or without, below projections, into both sides of UNION ALL and into the left
 * side of a left join, whose every row comes through at least once.
 *
 * Sound while the limit above stays and the one below keeps `count + offset` rows. Not below inner
 * joins or filters, which may drop the very rows it kept, nor WITH TIES, which needs all ties.
 */
export const pushLimits: Rule = {
  name: "push-limits",
  apply: (plan) => rewritePlan(plan, (node) => (node.kind === "limit" ? push(node) : node)),
};

function push(node: LimitOperator): LogicalOperator {
  const { input } = node;
  if (input.kind === "project" && input.items.every((i) => isMovable(i.expression))) {
    return { ...input, input: push({ ...node, input: input.input }) };
  }
  const rows = node.withTies ? undefined : rowsWanted(node);
  if (rows === undefined) return node;
  const sort = input.kind === "sort" ? input : undefined;
  const below = sort?.input ?? input;
  const limited = limitBelow(below, sort, rows);
  if (limited === undefined) return node;
  return { ...node, input: sort === undefined ? limited : { ...sort, input: limited } };
}

/** Rows that are read at all, where both numbers are known. */
function rowsWanted(node: LimitOperator): bigint | undefined {
  const count = constantOf(node.count);
  const offset = node.offset === null ? 0n : constantOf(node.offset);
  return count === undefined || offset === undefined ? undefined : count + offset;
}

function constantOf(expression: Expression | null): bigint | undefined {
  if (expression?.kind !== "literal" || expression.text === null) return undefined;
  const count = BigInt(expression.text);
  return count < 0n ? undefined : count;
}

function limitBelow(
  plan: LogicalOperator,
  sort: SortOperator | undefined,
  rows: bigint,
): LogicalOperator | undefined {
  if (plan.kind === "set-operation" && plan.operation === "union" && plan.all) {
    return limitUnion(plan, sort, rows);
  }
  if (plan.kind !== "join" || plan.joinKind !== "left" || isLimited(plan.left)) return undefined;
  const columns = outputIds(plan.left);
  const isLeft = (sort?.keys ?? []).every(
    (k) => isOver(k.expression, columns) && isMovable(k.expression),
  );
  return isLeft ? { ...plan, left: limit(plan.left, sort, rows) } : undefined;
}

function limitUnion(
  plan: SetOperationOperator,
  sort: SortOperator | undefined,
  rows: bigint,
): LogicalOperator | undefined {
  if (isLimited(plan.left) && isLimited(plan.right)) return undefined;
  if (!(sort?.keys ?? []).every((key) => isMovable(key.expression))) return undefined;
  const side = (input: LogicalOperator, columns: typeof plan.columns): LogicalOperator => {
    if (isLimited(input)) return input;
    const by = new Map(plan.columns.map((c, i) => [c.id, refer(columns[i] ?? c)]));
    const keys = sort?.keys.map((key) => ({ ...key, expression: substitute(key.expression, by) }));
    return limit(input, sort && keys ? { ...sort, keys } : undefined, rows);
  };
  return {
    ...plan,
    left: side(plan.left, plan.leftColumns),
    right: side(plan.right, plan.rightColumns),
  };
}

/** Whether another limit would cut little. */
function isLimited(plan: LogicalOperator): boolean {
  if (plan.kind === "project") return isLimited(plan.input);
  return plan.kind === "limit" || isAtMostOneRow(plan);
}

function limit(
  input: LogicalOperator,
  sort: SortOperator | undefined,
  rows: bigint,
): LogicalOperator {
  const sorted = sort === undefined ? input : { ...sort, input };
  const count = literal(String(rows), INT8);
  return { kind: "limit", input: sorted, count, offset: null, withTies: false };
}
