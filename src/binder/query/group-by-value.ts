import { comparable } from "../../functions/index.js";
import type { AggregateOperator, LogicalOperator, ProjectItem } from "../../plan/index.js";
import { hasUnequalForms } from "../../types/index.js";
import { columnExpression, type StatementBinding } from "../statement-binding.js";

/**
 * An aggregation by keys of which equal ones may differ in their bytes (arrays of numeric, rows): it
 * groups by what compares, and each group shows the first value it met.
 */
export function aggregation(
  input: LogicalOperator,
  keys: readonly ProjectItem[],
  aggregates: AggregateOperator["aggregates"],
  statement: StatementBinding,
): AggregateOperator {
  if (!keys.some(isLoose)) return { kind: "aggregate", input, keys, aggregates };
  const shown = keys.filter(isLoose).map(({ column, expression }) => ({
    column,
    call: {
      aggregate: "first",
      args: [expression],
      distinct: false,
      filter: null,
      orderBy: [],
    },
  }));
  const compared = keys.map((key) => {
    if (!isLoose(key)) return key;
    const expression = comparable(key.expression);
    return { column: statement.columnFor(expression, key.column.name), expression };
  });
  return {
    kind: "aggregate",
    input,
    keys: compared,
    aggregates: [...aggregates, ...shown],
  };
}

/** Whether equal values of the key may differ. */
export function isLoose({ expression }: ProjectItem): boolean {
  return hasUnequalForms(expression.type.name);
}

/** The input with such columns under new names, so that the old ones are the aggregation's. */
export function renamed(
  input: LogicalOperator,
  keys: readonly ProjectItem[],
  statement: StatementBinding,
): { readonly input: LogicalOperator; readonly keys: readonly ProjectItem[] } {
  if (!keys.some(isLoose)) return { input, keys };
  const items = keys.map(({ column, expression }) => ({
    column: isLoose({ column, expression }) ? statement.columnFor(expression, column.name) : column,
    expression,
  }));
  return {
    input: { kind: "project", input, items },
    keys: keys.map(({ column }, i) => ({
      column,
      expression: columnExpression(items[i]?.column ?? column),
    })),
  };
}
