import { sqlType, physicalTypeOf } from "../../types/index.js";
import type {
  AggregateOperator,
  Column,
  HashAggregate,
  PhysicalOperator,
  SetOperationOperator,
  UnionAll,
} from "../../plan/index.js";
import { refer } from "../expression/build.js";
import type { Needed, PlanContext } from "./context.js";
import { needing, pick } from "./narrow.js";
import { planStringAggregate } from "./plan-string-aggregate.js";

const COST_A_ROW = 0.02;
/** Up to so many groups the states are few enough to be sent between fragments. */
const FEW_GROUPS = 10_000;
const STATE = { type: sqlType("bytea"), physical: physicalTypeOf(sqlType("bytea")) };

/** Grouping in one step, or cut in two by an exchange where the groups are few. */
export function planAggregate(
  plan: AggregateOperator,
  needed: Needed,
  context: PlanContext,
): PhysicalOperator {
  const aggregates = plan.aggregates.filter((a) => needed.has(a.column.id));
  const text = aggregates.find(({ call }) => call.aggregate === "string_agg");
  if (text !== undefined) return planStringAggregate(plan, text, context);
  const expressions = [
    ...plan.keys.map((key) => key.expression),
    ...aggregates.flatMap(({ call }) => [
      ...call.args,
      ...(call.filter === null ? [] : [call.filter]),
      ...call.orderBy.map((key) => key.expression),
    ]),
  ];
  const input = context.plan(plan.input, needing(new Set(), expressions));
  const rows = context.estimator.rows(plan);
  return group({ ...plan, aggregates }, input, rows, context);
}

export function group(
  plan: Pick<AggregateOperator, "keys" | "aggregates">,
  input: PhysicalOperator,
  rows: number,
  context: PlanContext,
): PhysicalOperator {
  const groups = Math.max(1, Math.round(rows));
  const single: HashAggregate = {
    kind: "hash-aggregate",
    id: context.nextId(),
    rows,
    cost: input.cost + input.rows * COST_A_ROW * (1 + plan.aggregates.length / 4),
    columns: [...plan.keys, ...plan.aggregates].map((item) => item.column),
    phase: "single",
    input,
    keys: plan.keys,
    aggregates: plan.aggregates,
    estimatedGroups: groups,
    results: [],
  };
  return isCut(single, context) ? cut(single, context) : single;
}

function isCut(aggregate: HashAggregate, context: PlanContext): boolean {
  switch (context.settings.exchange) {
    case "never":
      return false;
    case "always":
      return true;
    case "auto":
      return aggregate.estimatedGroups <= FEW_GROUPS;
  }
}

function cut(single: HashAggregate, context: PlanContext): PhysicalOperator {
  const keys = single.keys.map((key) => key.column);
  const states = single.aggregates.map(({ column }): Column =>
    context.columns.make({ name: column.name, nullable: false, ...STATE }),
  );
  const partial: HashAggregate = {
    ...single,
    id: context.nextId(),
    phase: "partial",
    columns: [...keys, ...states],
    aggregates: single.aggregates.map(({ call }, i) => ({ column: states[i] as Column, call })),
    results: single.aggregates.map(({ column }) => column),
  };
  const { partitions } = context.settings;
  const exchange: PhysicalOperator = {
    kind: "exchange",
    id: context.nextId(),
    rows: single.rows,
    cost: partial.cost + single.rows * COST_A_ROW,
    columns: partial.columns,
    input: partial,
    distribution: keys.length === 0 ? { kind: "single" } : { kind: "hash", keys, partitions },
  };
  return {
    ...single,
    phase: "final",
    input: exchange,
    cost: exchange.cost + single.rows * COST_A_ROW,
    keys: keys.map((column) => ({ column, expression: refer(column) })),
  };
}

/** UNION ALL of everything that nested ones put together; UNION groups by all columns on top. */
export function planUnion(
  plan: SetOperationOperator,
  needed: Needed,
  context: PlanContext,
): PhysicalOperator {
  const kept = plan.columns.map((column) => !plan.all || needed.has(column.id));
  const columns = plan.columns.filter((_, i) => kept[i]);
  const parts = [
    { input: plan.left, columns: plan.leftColumns.filter((_, i) => kept[i]) },
    { input: plan.right, columns: plan.rightColumns.filter((_, i) => kept[i]) },
  ].flatMap((part) => flatten(part, plan.all));
  const inputs = parts.map((part) => {
    const wanted = new Set(part.columns.map((column) => column.id));
    return context.plan(part.input, wanted);
  });
  const rows = inputs.reduce((sum, input) => sum + input.rows, 0);
  const union: UnionAll = {
    kind: "union-all",
    id: context.nextId(),
    rows,
    cost: inputs.reduce((sum, input) => sum + input.cost, 0),
    columns,
    inputs,
    sources: parts.map((part) => part.columns),
  };
  if (plan.all) return union;
  const keys = columns.map((column) => ({ column, expression: refer(column) }));
  return group({ keys, aggregates: [] }, union, context.estimator.rows(plan), context);
}

interface Part {
  readonly input: SetOperationOperator["left"];
  readonly columns: readonly Column[];
}

/** A UNION below a UNION adds nothing of its own: one grouping on top removes all repeats. */
function flatten(part: Part, all: boolean): readonly Part[] {
  const { input, columns } = part;
  if (input.kind !== "set-operation" || input.operation !== "union") return [part];
  if (all && !input.all) return [part];
  const positions = columns.map((column) => input.columns.findIndex((c) => c.id === column.id));
  if (!input.all && positions.length !== input.columns.length) return [part];
  const choose = (sources: readonly Column[]): readonly Column[] =>
    positions.map((position) => sources[position] as Column);
  return [
    { input: input.left, columns: choose(input.leftColumns) },
    { input: input.right, columns: choose(input.rightColumns) },
  ].flatMap((inner) => flatten(inner, all));
}

/** INTERSECT and EXCEPT. */
export function planSetOperation(
  plan: SetOperationOperator,
  needed: Needed,
  context: PlanContext,
): PhysicalOperator {
  if (plan.operation === "union") return planUnion(plan, needed, context);
  const side = (input: SetOperationOperator["left"], columns: readonly Column[]) =>
    pick(context.plan(input, new Set(columns.map((c) => c.id))), columns, context);
  const left = side(plan.left, plan.leftColumns);
  const right = side(plan.right, plan.rightColumns);
  return {
    kind: "set-operation",
    id: context.nextId(),
    rows: context.estimator.rows(plan),
    cost: left.cost + right.cost + (left.rows + right.rows) * COST_A_ROW,
    columns: plan.columns,
    operation: plan.operation,
    all: plan.all,
    left,
    right,
    leftColumns: plan.leftColumns,
    rightColumns: plan.rightColumns,
  };
}
