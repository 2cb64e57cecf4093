import { groupingArguments, invariant, ungroupedColumn } from "../../errors/index.js";
import { integer } from "../../functions/index.js";
import {
  type Column,
  type Expression,
  type LogicalOperator,
  type ProjectItem,
  type SetCall,
} from "../../plan/index.js";
import { hasUnequalForms, samePhysical, sameType } from "../../types/index.js";
import type { AggregateCollector, CollectedGrouping } from "../aggregate-collector.js";
import { replaceEverywhere } from "../plan-walk.js";
import { sameValue } from "../same-value.js";
import type { Scope } from "../scope.js";
import { columnExpression } from "../statement-binding.js";
import type { BoundGroupBy } from "./group-by.js";
import { aggregation } from "./group-by-value.js";
import { groupingSetsPlan } from "./grouping-sets.js";

/** An aggregation: its plan, and how expressions above it are to be written. */
export interface Grouped {
  readonly plan: LogicalOperator;
  /** The expression over keys and aggregates; 42803 for a column that is neither. */
  readonly rewrite: (expression: Expression) => Expression;
}

export function group(
  input: LogicalOperator,
  groupBy: BoundGroupBy,
  collector: AggregateCollector,
  scope: Scope,
): Grouped {
  // Several sets make the keys anew: NULL where a set leaves one out.
  const passed = groupBy.sets.length === 1;
  const keys = groupBy.keys.map((expression) => keyItem(expression, passed, scope));
  const rewrite = (expression: Expression): Expression =>
    replaceGrouped(expression, keys, collector, scope);
  const groupings = collector.groupings.map((g) => checkGrouping(g, groupBy));
  if (groupBy.sets.length !== 1) {
    const plan = groupingSetsPlan(input, groupBy, keys, collector, groupings, scope);
    return { plan, rewrite };
  }
  const { aggregates } = collector;
  const plan = aggregation(input, keys, aggregates, scope.statement);
  return { plan: withGroupings(plan, keys, collector), rewrite };
}

/** With a single grouping set, GROUPING() is 0. */
function withGroupings(
  plan: LogicalOperator,
  keys: readonly ProjectItem[],
  collector: AggregateCollector,
): LogicalOperator {
  if (collector.groupings.length === 0) return plan;
  const made = [...keys, ...collector.aggregates].map(({ column }) => column);
  const kept = made.map((column) => ({ column, expression: columnExpression(column) }));
  const zeros = collector.groupings.map(({ column }) => ({ column, expression: integer(0) }));
  return { kind: "project", input: plan, items: [...kept, ...zeros] };
}

/** Indexes of the keys that GROUPING's arguments are. */
function checkGrouping(grouping: CollectedGrouping, groupBy: BoundGroupBy): readonly number[] {
  return grouping.args.map((argument) => {
    const index = groupBy.keys.findIndex((k) => sameValue(k, argument));
    if (index < 0) throw groupingArguments(argument.position);
    return index;
  });
}

/** A plain column can be passed along as its own key; other expressions get a fresh one. */
function keyItem(expression: Expression, passed: boolean, scope: Scope): ProjectItem {
  const mayPass = passed && !hasUnequalForms(expression.type.name);
  if (mayPass && expression.kind === "column" && scope.owns(expression.column.id)) {
    const { column, type, physical, nullable } = expression;
    if (sameType(column.type, type) && samePhysical(column.physical, physical)) {
      return {
        column: column.nullable === nullable ? column : { ...column, nullable },
        expression,
      };
    }
  }
  const name = expression.kind === "column" ? expression.column.name : "group_key";
  const labels = passed ? expression : { ...expression, nullable: true };
  const column = scope.statement.columnFor(labels, name);
  scope.own(column.id);
  return { column, expression };
}

function replaceGrouped(
  root: Expression,
  keys: readonly ProjectItem[],
  collector: AggregateCollector,
  scope: Scope,
): Expression {
  /** A set that is no key runs over the groups. */
  const raisedSet = (set: SetCall, position: number | undefined): Expression => {
    const rewrite = (argument: Expression): Expression =>
      replaceGrouped(argument, keys, collector, scope);
    invariant(scope.sets !== undefined, "a set outside a SELECT");
    const column = scope.sets.raise(set, rewrite, scope.statement);
    scope.own(column.id);
    return columnExpression(column, position);
  };
  return replaceEverywhere(root, (node, inSubquery) => {
    const isConstant = node.kind === "literal" && node !== root;
    const key = isConstant ? undefined : keys.find((k) => sameValue(k.expression, node));
    if (key !== undefined) return keyValue(key.column, node);
    if (node.kind !== "column" || !scope.owns(node.column.id)) return undefined;
    if (collector.ofColumn(node.column) !== undefined) return node;
    const set = scope.sets?.ofColumn(node.column);
    if (set !== undefined) return raisedSet(set, node.position);
    throw ungroupedColumn(qualifiedName(node.column, scope), inSubquery, node.position);
  });
}

/** A key's column under the labels of the expression it stands for. */
function keyValue(column: Column, node: Expression): Expression {
  return { ...columnExpression(column, node.position), type: node.type };
}

/** `table.column`, as the error about it names it. */
function qualifiedName(column: Column, scope: Scope): string {
  for (const entry of scope.rangeTable) {
    if (entry.kind === "join") continue;
    const found = entry.columns.find(
      ({ expression }) => expression.kind === "column" && expression.column.id === column.id,
    );
    if (found !== undefined) return `${entry.alias}.${found.name}`;
  }
  return column.name;
}
