import type { Expression, FromItem, TableReference } from "../../../parser/index.js";
import { constantText } from "./constant-text.js";

/** A column compared with constants, as SQL behind its name. */
export interface ColumnCondition {
  /** Undefined where the column is written alone. */
  readonly table: string | undefined;
  readonly column: string;
  readonly text: string;
}

/**
 * What a WHERE clause demands of single columns. Rows of a table in the same FROM that do not fulfil
 * it may be left out, whatever they are joined with: each row they would be part of is left out too.
 */
export function columnConditions(where: Expression): readonly ColumnCondition[] {
  switch (where.kind) {
    case "and":
      return where.operands.flatMap(columnConditions);
    case "binaryOperator": {
      const { operator, left, right } = where;
      const isOwn = operator.schema === undefined || operator.schema === "pg_catalog";
      return isOwn && operator.name === "=" ? conditionOn(left, "= ", [right]) : [];
    }
    case "inList":
      return where.negated ? [] : conditionOn(where.operand, "IN ", where.items);
    default:
      return [];
  }
}

function conditionOn(
  operand: Expression,
  operator: string,
  values: readonly Expression[],
): readonly ColumnCondition[] {
  if (operand.kind !== "columnReference" || operand.names.length > 2) return [];
  const texts = values.map(constantText);
  if (texts.includes(undefined)) return [];
  const [column = "", table] = operand.names.toReversed();
  return [{ table, column, text: `${operator}(${texts.join(", ")})` }];
}

/** Tables of an item of FROM, but for those inside of other queries. */
export function tablesOf(item: FromItem): readonly TableReference[] {
  switch (item.kind) {
    case "tableReference":
      return [item];
    case "join":
      return [...tablesOf(item.left), ...tablesOf(item.right)];
    case "derivedTable":
    case "tableFunction":
      return [];
  }
}
