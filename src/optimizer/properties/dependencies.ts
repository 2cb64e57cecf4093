import type { Column, ColumnId, Expression, LogicalOperator } from "../../plan/index.js";
import type { PhysicalKind } from "../../types/index.js";
import { asEquality, conjunctsOf } from "../expression/build.js";
import { outputIds } from "./free-columns.js";
import { uniqueKeys } from "./unique-keys.js";

/** Rows that agree in all of `from` agree in all of `to`. */
export interface Dependency {
  readonly from: ReadonlySet<ColumnId>;
  readonly to: ReadonlySet<ColumnId>;
}

/** Kinds whose equal values are the same value: 1.0 and 1.00 are equal and print differently. */
const IDENTICAL: ReadonlySet<PhysicalKind> = new Set([
  "bool",
  "i16",
  "i32",
  "i64",
  "date",
  "time",
  "timestamp",
  "timestamptz",
  "uuid",
  "text",
]);

/** Functional dependencies among output columns that follow from the plan alone. */
export function dependenciesOf(plan: LogicalOperator): readonly Dependency[] {
  const own = uniqueKeys(plan).map((key) => ({ from: key, to: outputIds(plan) }));
  switch (plan.kind) {
    case "filter":
      return [
        ...own,
        ...dependenciesOf(plan.input),
        ...conjunctsOf(plan.condition).flatMap(byEquality),
      ];
    case "sort":
    case "limit":
    case "distinct-on":
    case "partition-limit":
    case "project":
      return [...own, ...dependenciesOf(plan.input)];
    case "join":
      switch (plan.joinKind) {
        case "inner":
          return [
            ...own,
            ...dependenciesOf(plan.left),
            ...dependenciesOf(plan.right),
            ...conjunctsOf(plan.condition).flatMap(byEquality),
          ];
        case "right":
        case "full":
          return own;
        default:
          return [...own, ...dependenciesOf(plan.left)];
      }
    default:
      return own;
  }
}

function byEquality(conjunct: Expression): readonly Dependency[] {
  const equality = asEquality(conjunct);
  if (equality === undefined || equality.nullsEqual) return [];
  const { left, right } = equality;
  const a = left.kind === "column" ? left.column : undefined;
  const b = right.kind === "column" ? right.column : undefined;
  if (a !== undefined && right.kind === "literal") return isIdentical(a) ? [constant(a)] : [];
  if (b !== undefined && left.kind === "literal") return isIdentical(b) ? [constant(b)] : [];
  if (a === undefined || b === undefined || !isIdentical(a) || !isIdentical(b)) return [];
  return [
    { from: new Set([a.id]), to: new Set([b.id]) },
    { from: new Set([b.id]), to: new Set([a.id]) },
  ];
}

function isIdentical(column: Column): boolean {
  return IDENTICAL.has(column.physical.kind);
}

function constant(column: Column): Dependency {
  return { from: new Set(), to: new Set([column.id]) };
}

/** All columns that `columns` decide. */
export function closureOf(
  columns: ReadonlySet<ColumnId>,
  dependencies: readonly Dependency[],
): ReadonlySet<ColumnId> {
  const closure = new Set(columns);
  for (let size = -1; size !== closure.size;) {
    size = closure.size;
    for (const { from, to } of dependencies) {
      if ([...from].every((id) => closure.has(id))) to.forEach((id) => closure.add(id));
    }
  }
  return closure;
}
