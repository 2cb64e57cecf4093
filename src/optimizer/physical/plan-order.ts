import { negativeLimit, negativeOffset } from "../../errors/index.js";
import {
  columnsOf,
  outputColumns,
  type Column,
  type Expression,
  type LimitOperator,
  type LogicalOperator,
  type PartitionLimitOperator,
  type PhysicalOperator,
  type ProjectItem,
} from "../../plan/index.js";
import { refer } from "../expression/build.js";
import type { Needed, PlanContext } from "./context.js";
import { narrow, needing } from "./narrow.js";
import { planProject } from "./plan-scan.js";

const COST_A_COMPARISON = 0.01;

export function planSort(
  plan: LogicalOperator & { kind: "sort" },
  needed: Needed,
  context: PlanContext,
): PhysicalOperator {
  const wanted = needing(
    needed,
    plan.keys.map((key) => key.expression),
  );
  const input = narrow(context.plan(plan.input, wanted), wanted, context);
  if (plan.keys.length === 0) return input;
  return {
    kind: "sort",
    id: context.nextId(),
    rows: input.rows,
    cost: input.cost + input.rows * Math.log2(Math.max(2, input.rows)) * COST_A_COMPARISON,
    columns: input.columns,
    input,
    keys: plan.keys,
  };
}

export function planDistinctOn(
  plan: LogicalOperator & { kind: "distinct-on" },
  needed: Needed,
  context: PlanContext,
): PhysicalOperator {
  const keys = [...plan.keys, ...plan.orderBy.map((key) => key.expression)];
  const wanted = needing(needed, keys);
  const input = narrow(context.plan(plan.input, wanted), wanted, context);
  return {
    kind: "distinct-on",
    id: context.nextId(),
    rows: context.estimator.rows(plan),
    cost: input.cost + input.rows * Math.log2(Math.max(2, input.rows)) * COST_A_COMPARISON,
    columns: input.columns,
    input,
    keys: plan.keys,
    orderBy: plan.orderBy,
  };
}

/** Row counts that are neither literals nor columns are computed below. */
export function planPartitionLimit(
  plan: PartitionLimitOperator,
  needed: Needed,
  context: PlanContext,
): PhysicalOperator {
  const computed: ProjectItem[] = [];
  const settle = (count: Expression | null, refuse: () => Error): bigint | Column | null => {
    if (count === null || columnsOf(count).size === 0) return countOf(count, context, refuse);
    if (count.kind === "column") return count.column;
    const { type, physical, nullable } = count;
    const column = context.columns.make({ name: "count", type, physical, nullable });
    computed.push({ column, expression: count });
    return column;
  };
  const limit = settle(plan.count, negativeLimit);
  const offset = settle(plan.offset, negativeOffset) ?? 0n;
  const counts = [limit, offset].flatMap((c) => (typeof c === "object" && c ? [refer(c)] : []));
  const keys = [...plan.keys, ...plan.orderBy.map((key) => key.expression), ...counts];
  const wanted = needing(needed, keys);
  const passed = outputColumns(plan.input).map((c) => ({ column: c, expression: refer(c) }));
  const source: LogicalOperator =
    computed.length === 0
      ? plan.input
      : { kind: "project", input: plan.input, items: [...passed, ...computed] };
  const input = narrow(context.plan(source, wanted), wanted, context);
  return {
    kind: "partition-limit",
    id: context.nextId(),
    rows: context.estimator.rows(plan),
    cost: input.cost + input.rows * Math.log2(Math.max(2, input.rows)) * COST_A_COMPARISON,
    columns: input.columns,
    input,
    keys: plan.keys,
    orderBy: plan.orderBy,
    limit,
    offset,
    withTies: plan.withTies,
  };
}

/** LIMIT, with the sort below it as one operator; projections between them go on top. */
export function planLimit(
  plan: LimitOperator,
  needed: Needed,
  context: PlanContext,
): PhysicalOperator {
  const limit = countOf(plan.count, context, negativeLimit);
  const offset = countOf(plan.offset, context, negativeOffset) ?? 0n;
  const { input } = plan;
  if (input.kind === "project") {
    const items: readonly ProjectItem[] = input.items;
    return planProject(
      { kind: "project", input: { ...plan, input: input.input }, items },
      needed,
      context,
    );
  }
  if (limit === null && offset === 0n) return context.plan(input, needed);
  const estimate = Math.max(0, context.estimator.rows(input) - Number(offset));
  const rows = limit === null ? estimate : Math.min(estimate, Number(limit));
  if (input.kind === "sort" && input.keys.length > 0 && limit !== null && limit > 0n) {
    const wanted = needing(
      needed,
      input.keys.map((key) => key.expression),
    );
    const source = narrow(context.plan(input.input, wanted), wanted, context);
    const kept = Math.max(2, Number(limit + offset));
    return {
      kind: "top-n",
      id: context.nextId(),
      rows,
      cost:
        source.cost +
        source.rows * Math.log2(Math.min(kept, Math.max(2, source.rows))) * COST_A_COMPARISON,
      columns: source.columns,
      input: source,
      keys: input.keys,
      limit,
      offset,
      withTies: plan.withTies,
    };
  }
  const source = context.plan(input, needed);
  const id = context.nextId();
  const { cost, columns } = source;
  if (limit === 0n) return { kind: "values", id, rows: 0, cost: 0, columns, tuples: [] };
  return { kind: "limit", id, rows, cost, columns, input: source, limit, offset };
}

/** A row count; null where it is absent or NULL. */
function countOf(
  expression: Expression | null,
  context: PlanContext,
  refuse: () => Error,
): bigint | null {
  if (expression === null) return null;
  const text =
    expression.kind === "literal"
      ? expression.text
      : context.evaluator.evaluate(expression, context.evaluation);
  if (text === null) return null;
  const count = BigInt(text);
  if (count < 0n) throw refuse();
  return count;
}
