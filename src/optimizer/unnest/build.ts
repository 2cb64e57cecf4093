import {
  outputColumns,
  type Column,
  type Expression,
  type JoinKind,
  type JoinOperator,
  type LogicalOperator,
} from "../../plan/index.js";
import { conjunction, refer } from "../expression/build.js";
import { dependsOn } from "../properties/free-columns.js";

/** A join whose `dependent` says whether its right side mentions the left. */
export function makeJoin(
  joinKind: JoinKind,
  left: LogicalOperator,
  right: LogicalOperator,
  condition: Expression | null,
  mark: Column | null = null,
): JoinOperator {
  const dependent = dependsOn(right, left);
  return { kind: "join", joinKind, left, right, condition, dependent, mark };
}

/** UNION ALL of parts whose columns stand in one order. */
export function unionOf(
  parts: readonly LogicalOperator[],
  columns: readonly Column[],
): LogicalOperator {
  const [first, ...rest] = parts;
  if (first === undefined) return { kind: "values", columns, rows: [] };
  const project = (input: LogicalOperator, sources: readonly Column[]): LogicalOperator => ({
    kind: "project",
    input,
    items: columns.map((column, i) => ({ column, expression: refer(sources[i] as Column) })),
  });
  if (rest.length === 0) return project(first, outputColumns(first));
  return rest.reduce<LogicalOperator>(
    (left, right) => ({
      kind: "set-operation",
      operation: "union",
      all: true,
      left,
      right,
      columns,
      leftColumns: outputColumns(left),
      rightColumns: outputColumns(right),
    }),
    first,
  );
}

export function filtered(
  input: LogicalOperator,
  conjuncts: readonly Expression[],
): LogicalOperator {
  const condition = conjunction(conjuncts);
  return condition === null ? input : { kind: "filter", input, condition };
}
