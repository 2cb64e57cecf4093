import { unreachable } from "../../errors/index.js";
import type { Expression, LogicalOperator } from "../../plan/index.js";

export interface RowBounds {
  readonly least: 0 | 1;
  /** At most this many rows; only "at most one" is ever of use. */
  readonly most: 0 | 1 | "many";
}

const ANY: RowBounds = { least: 0, most: "many" };

/** Bounds on the number of rows that follow from the plan alone, never from statistics. */
export function rowBounds(plan: LogicalOperator): RowBounds {
  switch (plan.kind) {
    case "values":
      return valuesBounds(plan.rows.length);
    case "aggregate":
      return plan.keys.length === 0 ? { least: 1, most: 1 } : rowBounds(plan.input);
    case "filter":
      return { least: 0, most: rowBounds(plan.input).most };
    case "project-set":
      return setBounds(rowBounds(plan.input), plan.keepsEmpty);
    case "project":
    case "sort":
    case "distinct-on":
      return rowBounds(plan.input);
    case "limit":
      return limitBounds(rowBounds(plan.input), plan.count, plan.offset, plan.withTies);
    case "partition-limit": {
      const { input, count, offset, withTies } = plan;
      if (plan.keys.length === 0) return limitBounds(rowBounds(input), count, offset, withTies);
      return { least: 0, most: rowBounds(input).most };
    }
    case "join":
      return joinBounds(plan.joinKind, rowBounds(plan.left), rowBounds(plan.right), {
        cross: plan.condition === null,
      });
    case "with":
      return rowBounds(plan.body);
    case "scan":
    case "cte-reference":
    case "set-operation":
      return ANY;
    default:
      return unreachable(plan);
  }
}

function valuesBounds(count: number): RowBounds {
  if (count === 0) return { least: 0, most: 0 };
  return { least: 1, most: count === 1 ? 1 : "many" };
}

function setBounds(input: RowBounds, keepsEmpty: boolean): RowBounds {
  if (input.most === 0) return input;
  return { least: keepsEmpty ? input.least : 0, most: "many" };
}

function limitBounds(
  input: RowBounds,
  count: Expression | null,
  offset: Expression | null,
  withTies: boolean,
): RowBounds {
  const text = count?.kind === "literal" ? count.text : null;
  const least =
    offset === null && (count === null || (text !== null && text !== "0")) ? input.least : 0;
  if (text === "0") return { least: 0, most: 0 };
  if (text === "1" && !withTies) return { least, most: input.most === 0 ? 0 : 1 };
  return { least, most: input.most };
}

function joinBounds(
  kind: string,
  left: RowBounds,
  right: RowBounds,
  { cross }: { readonly cross: boolean },
): RowBounds {
  switch (kind) {
    case "inner":
      return {
        least: cross && left.least === 1 && right.least === 1 ? 1 : 0,
        most: product(left.most, right.most),
      };
    case "left":
    case "single":
      return {
        least: left.least,
        most: kind === "single" ? left.most : product(left.most, most1(right.most)),
      };
    case "mark":
      return left;
    case "semi":
    case "anti":
      return { least: 0, most: left.most };
    default:
      return ANY;
  }
}

/** A left join keeps a row even where the right side has none. */
function most1(most: RowBounds["most"]): RowBounds["most"] {
  return most === 0 ? 1 : most;
}

function product(a: RowBounds["most"], b: RowBounds["most"]): RowBounds["most"] {
  if (a === 0 || b === 0) return 0;
  return a === 1 && b === 1 ? 1 : "many";
}

/** Exactly one row, whatever the data. */
export function isOneRow(plan: LogicalOperator): boolean {
  const { least, most } = rowBounds(plan);
  return least === 1 && most === 1;
}

export function isAtMostOneRow(plan: LogicalOperator): boolean {
  return rowBounds(plan).most !== "many";
}
