import {
  outputColumns,
  setColumns,
  type Column,
  type Expression,
  type LogicalOperator,
  type PhysicalOperator,
  type ScanOperator,
  type TableScan,
} from "../../plan/index.js";
import { conjunctionOrTrue, conjunctsOf } from "../expression/build.js";
import { orderConjuncts } from "../expression/order-conjuncts.js";
import { widthOf } from "../cost/index.js";
import type { Needed, PlanContext } from "./context.js";
import { needing } from "./narrow.js";

/** Cost of comparing or computing one value, in units of reading one page of bytes. */
const COST_A_ROW = 0.01;
const COST_A_BYTE = 0.001;

/** A filter; right above a table it becomes the conditions of the scan. */
export function planFilter(
  plan: LogicalOperator & { kind: "filter" },
  needed: Needed,
  context: PlanContext,
): PhysicalOperator {
  const { input } = plan;
  const conjuncts = orderConjuncts(conjunctsOf(plan.condition), context.estimator.estimate(input));
  const rows = context.estimator.rows(plan);
  if (input.kind === "scan") return planScan(input, needed, conjuncts, rows, context);
  const source = context.plan(input, needing(needed, conjuncts));
  return {
    kind: "filter",
    id: context.nextId(),
    rows,
    cost: source.cost + source.rows * COST_A_ROW * conjuncts.length,
    columns: source.columns,
    input: source,
    condition: conjunctionOrTrue(conjuncts),
  };
}

export function planScan(
  plan: ScanOperator,
  needed: Needed,
  conditions: readonly Expression[],
  rows: number,
  context: PlanContext,
): TableScan {
  const wanted = needing(needed, conditions);
  const scanned = atLeastOne(
    plan.columns.filter((column) => wanted.has(column.id)),
    plan.columns,
  );
  const ordinals = scanned.map((column) => plan.ordinals[plan.columns.indexOf(column)] ?? 0);
  const read = plan.relation.statistics.rowCount;
  return {
    kind: "table-scan",
    id: context.nextId(),
    rows,
    cost: read * (widthOf(scanned) * COST_A_BYTE + COST_A_ROW * conditions.length),
    columns: scanned,
    relation: plan.relation,
    alias: plan.alias,
    scanned,
    ordinals,
    conditions,
    runtimeFilters: [],
  };
}

/** Rows are counted by a column: the narrowest where none is needed. */
function atLeastOne(wanted: readonly Column[], all: readonly Column[]): readonly Column[] {
  if (wanted.length > 0) return wanted;
  const sorted = [...all].sort((a, b) => widthOf([a]) - widthOf([b]));
  return sorted.slice(0, 1);
}

/** A projection; one that only passes columns on is no operator of its own. */
export function planProject(
  plan: LogicalOperator & { kind: "project" },
  needed: Needed,
  context: PlanContext,
): PhysicalOperator {
  const items = plan.items.filter((item) => needed.has(item.column.id));
  const input = context.plan(
    plan.input,
    needing(
      new Set(),
      items.map((item) => item.expression),
    ),
  );
  const passes = items.every(
    ({ column, expression }) => expression.kind === "column" && expression.column.id === column.id,
  );
  if (passes) return input;
  return {
    kind: "project",
    id: context.nextId(),
    rows: input.rows,
    cost: input.cost + input.rows * COST_A_ROW,
    columns: items.map((item) => item.column),
    input,
    items,
  };
}

/** Rows of constants. */
export function planValues(
  plan: LogicalOperator & { kind: "values" },
  context: PlanContext,
): PhysicalOperator {
  return {
    kind: "values",
    id: context.nextId(),
    rows: plan.rows.length,
    cost: plan.rows.length * COST_A_ROW,
    columns: plan.columns,
    tuples: plan.rows,
  };
}

/** Sets beside the columns of their input that are read above. */
export function planProjectSet(
  plan: LogicalOperator & { kind: "project-set" },
  needed: Needed,
  context: PlanContext,
): PhysicalOperator {
  const added = setColumns(plan);
  const own = new Set(added.map((column) => column.id));
  const passed = new Set([...needed].filter((id) => !own.has(id)));
  const args = plan.sets.flatMap((set) => set.args);
  const input = context.plan(plan.input, needing(passed, args));
  const rows = context.estimator.rows(plan);
  const { sets, ordinality, keepsEmpty, alias } = plan;
  return {
    kind: "project-set",
    id: context.nextId(),
    rows,
    cost: input.cost + rows * COST_A_ROW,
    columns: [...input.columns.filter((column) => needed.has(column.id)), ...added],
    input,
    sets,
    ordinality,
    keepsEmpty,
    alias,
  };
}

/** A table that several places read. */
export function planReference(
  plan: LogicalOperator & { kind: "cte-reference" },
  needed: Needed,
  context: PlanContext,
): PhysicalOperator {
  const kept = plan.columns.map((column) => needed.has(column.id));
  const rows = context.estimator.rows(plan);
  return {
    kind: "shared-scan",
    id: context.nextId(),
    rows,
    cost: rows * COST_A_ROW,
    columns: outputColumns(plan).filter((_, i) => kept[i]),
    sharedId: plan.cteId,
    sources: plan.definitionColumns.filter((_, i) => kept[i]),
  };
}
