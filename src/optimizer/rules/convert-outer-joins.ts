import { unreachable } from "../../errors/index.js";
import {
  setColumns,
  type ColumnId,
  type Expression,
  type JoinOperator,
  type LogicalOperator,
  type ProjectItem,
} from "../../plan/index.js";
import { conjunctsOf } from "../expression/build.js";
import { rejectedNulls, strictColumns } from "../expression/strictness.js";
import { outputIds } from "../properties/free-columns.js";
import type { Rule } from "../rule.js";

/**
 * Outer joins whose added NULLs a condition above drops again become inner ones, and full joins
 * left or inner ones.
 *
 * Sound where the condition is not true once all columns of the side are NULL. It does not go
 * through LIMIT (`(a LEFT JOIN b … LIMIT 1) WHERE b.x > 0` counts the row with NULLs), nor through
 * aggregates' results, nor is `coalesce(b.x, 0) = 0` a reason.
 */
export const convertOuterJoins: Rule = {
  name: "convert-outer-joins",
  apply: (plan) => convert(plan, new Set()),
};

type Rejected = ReadonlySet<ColumnId>;

/** The plan, given that rows with NULL in a `rejected` column are dropped above. */
function convert(plan: LogicalOperator, rejected: Rejected): LogicalOperator {
  switch (plan.kind) {
    case "scan":
    case "values":
    case "cte-reference":
      return plan;
    case "filter":
      return { ...plan, input: convert(plan.input, withRejected(rejected, plan.condition)) };
    case "project":
      return { ...plan, input: convert(plan.input, throughItems(plan.items, rejected)) };
    case "project-set": {
      const drops = !plan.keepsEmpty || setColumns(plan).some((c) => rejected.has(c.id));
      return { ...plan, input: convert(plan.input, rejected), keepsEmpty: !drops };
    }
    case "aggregate": {
      const keys = plan.keys.length === 0 ? new Set<ColumnId>() : throughItems(plan.keys, rejected);
      return { ...plan, input: convert(plan.input, keys) };
    }
    case "sort":
      return { ...plan, input: convert(plan.input, rejected) };
    case "limit":
    case "distinct-on":
    case "partition-limit":
      return { ...plan, input: convert(plan.input, new Set()) };
    case "set-operation":
      return {
        ...plan,
        left: convert(plan.left, new Set()),
        right: convert(plan.right, new Set()),
      };
    case "with":
      return {
        ...plan,
        definition: convert(plan.definition, new Set()),
        body: convert(plan.body, rejected),
      };
    case "join":
      return convertJoin(plan, rejected);
    default:
      return unreachable(plan);
  }
}

function withRejected(rejected: Rejected, condition: Expression | null): Rejected {
  return new Set([...rejected, ...conjunctsOf(condition).flatMap((c) => [...rejectedNulls(c)])]);
}

function throughItems(items: readonly ProjectItem[], rejected: Rejected): Rejected {
  return new Set(
    items.flatMap((i) => (rejected.has(i.column.id) ? [...strictColumns(i.expression)] : [])),
  );
}

function convertJoin(original: JoinOperator, rejected: Rejected): LogicalOperator {
  const plan = plainer(original, rejected);
  const own = withRejected(new Set(), plan.condition);
  const all = new Set([...rejected, ...own]);
  const inputs = (left: Rejected, right: Rejected): LogicalOperator => ({
    ...plan,
    left: convert(plan.left, left),
    right: convert(plan.right, right),
  });
  switch (plan.joinKind) {
    case "inner":
      return inputs(all, all);
    case "semi":
      return inputs(all, own);
    case "left":
    case "anti":
    case "single":
      return inputs(rejected, own);
    case "mark":
      return inputs(rejected, new Set());
    case "right":
      return inputs(own, rejected);
    case "full":
      return inputs(new Set(), new Set());
    default:
      return unreachable(plan.joinKind);
  }
}

function plainer(plan: JoinOperator, rejected: Rejected): JoinOperator {
  if (plan.joinKind !== "left" && plan.joinKind !== "full") return plan;
  const drops = (side: LogicalOperator): boolean =>
    [...outputIds(side)].some((id) => rejected.has(id));
  const dropsRight = drops(plan.right);
  if (plan.joinKind === "left") return dropsRight ? { ...plan, joinKind: "inner" } : plan;
  const dropsLeft = drops(plan.left);
  if (dropsLeft && dropsRight) return { ...plan, joinKind: "inner" };
  if (dropsLeft) return { ...plan, joinKind: "left" };
  if (!dropsRight) return plan;
  return { ...plan, joinKind: "left", left: plan.right, right: plan.left };
}
