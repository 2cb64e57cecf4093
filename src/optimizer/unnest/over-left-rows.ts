import {
  outputColumns,
  type JoinOperator,
  type LogicalOperator,
  type ProjectItem,
} from "../../plan/index.js";
import { conjunctsOf, refer } from "../expression/build.js";
import { filtered } from "./build.js";

/**
 * A dependent join whose right side makes its rows of a left row alone, sets included, as that right
 * side over the left rows: `t, generate_series(1, t.n)` needs no join. Undefined where the right side
 * reads more, or where left rows without a partner are kept by more than one set.
 */
export function overLeftRows(join: JoinOperator): LogicalOperator | undefined {
  const { joinKind, left, right, condition } = join;
  if (joinKind === "inner") {
    const joined = rebase(right, left);
    return joined && filtered(joined, conjunctsOf(condition));
  }
  if (joinKind !== "left" || conjunctsOf(condition).length > 0) return undefined;
  if (right.kind !== "project-set" || !isUnit(right.input)) return undefined;
  return { ...right, input: left, keepsEmpty: true };
}

/** The plan over `left` instead of the one row it starts with, passing left's columns on. */
function rebase(plan: LogicalOperator, left: LogicalOperator): LogicalOperator | undefined {
  switch (plan.kind) {
    case "values": {
      const [row, ...others] = plan.rows;
      if (row === undefined || others.length > 0) return undefined;
      if (row.length === 0) return left;
      const items = plan.columns.flatMap((column, i): readonly ProjectItem[] => {
        const expression = row[i];
        return expression === undefined ? [] : [{ column, expression }];
      });
      return { kind: "project", input: left, items: [...passed(left), ...items] };
    }
    case "filter":
    case "project-set": {
      const input = rebase(plan.input, left);
      return input && { ...plan, input };
    }
    case "project": {
      const input = rebase(plan.input, left);
      return input && { ...plan, input, items: [...passed(left), ...plan.items] };
    }
    default:
      return undefined;
  }
}

function isUnit(plan: LogicalOperator): boolean {
  return plan.kind === "values" && plan.columns.length === 0 && plan.rows.length === 1;
}

function passed(plan: LogicalOperator): readonly ProjectItem[] {
  return outputColumns(plan).map((column) => ({ column, expression: refer(column) }));
}
