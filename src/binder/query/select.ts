import { featureNotSupported } from "../../errors/index.js";
import type { Query, Select } from "../../parser/index.js";
import type { Expression, LogicalOperator, SetCall } from "../../plan/index.js";
import { AggregateCollector } from "../aggregate-collector.js";
import { resolveUnknown } from "../coerce.js";
import { bindCondition } from "../expression/booleans.js";
import { bindFrom } from "../from/from-clause.js";
import type { Scope } from "../scope.js";
import { SetCollector } from "../set-collector.js";
import { applyDistinct, bindDistinct } from "./distinct.js";
import { bindGroupBy, type BoundGroupBy } from "./group-by.js";
import { group } from "./grouping.js";
import { bindLimit, limit } from "./limit.js";
import { bindOrderBy, sort, sortKeys } from "./order-by.js";
import { projectSets, sortsBeforeSets, sortTargets } from "./project-sets.js";
import { project, resultOf } from "./projection.js";
import type { QueryOptions, QueryResult } from "./query-result.js";
import { bindTargetList } from "./target-list.js";
import { Targets } from "./targets.js";

/** A SELECT with the ORDER BY and LIMIT of its query, bound in PostgreSQL's order of clauses. */
export function bindSelect(
  select: Select,
  query: Query,
  scope: Scope,
  options: QueryOptions,
): QueryResult {
  const collector = new AggregateCollector();
  scope.aggregates = collector;
  const sets = new SetCollector();
  scope.sets = sets;
  const from = bindFrom(select.from, scope);
  const list = scope.inClause("select", () => bindTargetList(select.items, scope));
  const targets = new Targets(list, scope);
  const where = bindOptional(select.where, "where", "WHERE", scope);
  const having = bindOptional(select.having, "having", "HAVING", scope);
  const order = bindOrderBy(query.orderBy, targets);
  const groupBy = bindGroupBy(select, targets);
  const distinct = bindDistinct(select.distinct, targets, order);
  const bounds = bindLimit(query, scope);
  refuseWindows(select);
  if (options.resolveUnknowns) resolveTargets(targets, scope);
  let plan: LogicalOperator =
    where === null ? from : { kind: "filter", input: from, condition: where };
  let running: readonly SetCall[] = sets.sets;
  if (isGrouped(select, collector)) {
    plan = projectSets(plan, sets.under(groupBy.keys));
    plan = groupAndFilter(plan, groupBy, having, targets, collector, scope);
    running = sets.raised;
  }
  const isSorted = !bounds.withTies && sortsBeforeSets(order, distinct, running, scope);
  if (isSorted) plan = sortTargets(plan, order, scope);
  plan = projectSets(plan, running);
  const used = targets.list.filter((t) => !t.hidden || (isUsed(t) && !isSorted));
  const made = project(plan, used, scope);
  const distinguished = applyDistinct(distinct, made, order, scope.statement);
  const sorted = isSorted ? distinguished : sort(distinguished, sortKeys(order, made.columns));
  return resultOf(limit(sorted, bounds), made);

  /** Hidden targets of GROUP BY are keys of the aggregation, not values of the result. */
  function isUsed(target: (typeof targets.list)[number]): boolean {
    if (order.some((o) => o.target === target)) return true;
    return distinct.kind === "on" && distinct.targets.includes(target);
  }
}

function bindOptional(
  ast: Select["where"],
  clause: "where" | "having",
  construct: string,
  scope: Scope,
): Expression | null {
  if (ast === undefined) return null;
  return scope.inClause(clause, () => bindCondition(ast, scope, construct));
}

function refuseWindows(select: Select): void {
  const [window] = select.windows;
  if (window === undefined) return;
  throw featureNotSupported("window functions are not supported", window.position);
}

function resolveTargets(targets: Targets, scope: Scope): void {
  for (const target of targets.list) {
    target.expression = resolveUnknown(scope.statement, target.expression);
  }
}

function isGrouped(select: Select, collector: AggregateCollector): boolean {
  return (
    select.groupBy.length > 0 ||
    select.having !== undefined ||
    collector.aggregates.length > 0 ||
    collector.groupings.length > 0
  );
}

function groupAndFilter(
  input: LogicalOperator,
  groupBy: BoundGroupBy,
  having: Expression | null,
  targets: Targets,
  collector: AggregateCollector,
  scope: Scope,
): LogicalOperator {
  const { plan, rewrite } = group(input, groupBy, collector, scope);
  for (const target of targets.list) target.expression = rewrite(target.expression);
  if (having === null) return plan;
  return { kind: "filter", input: plan, condition: rewrite(having) };
}
