import { unreachable } from "../../errors/index.js";
import {
  inputsOf,
  mapExpressions,
  operatorsOf,
  expressionsOf,
  childrenOf,
  setColumns,
  withInputs,
  type Column,
  type ColumnFactory,
  type ColumnId,
  type Expression,
  type LogicalOperator,
} from "../../plan/index.js";
import { refer } from "./build.js";
import { substitute } from "./substitute.js";

export interface PlanCopy {
  readonly plan: LogicalOperator;
  /** What a column of the original is called in the copy. */
  readonly column: (original: Column) => Column;
}

/** The same plan with columns of its own; columns of enclosing queries stay. */
export function copyPlan(plan: LogicalOperator, factory: ColumnFactory): PlanCopy {
  const fresh = new Map<ColumnId, Column>();
  for (const column of madeColumns(plan)) {
    if (fresh.has(column.id)) continue;
    const { name, type, physical, nullable } = column;
    fresh.set(column.id, factory.make({ name, type, physical, nullable }));
  }
  const column = (original: Column): Column => fresh.get(original.id) ?? original;
  const replacements = new Map(Array.from(fresh, ([id, to]) => [id, refer(to)]));
  return { plan: renameColumns(plan, column, replacements), column };
}

type Rename = (column: Column) => Column;

function renameColumns(
  plan: LogicalOperator,
  rename: Rename,
  by: ReadonlyMap<ColumnId, Expression>,
): LogicalOperator {
  const inputs = inputsOf(plan).map((input) => renameColumns(input, rename, by));
  const node = mapExpressions(withInputs(plan, inputs), (e) =>
    renameInSubqueries(substitute(e, by), rename, by),
  );
  return renameOwn(node, rename);
}

function renameInSubqueries(
  expression: Expression,
  rename: Rename,
  by: ReadonlyMap<ColumnId, Expression>,
): Expression {
  return mapSubqueries(expression, (node) => {
    const plan = renameColumns(node.plan, rename, by);
    if (node.kind !== "scalar-subquery") return { ...node, plan };
    return { ...node, plan, output: rename(node.output) };
  });
}

type Subquery = Extract<Expression, { readonly plan: LogicalOperator }>;

function mapSubqueries(expression: Expression, change: (node: Subquery) => Expression): Expression {
  switch (expression.kind) {
    case "scalar-subquery":
    case "exists":
      return change(expression);
    case "any-subquery": {
      const condition = mapSubqueries(expression.condition, change);
      return change({ ...expression, condition });
    }
    case "column":
    case "literal":
    case "parameter":
      return expression;
    case "call":
    case "and":
    case "or":
    case "coalesce":
      return { ...expression, args: expression.args.map((a) => mapSubqueries(a, change)) };
    case "not":
    case "is-null":
    case "in-list":
      return { ...expression, operand: mapSubqueries(expression.operand, change) };
    case "case":
      return {
        ...expression,
        branches: expression.branches.map((b) => ({
          when: mapSubqueries(b.when, change),
          then: mapSubqueries(b.then, change),
        })),
        otherwise: mapSubqueries(expression.otherwise, change),
      };
    default:
      return unreachable(expression);
  }
}

/** The columns an operator itself makes or lists, under their new names. */
function renameOwn(plan: LogicalOperator, rename: Rename): LogicalOperator {
  switch (plan.kind) {
    case "scan":
    case "values":
      return { ...plan, columns: plan.columns.map(rename) };
    case "project-set":
      return {
        ...plan,
        sets: plan.sets.map((set) => ({ ...set, column: rename(set.column) })),
        ordinality: plan.ordinality === null ? null : rename(plan.ordinality),
      };
    case "cte-reference":
      // The definition may stand in the copied plan too.
      return {
        ...plan,
        columns: plan.columns.map(rename),
        definitionColumns: plan.definitionColumns.map(rename),
      };
    case "project":
      return { ...plan, items: plan.items.map((i) => ({ ...i, column: rename(i.column) })) };
    case "aggregate":
      return {
        ...plan,
        keys: plan.keys.map((k) => ({ ...k, column: rename(k.column) })),
        aggregates: plan.aggregates.map((a) => ({ ...a, column: rename(a.column) })),
      };
    case "set-operation":
      return {
        ...plan,
        columns: plan.columns.map(rename),
        leftColumns: plan.leftColumns.map(rename),
        rightColumns: plan.rightColumns.map(rename),
      };
    case "join":
      return plan.mark === null ? plan : { ...plan, mark: rename(plan.mark) };
    case "filter":
    case "distinct-on":
    case "partition-limit":
    case "sort":
    case "limit":
    case "with":
      return plan;
    default:
      return unreachable(plan);
  }
}

/** Columns that come to be somewhere in the plan or in the subqueries of its expressions. */
export function* madeColumns(plan: LogicalOperator): Generator<Column> {
  for (const node of operatorsOf(plan)) {
    yield* ownColumns(node);
    for (const expression of expressionsOf(node)) yield* madeInSubqueries(expression);
  }
}

function* madeInSubqueries(expression: Expression): Generator<Column> {
  if ("plan" in expression) yield* madeColumns(expression.plan);
  for (const child of childrenOf(expression)) yield* madeInSubqueries(child);
}

function ownColumns(node: LogicalOperator): readonly Column[] {
  switch (node.kind) {
    case "scan":
    case "values":
    case "cte-reference":
    case "set-operation":
      return node.columns;
    case "project-set":
      return setColumns(node);
    case "project":
      return node.items.map((item) => item.column);
    case "aggregate":
      return [...node.keys, ...node.aggregates].map((item) => item.column);
    case "join":
      return node.mark === null ? [] : [node.mark];
    case "filter":
    case "distinct-on":
    case "partition-limit":
    case "sort":
    case "limit":
    case "with":
      return [];
    default:
      return unreachable(node);
  }
}
