import { unreachable } from "../../errors/index.js";
import {
  outputColumns,
  type ColumnFactory,
  type Expression,
  type JoinOperator,
  type LogicalOperator,
} from "../../plan/index.js";
import { unionOf } from "./build.js";
import { operatorCanFail, planCanFail } from "./can-fail.js";

/**
 * The plan of a subquery with `reached`, a condition on the enclosing query's row, below all that
 * can fail: for a row that a CASE, COALESCE, AND, OR or FILTER keeps away nothing is evaluated.
 */
export function gate(
  plan: LogicalOperator,
  reached: Expression,
  factory: ColumnFactory,
): LogicalOperator {
  if (!planCanFail(plan)) return { kind: "filter", input: plan, condition: reached };
  switch (plan.kind) {
    case "filter":
    case "project":
    case "project-set":
    case "sort":
    case "aggregate":
    case "distinct-on":
    case "partition-limit":
    case "limit":
      return { ...plan, input: gate(plan.input, reached, factory) };
    case "with":
      return { ...plan, body: gate(plan.body, reached, factory) };
    case "join":
      return gateJoin(plan, reached, factory);
    case "set-operation":
      return {
        ...plan,
        left: gate(plan.left, reached, factory),
        right: gate(plan.right, reached, factory),
      };
    case "values":
      return gateValues(plan, reached, factory);
    case "scan":
    case "cte-reference":
      return { kind: "filter", input: plan, condition: reached };
    default:
      return unreachable(plan);
  }
}

/** One side without rows is enough for an inner join, the left one for all others but full. */
function gateJoin(
  plan: JoinOperator,
  reached: Expression,
  factory: ColumnFactory,
): LogicalOperator {
  const rightFails = planCanFail(plan.right);
  const inner = plan.joinKind === "inner";
  const gatesRight = rightFails || plan.joinKind === "full";
  const gatesLeft =
    !inner || planCanFail(plan.left) || (operatorCanFail(plan) && !rightFails) || !gatesRight;
  return {
    ...plan,
    left: gatesLeft ? gate(plan.left, reached, factory) : plan.left,
    right: gatesRight ? gate(plan.right, reached, factory) : plan.right,
  };
}

function gateValues(
  plan: LogicalOperator & { kind: "values" },
  reached: Expression,
  factory: ColumnFactory,
): LogicalOperator {
  const parts = plan.rows.map((row): LogicalOperator => {
    const input: LogicalOperator = { kind: "values", columns: [], rows: [[]] };
    const items = outputColumns(plan).flatMap(({ name, type, physical }, i) => {
      const expression = row[i];
      const column = factory.make({ name, type, physical, nullable: true });
      return expression === undefined ? [] : [{ column, expression }];
    });
    return { kind: "project", input: { kind: "filter", input, condition: reached }, items };
  });
  return unionOf(parts, plan.columns);
}
