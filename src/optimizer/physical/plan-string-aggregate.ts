import { invariant } from "../../errors/index.js";
import { caseWhen, integer } from "../../functions/index.js";
import type {
  AggregateOperator,
  Column,
  Expression,
  LogicalOperator,
  PhysicalOperator,
  ProjectItem,
  SortKey,
} from "../../plan/index.js";
import { nullLike, refer } from "../expression/build.js";
import type { PlanContext } from "./context.js";
import { needing } from "./narrow.js";

const COST_A_COMPARISON = 0.01;

type Aggregate = AggregateOperator["aggregates"][number];

/** string_agg, alone in its grouping: rows sorted by group and by the call's order. */
export function planStringAggregate(
  plan: AggregateOperator,
  aggregate: Aggregate,
  context: PlanContext,
): PhysicalOperator {
  const { call, column } = aggregate;
  invariant(!call.distinct, "a DISTINCT aggregate was not planned away");
  const items: ProjectItem[] = [...plan.keys];
  const add = (expression: Expression): Column => {
    const { type, physical } = expression;
    const made = context.columns.make({ name: column.name, type, physical, nullable: true });
    items.push({ column: made, expression });
    return made;
  };
  for (const arg of valuesOf(call)) add(arg);
  const { order, input: from } = orderOf(plan, call);
  const orderBy = order.map((key): SortKey => ({ ...key, expression: refer(add(key.expression)) }));
  const source = context.plan(
    from,
    needing(
      new Set(),
      items.map((item) => item.expression),
    ),
  );
  const input: PhysicalOperator = {
    kind: "project",
    id: context.nextId(),
    rows: source.rows,
    cost: source.cost,
    columns: items.map((item) => item.column),
    input: source,
    items,
  };
  return {
    kind: "string-aggregate",
    id: context.nextId(),
    rows: context.estimator.rows(plan),
    cost: input.cost + input.rows * Math.log2(Math.max(2, input.rows)) * COST_A_COMPARISON,
    columns: [...plan.keys.map((key) => key.column), column],
    input,
    keyCount: plan.keys.length,
    orderBy,
  };
}

/**
 * The call's own order; without one that of the rows as they come, which a sort right below decides.
 * Rows in no order at all are sorted by a constant: the engine wants a key.
 */
function orderOf(
  plan: AggregateOperator,
  call: Aggregate["call"],
): { readonly order: readonly SortKey[]; readonly input: LogicalOperator } {
  const { input } = plan;
  if (call.orderBy.length > 0) return { order: call.orderBy, input };
  if (input.kind === "sort") return { order: input.keys, input: input.input };
  if (plan.keys.length > 0) return { order: [], input };
  const expression = integer(0);
  return { order: [{ expression, descending: false, nullsFirst: false }], input };
}

/** Value and delimiter; the value of a row that FILTER leaves out is NULL, which is skipped. */
function valuesOf(call: Aggregate["call"]): readonly Expression[] {
  const [value, delimiter] = call.args;
  invariant(value !== undefined && delimiter !== undefined, "string_agg takes two arguments");
  const { filter } = call;
  if (filter === null) return [value, delimiter];
  return [caseWhen([{ when: filter, then: value }], nullLike(value)), delimiter];
}
