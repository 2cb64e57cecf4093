import { integer, literal } from "../../functions/index.js";
import {
  mapCall,
  type Column,
  type ColumnId,
  type Expression,
  type LogicalOperator,
  type ProjectItem,
} from "../../plan/index.js";
import type { AggregateCollector } from "../aggregate-collector.js";
import { mentionedColumns, replaceEverywhere } from "../plan-walk.js";
import type { Scope } from "../scope.js";
import { columnExpression } from "../statement-binding.js";
import type { BoundGroupBy } from "./group-by.js";
import { aggregation } from "./group-by-value.js";

/** The query whose rows several groupings share. */
interface Shared {
  readonly cteId: number;
  readonly definitionColumns: readonly Column[];
}

/**
 * Several grouping sets: one aggregation a set over rows that are computed once, put together by
 * UNION ALL. Keys that a set leaves out are NULL; GROUPING() is a constant in each set.
 */
export function groupingSetsPlan(
  input: LogicalOperator,
  groupBy: BoundGroupBy,
  keys: readonly ProjectItem[],
  collector: AggregateCollector,
  groupings: readonly (readonly number[])[],
  scope: Scope,
): LogicalOperator {
  const name = "grouping sets";
  const cteId = scope.statement.newCteId();
  const shared = { cteId, definitionColumns: inputColumns(keys, collector, scope) };
  const outputs = [...keys, ...collector.aggregates, ...collector.groupings].map((c) => c.column);
  const branches = groupBy.sets.map((set) =>
    branch(shared, name, set, keys, collector, groupings, scope),
  );
  const body = branches.slice(1).reduce<Branch>(
    (left, right, i) => {
      const last = i === branches.length - 2;
      const columns = last ? outputs : outputs.map((c) => fresh(c, scope));
      return { plan: unionAll(left, right, columns), columns };
    },
    branches[0] ?? { plan: input, columns: [] },
  );
  return { kind: "with", cteId, name, materialized: "always", definition: input, body: body.plan };
}

interface Branch {
  readonly plan: LogicalOperator;
  readonly columns: readonly Column[];
}

function unionAll(left: Branch, right: Branch, columns: readonly Column[]): LogicalOperator {
  return {
    kind: "set-operation",
    operation: "union",
    all: true,
    left: left.plan,
    right: right.plan,
    columns,
    leftColumns: left.columns,
    rightColumns: right.columns,
  };
}

/** Columns of the input that keys and aggregates are computed from. */
function inputColumns(
  keys: readonly ProjectItem[],
  collector: AggregateCollector,
  scope: Scope,
): readonly Column[] {
  const found = new Map<ColumnId, Column>();
  const collect = (expression: Expression): Expression => {
    for (const [id, column] of mentionedColumns(expression)) {
      if (scope.owns(id)) found.set(id, column);
    }
    return expression;
  };
  for (const { expression } of keys) collect(expression);
  for (const { call } of collector.aggregates) mapCall(call, collect);
  return [...found.values()];
}

function fresh({ name, type, physical }: Column, scope: Scope): Column {
  const column = scope.statement.columns.make({ name, type, physical, nullable: true });
  scope.own(column.id);
  return column;
}

function branch(
  shared: Shared,
  name: string,
  set: readonly number[],
  keys: readonly ProjectItem[],
  collector: AggregateCollector,
  groupings: readonly (readonly number[])[],
  scope: Scope,
): Branch {
  const columns = shared.definitionColumns.map((c) => fresh(c, scope));
  const renamed = new Map(shared.definitionColumns.map((c, i) => [c.id, columns[i]] as const));
  const rename = (expression: Expression): Expression =>
    replaceEverywhere(expression, (node) => {
      const column = node.kind === "column" ? renamed.get(node.column.id) : undefined;
      if (column === undefined) return undefined;
      return { ...columnExpression(column), type: node.type, nullable: node.nullable };
    });
  const reference: LogicalOperator = { kind: "cte-reference", name, columns, ...shared };
  const made = keys.map((k) => fresh(k.column, scope));
  const aggregates = collector.aggregates.map(({ column, call }) => ({
    column: fresh(column, scope),
    call: mapCall(call, rename),
  }));
  const own = set.flatMap((i) => {
    const column = made[i];
    const key = keys[i];
    return column && key ? [{ column, expression: rename(key.expression) }] : [];
  });
  const plan = aggregation(reference, own, aggregates, scope.statement);
  const items: ProjectItem[] = [
    ...made.map((column, i) => keyOrNull(column, set.includes(i), scope)),
    ...aggregates.map(({ column }) => ({ column, expression: columnExpression(column) })),
    ...collector.groupings.map((g, i) => ({
      column: fresh(g.column, scope),
      expression: integer(groupingBits(groupings[i] ?? [], set)),
    })),
  ];
  return { plan: { kind: "project", input: plan, items }, columns: items.map((i) => i.column) };
}

function keyOrNull(column: Column, present: boolean, scope: Scope): ProjectItem {
  if (present) return { column, expression: columnExpression(column) };
  return { column: fresh(column, scope), expression: literal(null, column.type, column.physical) };
}

/** One bit an argument, the last one lowest: set where the grouping set leaves it out. */
function groupingBits(args: readonly number[], set: readonly number[]): number {
  return args.reduce((bits, key) => bits * 2 + (set.includes(key) ? 0 : 1), 0);
}
