import assert from "node:assert/strict";
import {
  childrenOf,
  expressionsOf,
  inputsOf,
  outputColumns,
  type ColumnId,
  type Expression,
  type LogicalOperator,
} from "../plan/index.js";
import { samePhysical, sameType } from "../types/index.js";

/**
 * Fails unless every column an operator mentions comes from its inputs or an enclosing query, no id
 * is put out by two operators that make it, and the sides of set operations agree.
 */
export function assertWellFormed(plan: LogicalOperator): void {
  checkNode(plan, new Set(), new Map(), new Set());
}

type Ids = ReadonlySet<ColumnId>;

function checkNode(
  plan: LogicalOperator,
  outer: Ids,
  tables: Map<number, LogicalOperator>,
  made: Set<ColumnId>,
): void {
  if (plan.kind === "with") tables.set(plan.cteId, plan.definition);
  const left = plan.kind === "join" && plan.dependent ? idsOf([plan.left]) : new Set<ColumnId>();
  inputsOf(plan).forEach((input, i) => {
    checkNode(input, i === 0 ? outer : new Set([...outer, ...left]), tables, made);
  });
  const visible = new Set([...outer, ...idsOf(inputsOf(plan))]);
  for (const expression of expressionsOf(plan)) checkExpression(expression, visible, tables, made);
  checkMade(plan, made);
  if (plan.kind === "set-operation") checkSides(plan);
  if (plan.kind === "cte-reference") {
    const definition = tables.get(plan.cteId);
    assert.ok(definition !== undefined, `common table ${plan.name} is not defined`);
    const known = idsOf([definition]);
    for (const { id, name } of plan.definitionColumns) {
      assert.ok(known.has(id), `${plan.name} has no column ${name}#${String(id)}`);
    }
  }
}

function idsOf(plans: readonly LogicalOperator[]): Set<ColumnId> {
  return new Set(plans.flatMap((p) => outputColumns(p).map((c) => c.id)));
}

function checkExpression(
  expression: Expression,
  visible: Ids,
  tables: Map<number, LogicalOperator>,
  made: Set<ColumnId>,
): void {
  assert.notEqual(expression.type.name, "unknown", "a value of unknown type");
  let inner = visible;
  switch (expression.kind) {
    case "column": {
      const { id, name } = expression.column;
      assert.ok(visible.has(id), `${name}#${String(id)} is not visible`);
      break;
    }
    case "scalar-subquery":
    case "exists":
    case "any-subquery":
      checkNode(expression.plan, visible, tables, made);
      inner = new Set([...visible, ...idsOf([expression.plan])]);
      break;
    default:
      break;
  }
  for (const child of childrenOf(expression)) checkExpression(child, inner, tables, made);
}

/** Ids that this operator makes, rather than passes along. */
function checkMade(plan: LogicalOperator, made: Set<ColumnId>): void {
  const passed = idsOf(inputsOf(plan));
  for (const { id, name } of outputColumns(plan)) {
    if (passed.has(id)) continue;
    assert.ok(!made.has(id), `${name}#${String(id)} is made twice`);
    made.add(id);
  }
}

function checkSides(plan: LogicalOperator & { readonly kind: "set-operation" }): void {
  const sides = [
    [plan.left, plan.leftColumns],
    [plan.right, plan.rightColumns],
  ] as const;
  for (const [input, columns] of sides) {
    const ids = idsOf([input]);
    columns.forEach((column, i) => {
      const target = plan.columns[i];
      assert.ok(ids.has(column.id), `${column.name} is not put out`);
      assert.ok(target !== undefined && sameType(column.type, target.type), column.name);
      assert.ok(samePhysical(column.physical, target.physical), column.name);
    });
  }
}
