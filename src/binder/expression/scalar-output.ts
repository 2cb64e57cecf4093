import { subqueryColumnCount } from "../../errors/index.js";
import type { Query } from "../../parser/index.js";
import type { Expression } from "../../plan/index.js";
import type { Scope } from "../scope.js";

/** Column `index` of a query that must have `width` columns, as a scalar subquery. */
export function scalarOutput(
  query: Query,
  scope: Scope,
  index: number,
  width: number,
  position: number | undefined,
): Expression {
  const { plan, outputs } = scope.statement.binders.query(query, scope, { resolveUnknowns: true });
  if (width === 1 && outputs.length !== 1) {
    throw subqueryColumnCount("must return only one column", position);
  }
  if (outputs.length < width) throw subqueryColumnCount("has too few columns", position);
  if (outputs.length > width) throw subqueryColumnCount("has too many columns", position);
  const output = outputs[index];
  if (output === undefined) throw subqueryColumnCount("has too few columns", position);
  const { column } = output;
  return {
    kind: "scalar-subquery",
    plan,
    output: column,
    type: column.type,
    physical: column.physical,
    nullable: true,
    ...(position === undefined ? {} : { position }),
  };
}
