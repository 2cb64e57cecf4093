import {
  featureNotSupported,
  internalError,
  setOperationColumnCount,
  setOperationOrderBy,
} from "../../errors/index.js";
import type { OrderItem, Query, SetOperation } from "../../parser/index.js";
import type { Column, Expression, LogicalOperator, ProjectItem } from "../../plan/index.js";
import { hasUnequalForms, samePhysical, sameType, TYPE_FACTS } from "../../types/index.js";
import { coerceCommon, commonTypeOf, unify } from "../common-type.js";
import { fromEntry } from "../from/from-result.js";
import type { Scope } from "../scope.js";
import { SetCollector } from "../set-collector.js";
import { columnExpression } from "../statement-binding.js";
import { aggregation } from "./group-by-value.js";
import { bindLimit, limit } from "./limit.js";
import { bindOrderBy, sort, sortKeys, type SortItem } from "./order-by.js";
import type { OutputColumn, QueryResult } from "./query-result.js";
import { Targets } from "./targets.js";

/** UNION, INTERSECT, EXCEPT with the ORDER BY and LIMIT of their query. */
export function bindSetOperation(body: SetOperation, query: Query, scope: Scope): QueryResult {
  const construct = body.operator.toUpperCase();
  const options = { resolveUnknowns: false };
  const { binders } = scope.statement;
  const left = binders.query(body.left, scope, options);
  const right = binders.query(body.right, scope, options);
  if (left.outputs.length !== right.outputs.length) {
    throw setOperationColumnCount(construct, right.outputs[0]?.position);
  }
  const pairs = left.outputs.map((l, i) => {
    const r = right.outputs[i] as OutputColumn;
    return matchColumns(l, r, construct, body.operator === "union", scope);
  });
  const leftSide = convert(
    left,
    pairs.map((p) => p.left),
    scope,
  );
  const rightSide = convert(
    right,
    pairs.map((p) => p.right),
    scope,
  );
  const { plan, columns } = combined(body, leftSide, rightSide, scope);
  const outputs = left.outputs.map(({ name, position }, i): OutputColumn => {
    const column = columns[i] as Column;
    const expression = columnExpression(column, position);
    return { name, column, expression, origin: undefined, position };
  });
  nameLeaves(body, [left, right], scope);
  return finish({ plan, outputs }, query, scope);
}

/** Both sides as one operator; a UNION of values that only look different keeps one of them. */
function combined(
  { operator: operation, all }: SetOperation,
  left: Side,
  right: Side,
  scope: Scope,
): Side {
  const make = (): readonly Column[] =>
    left.columns.map((l, i) => outputColumn(l, right.columns[i] ?? l, scope));
  const columns = make();
  const isLoose = !all && columns.some(({ type }) => hasUnequalForms(type.name));
  const plan: LogicalOperator = {
    kind: "set-operation",
    operation,
    all: all || isLoose,
    left: left.plan,
    right: right.plan,
    columns,
    leftColumns: left.columns,
    rightColumns: right.columns,
  };
  if (!isLoose) return { plan, columns };
  const kept = make();
  const keys = kept.map((column, i) => ({
    column,
    expression: columnExpression(columns[i] ?? column),
  }));
  return { plan: aggregation(plan, keys, [], scope.statement), columns: kept };
}

function outputColumn(left: Column, right: Column, scope: Scope): Column {
  const { name, type, physical } = left;
  const nullable = left.nullable || right.nullable;
  return scope.statement.columns.make({ name, type, physical, nullable });
}

/** The values of both sides of one column in their common type and form. */
function matchColumns(
  left: OutputColumn,
  right: OutputColumn,
  construct: string,
  isUnion: boolean,
  scope: Scope,
): { readonly left: Expression; readonly right: Expression } {
  const values = [left, right].map(valueOf);
  const type = commonTypeOf(construct, values);
  const coerced = values.map((v) => coerceCommon(scope.statement, construct, v, type));
  if (!isUnion && hasUnequalForms(type.name)) {
    throw featureNotSupported(
      `${construct} of type ${TYPE_FACTS[type.name].display} is not supported`,
      left.position,
    );
  }
  const [l, r] = unify(coerced, type);
  return { left: l ?? valueOf(left), right: r ?? valueOf(right) };
}

/** The column's value above its query; a constant of unknown type is still that constant. */
function valueOf(output: OutputColumn): Expression {
  if (output.expression.type.name === "unknown") return output.expression;
  return columnExpression(output.column, output.position);
}

interface Side {
  readonly plan: LogicalOperator;
  readonly columns: readonly Column[];
}

/** A side with its columns converted: as it is where nothing changes. */
function convert(side: QueryResult, values: readonly Expression[], scope: Scope): Side {
  const retyped = new Map<number, ProjectItem>();
  const outputs = side.outputs.map((output, i) => {
    const expression = values[i] as Expression;
    if (output.expression.type.name !== "unknown") return { output, value: expression };
    const column = scope.statement.columnFor(expression, output.name);
    retyped.set(output.column.id, { column, expression });
    return { output: { ...output, column }, value: columnExpression(column) };
  });
  const plan = retyped.size === 0 ? side.plan : retype(side.plan, retyped);
  const typed = { plan, outputs: outputs.map((o) => o.output) };
  return convertTyped(
    typed,
    outputs.map((o) => o.value),
    scope,
  );
}

/** The plan with its top projection's constants of unknown type given one. */
function retype(plan: LogicalOperator, retyped: ReadonlyMap<number, ProjectItem>): LogicalOperator {
  switch (plan.kind) {
    case "project": {
      const items = plan.items.map((item) => retyped.get(item.column.id) ?? item);
      return { ...plan, items };
    }
    case "distinct-on":
    case "partition-limit":
    case "sort":
    case "limit":
      return { ...plan, input: retype(plan.input, retyped) };
    case "with":
      return { ...plan, body: retype(plan.body, retyped) };
    default:
      throw internalError(`a ${plan.kind} of constants of unknown type`);
  }
}

function convertTyped(side: QueryResult, values: readonly Expression[], scope: Scope): Side {
  const unchanged = values.every((value, i) => {
    const column = side.outputs[i]?.column;
    return (
      value.kind === "column" &&
      value.column.id === column?.id &&
      sameType(value.type, column.type) &&
      samePhysical(value.physical, column.physical)
    );
  });
  if (unchanged) return { plan: side.plan, columns: side.outputs.map((o) => o.column) };
  const items = values.map((expression, i): ProjectItem => {
    const column = scope.statement.columnFor(expression, side.outputs[i]?.name ?? "?column?");
    return { column, expression };
  });
  return {
    plan: { kind: "project", input: side.plan, items },
    columns: items.map((i) => i.column),
  };
}

/** Queries of the tree that are no set operations themselves, as hints number them. */
function leafCount(query: Query): number {
  const { body } = query;
  const bare = query.with === undefined && query.orderBy.length === 0 && query.limit === undefined;
  if (body.kind !== "setOperation" || !bare) return 1;
  return leafCount(body.left) + leafCount(body.right);
}

/** Makes the sides known to hints as "*SELECT* 1" and so on; no name resolves to them. */
function nameLeaves(body: SetOperation, sides: readonly QueryResult[], scope: Scope): void {
  const numbers = [1, 1 + leafCount(body.left)];
  for (const [i, { outputs }] of sides.entries()) {
    scope.rangeTable.push({
      kind: "subquery",
      alias: `*SELECT* ${String(numbers[i] ?? 1)}`,
      aliased: true,
      relation: undefined,
      columns: outputs.map(({ name, expression, origin }) => ({ name, expression, origin })),
    });
  }
}

/** ORDER BY of a set operation sees its result's columns and nothing else. */
function finish(result: QueryResult, query: Query, scope: Scope): QueryResult {
  const entry = fromEntry(scope, result.plan, {
    kind: "join",
    alias: "*SELECT*",
    aliased: true,
    relation: undefined,
    columns: result.outputs.map(({ name, column }) => ({
      name,
      expression: columnExpression(column),
      origin: undefined,
    })),
  });
  scope.namespace = entry.items.map((i) => ({ ...i, relationVisible: false }));
  const targets = new Targets(
    result.outputs.map(({ name, expression, origin }) => ({ name, expression, origin })),
    scope,
  );
  // A set is an expression: it is refused as such.
  scope.sets = new SetCollector();
  const order = bindOrderBy(query.orderBy, targets);
  refuseExpressions(order, query.orderBy);
  const bounds = bindLimit(query, scope);
  const columns = new Map(
    targets.visible.map((t, i) => [t, (result.outputs[i] as OutputColumn).column] as const),
  );
  return { ...result, plan: limit(sort(result.plan, sortKeys(order, columns)), bounds) };
}

function refuseExpressions(order: readonly SortItem[], items: readonly OrderItem[]): void {
  const foreign = order.find((o) => o.target.hidden);
  if (foreign === undefined) return;
  throw setOperationOrderBy(foreign.target.expression.position ?? items[0]?.position);
}
