import { internalError, unreachable } from "../../errors/index.js";
import {
  operatorsOf,
  outputColumns,
  type Column,
  type ColumnFactory,
  type ConstantEvaluator,
  type EvaluationSettings,
  type LogicalOperator,
  type PhysicalOperator,
  type PhysicalPlan,
} from "../../plan/index.js";
import type { Estimator } from "../cost/index.js";
import type { Needed, PhysicalSettings, PlanContext } from "./context.js";
import { pick } from "./narrow.js";
import { planAggregate, planSetOperation } from "./plan-aggregate.js";
import { planJoin } from "./plan-join.js";
import { planDistinctOn, planLimit, planPartitionLimit, planSort } from "./plan-order.js";
import {
  planFilter,
  planProject,
  planProjectSet,
  planReference,
  planScan,
  planValues,
} from "./plan-scan.js";

interface Parts {
  readonly columns: ColumnFactory;
  readonly evaluator: ConstantEvaluator;
  readonly evaluation: EvaluationSettings;
  readonly estimator: Estimator;
  readonly settings: PhysicalSettings;
}

/**
 * Chooses an algorithm for every operator. The root puts out exactly `outputs`, the shared plans
 * what their readers read.
 */
export function planPhysically(
  plan: LogicalOperator,
  outputs: readonly Column[],
  parts: Parts,
): PhysicalPlan {
  let lastId = 0;
  const context: PlanContext = {
    ...parts,
    nextId: () => ++lastId,
    plan: (logical, needed) => planOperator(logical, needed, context),
  };
  parts.estimator.learn(plan);
  const tables: { readonly sharedId: number; readonly definition: LogicalOperator }[] = [];
  let body = plan;
  for (; body.kind === "with"; body = body.body) {
    tables.push({ sharedId: body.cteId, definition: body.definition });
  }
  const root = pickOutputs(context.plan(body, idsOf(outputs)), outputs, context);
  const used = tables.filter(({ sharedId }) => isRead(plan, sharedId));
  const shared = used.map(({ sharedId, definition }) => {
    const columns = outputColumns(definition);
    return { sharedId, plan: pick(context.plan(definition, idsOf(columns)), columns, context) };
  });
  return { shared, root };
}

function idsOf(columns: readonly Column[]): Needed {
  return new Set(columns.map((column) => column.id));
}

/** One column may be put out twice by a query; the row has it once. */
function pickOutputs(
  input: PhysicalOperator,
  outputs: readonly Column[],
  context: PlanContext,
): PhysicalOperator {
  const distinct = outputs.filter((c, i) => outputs.findIndex((other) => other.id === c.id) === i);
  const available = idsOf(input.columns);
  if (distinct.every((column) => available.has(column.id))) return pick(input, distinct, context);
  throw internalError("the plan does not put out what the query asks");
}

function isRead(plan: LogicalOperator, cteId: number): boolean {
  for (const node of operatorsOf(plan)) {
    if (node.kind === "cte-reference" && node.cteId === cteId) return true;
  }
  return false;
}

function planOperator(
  plan: LogicalOperator,
  needed: Needed,
  context: PlanContext,
): PhysicalOperator {
  switch (plan.kind) {
    case "scan":
      return planScan(plan, needed, [], context.estimator.rows(plan), context);
    case "values":
      return planValues(plan, context);
    case "filter":
      return planFilter(plan, needed, context);
    case "project":
      return planProject(plan, needed, context);
    case "project-set":
      return planProjectSet(plan, needed, context);
    case "join":
      return planJoin(plan, needed, context);
    case "aggregate":
      return planAggregate(plan, needed, context);
    case "distinct-on":
      return planDistinctOn(plan, needed, context);
    case "partition-limit":
      return planPartitionLimit(plan, needed, context);
    case "set-operation":
      return planSetOperation(plan, needed, context);
    case "sort":
      return planSort(plan, needed, context);
    case "limit":
      return planLimit(plan, needed, context);
    case "cte-reference":
      return planReference(plan, needed, context);
    case "with":
      throw internalError("a common table below the top of the plan");
    default:
      return unreachable(plan);
  }
}
