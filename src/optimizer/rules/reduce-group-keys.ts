import {
  rewritePlan,
  type AggregateOperator,
  type ColumnId,
  type LogicalOperator,
  type ProjectItem,
} from "../../plan/index.js";
import { closureOf, dependenciesOf } from "../properties/dependencies.js";
import type { Rule } from "../rule.js";

/**
 * Group keys that other keys decide become the first value of the group, so that rows are hashed and
 * compared by fewer columns.
 *
 * Sound for dependencies that the plan proves: equal columns of an inner join, constants, the keys of
 * a grouping below. That a column is unique in its file is a statistic, and grouping by it alone
 * would lose groups where the statistic is wrong. One key always stays: without any there would be a
 * row for no rows.
 */
export const reduceGroupKeys: Rule = {
  name: "reduce-group-keys",
  apply: (plan) => rewritePlan(plan, (node) => (node.kind === "aggregate" ? reduce(node) : node)),
};

function reduce(node: AggregateOperator): LogicalOperator {
  // string_agg has an operator of its own, with no room for a first value.
  const isApart = node.aggregates.some(({ call }) => call.aggregate === "string_agg");
  if (node.keys.length < 2 || isApart) return node;
  const dependencies = dependenciesOf(node.input);
  let kept: readonly ProjectItem[] = node.keys;
  for (const key of [...node.keys].reverse()) {
    const rest = kept.filter((other) => other !== key);
    if (rest.length === 0 || key.expression.kind !== "column") continue;
    if (closureOf(columnsOfKeys(rest), dependencies).has(key.expression.column.id)) kept = rest;
  }
  const dropped = node.keys.filter((key) => !kept.includes(key));
  if (dropped.length === 0) return node;
  const firsts = dropped.map(({ column, expression }) => ({
    column,
    call: { aggregate: "first", args: [expression], distinct: false, filter: null, orderBy: [] },
  }));
  return { ...node, keys: kept, aggregates: [...node.aggregates, ...firsts] };
}

function columnsOfKeys(keys: readonly ProjectItem[]): ReadonlySet<ColumnId> {
  return new Set(keys.flatMap(({ expression: e }) => (e.kind === "column" ? [e.column.id] : [])));
}
