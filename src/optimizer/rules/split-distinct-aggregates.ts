import { caseWhen } from "../../functions/index.js";
import {
  mapCall,
  outputColumns,
  rewritePlan,
  sameExpression,
  sameList,
  type AggregateCall,
  type AggregateOperator,
  type Column,
  type Expression,
  type LogicalOperator,
  type ProjectItem,
} from "../../plan/index.js";
import { conjunction, notDistinct, nullLike, refer } from "../expression/build.js";
import { substitute } from "../expression/substitute.js";
import type { Rule, RuleContext } from "../rule.js";
import { hoistCommonTables } from "./place-common-tables.js";

/**
 * Aggregates over DISTINCT values as two levels of grouping: by the keys and the values, then by the
 * keys. Several sets of values, or plain aggregates beside them, are grouped apart over one shared
 * input and joined again by the keys.
 *
 * Sound because all aggregates skip NULL arguments, so that a row which FILTER leaves out can become
 * a NULL and the group stays: `SELECT k, count(DISTINCT x) FILTER (WHERE false) … GROUP BY k` keeps
 * every k. string_agg is grouped apart likewise. Keys meet by IS NOT DISTINCT FROM, because a NULL key is a group too.
 */
export const splitDistinctAggregates: Rule = {
  name: "split-distinct-aggregates",
  apply(plan, context) {
    const next = rewritePlan(plan, (node) =>
      node.kind === "aggregate" ? split(node, context) : node,
    );
    return next === plan ? plan : hoistCommonTables(next, context);
  },
};

type Aggregates = AggregateOperator["aggregates"];

/** Calls whose answer repeats do not change. */
const IDEMPOTENT: ReadonlySet<string> = new Set([
  "min",
  "max",
  "bpchar_min",
  "bpchar_max",
  "bool_and",
  "bool_or",
  "bit_and",
  "bit_or",
]);

function split(node: AggregateOperator, context: RuleContext): LogicalOperator {
  const isAlone = node.aggregates.length === 1;
  const isApart = ({ call }: Aggregates[number]): boolean =>
    call.distinct || (isStringAggregate(call) && !isAlone);
  if (!node.aggregates.some(isApart)) return node;
  const aggregates = node.aggregates.map(({ column, call }) => ({
    column,
    call: IDEMPOTENT.has(call.aggregate) ? { ...call, distinct: false } : call,
  }));
  const groups = groupsOf(aggregates);
  const [first, ...rest] = groups;
  if (first === undefined) return node;
  if (rest.length === 0) return groupTwice({ ...node, aggregates: first }, context);
  return joinGroups(node, groups, context);
}

/** Calls that one pair of groupings can answer: plain ones, and those over the same values. */
function groupsOf(aggregates: Aggregates): readonly Aggregates[] {
  const groups: Aggregates[] = [];
  for (const aggregate of aggregates) {
    const index = groups.findIndex((group) =>
      group.some((g) => goTogether(g.call, aggregate.call)),
    );
    const group = groups[index];
    if (group === undefined) groups.push([aggregate]);
    else groups[index] = [...group, aggregate];
  }
  return groups;
}

function goTogether(a: AggregateCall, b: AggregateCall): boolean {
  if (isStringAggregate(a) || isStringAggregate(b)) return false;
  if (!a.distinct || !b.distinct) return a.distinct === b.distinct;
  const sameFilter =
    a.filter === null || b.filter === null
      ? a.filter === b.filter
      : sameExpression(a.filter, b.filter);
  return sameFilter && sameList(a.args.filter(isValue), b.args.filter(isValue));
}

/** An aggregate whose state would grow with its rows has an operator to itself. */
function isStringAggregate(call: AggregateCall): boolean {
  return call.aggregate === "string_agg";
}

function isValue(argument: Expression): boolean {
  return argument.kind !== "literal";
}

/** Every call of the node is over the same distinct values, or none is. */
function groupTwice(node: AggregateOperator, context: RuleContext): LogicalOperator {
  const [first] = node.aggregates;
  if (first === undefined || !first.call.distinct) return node;
  const fresh = (expression: Expression, name: string): ProjectItem => {
    const { type, physical } = expression;
    const column = context.columns.make({ name, type, physical, nullable: true });
    return { column, expression };
  };
  const keys = node.keys.map((key) => fresh(key.expression, key.column.name));
  const varying = first.call.args.filter(isValue);
  const values = (varying.length > 0 ? varying : first.call.args).map((value, i) => {
    const { filter } = first.call;
    const kept =
      filter === null ? value : caseWhen([{ when: filter, then: value }], nullLike(value));
    return { value, item: fresh(kept, `value_${String(i + 1)}`) };
  });
  const inner: AggregateOperator = {
    kind: "aggregate",
    input: node.input,
    keys: [...keys, ...values.map(({ item }) => item)],
    aggregates: [],
  };
  const replace = (expression: Expression): Expression => {
    const known = values.find(({ value }) => sameExpression(value, expression));
    return known === undefined ? expression : refer(known.item.column);
  };
  return {
    kind: "aggregate",
    input: inner,
    keys: keys.map((key, i) => ({
      column: node.keys[i]?.column ?? key.column,
      expression: refer(key.column),
    })),
    aggregates: node.aggregates.map(({ column, call }) => ({
      column,
      call: { ...mapCall(call, replace), distinct: false, filter: null },
    })),
  };
}

/** Each group of calls aggregated from the shared input, joined by the keys. */
function joinGroups(
  node: AggregateOperator,
  groups: readonly Aggregates[],
  context: RuleContext,
): LogicalOperator {
  const cteId = context.newCteId();
  const name = `distinct_${String(cteId)}`;
  const parts = groups.map((aggregates, i) => {
    const keys = node.keys.map((key) => (i === 0 ? key.column : copyOf(key.column, context)));
    return { plan: part(node, aggregates, keys, { cteId, name }, context), keys };
  });
  const [first, ...rest] = parts;
  if (first === undefined) return node;
  const body = rest.reduce<LogicalOperator>((left, { plan: right, keys }) => {
    const matches = keys.map((key, i) => notDistinct(refer(first.keys[i] ?? key), refer(key)));
    const condition = conjunction(matches);
    return {
      kind: "join",
      joinKind: "inner",
      left,
      right,
      condition,
      dependent: false,
      mark: null,
    };
  }, first.plan);
  return { kind: "with", cteId, name, materialized: "always", definition: node.input, body };
}

function copyOf(column: Column, context: RuleContext): Column {
  const { name, type, physical } = column;
  return context.columns.make({ name, type, physical, nullable: true });
}

function part(
  node: AggregateOperator,
  aggregates: Aggregates,
  keys: readonly Column[],
  table: { readonly cteId: number; readonly name: string },
  context: RuleContext,
): LogicalOperator {
  const sources = outputColumns(node.input);
  const columns = sources.map((column) => {
    const { name, type, physical, nullable } = column;
    return context.columns.make({ name, type, physical, nullable });
  });
  const by = new Map(sources.map((column, i) => [column.id, refer(columns[i] ?? column)]));
  const replace = (expression: Expression): Expression => substitute(expression, by);
  const input: LogicalOperator = {
    kind: "cte-reference",
    ...table,
    columns,
    definitionColumns: sources,
  };
  const grouped: AggregateOperator = {
    kind: "aggregate",
    input,
    keys: node.keys.map(({ expression }, i) => ({
      column: keys[i] as Column,
      expression: replace(expression),
    })),
    aggregates: aggregates.map(({ column, call }) => ({ column, call: mapCall(call, replace) })),
  };
  return groupTwice(grouped, context);
}
