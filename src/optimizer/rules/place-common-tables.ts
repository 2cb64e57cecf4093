import { invariant } from "../../errors/index.js";
import {
  childrenOf,
  expressionsOf,
  inputsOf,
  mapChildren,
  mapExpressions,
  operatorsOf,
  rewritePlan,
  withInputs,
  type CteReferenceOperator,
  type Expression,
  type LogicalOperator,
  type WithOperator,
} from "../../plan/index.js";
import { refer } from "../expression/build.js";
import { copyPlan } from "../expression/copy-plan.js";
import { isVolatile } from "../expression/facts.js";
import { withPlan } from "../expression/substitute.js";
import { freeColumns } from "../properties/free-columns.js";
import type { Rule, RuleContext } from "../rule.js";

/**
 * Puts the query of a common table where it is read, or moves its WITH to the top of the plan, so
 * that below there are references only. As in PostgreSQL, a table read once is put in place unless
 * it is MATERIALIZED or volatile; NOT MATERIALIZED is put in place everywhere; one that mentions
 * columns of an enclosing query must be.
 *
 * Sound because a query without free columns has the same rows wherever it stands. The bound is
 * volatility: `WITH t AS (SELECT clock_timestamp() c) SELECT … FROM t, t u` must show one time.
 */
export const placeCommonTables: Rule = {
  name: "place-common-tables",
  apply(plan, context) {
    if (!hasMisplaced(plan)) return plan;
    return hoistCommonTables(plan, context);
  },
};

/** A WITH below the top, or a table at the top that is to be put in place. */
function hasMisplaced(plan: LogicalOperator): boolean {
  if (plan.kind === "with") {
    return (
      isInlined(plan, countReferences(plan.body, plan.cteId)) ||
      containsWith(plan.definition) ||
      hasMisplaced(plan.body)
    );
  }
  return containsWith(plan);
}

function containsWith(plan: LogicalOperator): boolean {
  for (const node of operatorsOf(plan)) {
    if (node.kind === "with") return true;
    if (expressionsOf(node).some(expressionContainsWith)) return true;
  }
  return false;
}

function expressionContainsWith(expression: Expression): boolean {
  if ("plan" in expression && containsWith(expression.plan)) return true;
  return childrenOf(expression).some(expressionContainsWith);
}

export function hoistCommonTables(plan: LogicalOperator, context: RuleContext): LogicalOperator {
  const kept: WithOperator[] = [];
  const body = place(plan, kept, context);
  return kept.reduceRight<LogicalOperator>((inner, table) => ({ ...table, body: inner }), body);
}

function place(plan: LogicalOperator, kept: WithOperator[], context: RuleContext): LogicalOperator {
  if (plan.kind !== "with") {
    const inputs = inputsOf(plan).map((input) => place(input, kept, context));
    return mapExpressions(withInputs(plan, inputs), (e) => placeInSubqueries(e, kept, context));
  }
  const count = countReferences(plan.body, plan.cteId);
  if (count === 0) return place(plan.body, kept, context);
  const definition = place(plan.definition, kept, context);
  if (isInlined({ ...plan, definition }, count)) {
    return place(inline(plan.body, plan.cteId, definition, context), kept, context);
  }
  kept.push({ ...plan, definition });
  return place(plan.body, kept, context);
}

function placeInSubqueries(
  expression: Expression,
  kept: WithOperator[],
  context: RuleContext,
): Expression {
  const node = mapChildren(expression, (child) => placeInSubqueries(child, kept, context));
  return withPlan(node, (plan) => place(plan, kept, context));
}

function isInlined(table: WithOperator, references: number): boolean {
  if (references === 0 || freeColumns(table.definition).size > 0) return true;
  if (table.materialized === "never") return true;
  return table.materialized === "default" && references === 1 && !isVolatilePlan(table.definition);
}

export function isVolatilePlan(plan: LogicalOperator): boolean {
  for (const node of operatorsOf(plan)) {
    if (expressionsOf(node).some((e) => isVolatile(e) || hasVolatileSubquery(e))) return true;
  }
  return false;
}

function hasVolatileSubquery(expression: Expression): boolean {
  if ("plan" in expression && isVolatilePlan(expression.plan)) return true;
  return childrenOf(expression).some(hasVolatileSubquery);
}

function countReferences(plan: LogicalOperator, cteId: number): number {
  let count = 0;
  const inExpression = (expression: Expression): void => {
    if ("plan" in expression) count += countReferences(expression.plan, cteId);
    childrenOf(expression).forEach(inExpression);
  };
  for (const node of operatorsOf(plan)) {
    if (node.kind === "cte-reference" && node.cteId === cteId) count += 1;
    expressionsOf(node).forEach(inExpression);
  }
  return count;
}

/** Every reference replaced by a copy of the definition. */
function inline(
  plan: LogicalOperator,
  cteId: number,
  definition: LogicalOperator,
  context: RuleContext,
): LogicalOperator {
  const inExpression = (expression: Expression): Expression => {
    const node = mapChildren(expression, inExpression);
    return withPlan(node, (inner) => inline(inner, cteId, definition, context));
  };
  return rewritePlan(plan, (node) => {
    const isReference = node.kind === "cte-reference" && node.cteId === cteId;
    return isReference
      ? expandReference(node, definition, context)
      : mapExpressions(node, inExpression);
  });
}

function expandReference(
  reference: CteReferenceOperator,
  definition: LogicalOperator,
  context: RuleContext,
): LogicalOperator {
  const copy = copyPlan(definition, context.columns);
  const items = reference.columns.map((column, i) => {
    const source = reference.definitionColumns[i];
    invariant(source !== undefined, "a common table's reference has a column too many");
    return { column, expression: refer(copy.column(source)) };
  });
  return { kind: "project", input: copy.plan, items };
}
