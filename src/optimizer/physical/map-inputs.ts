import { unreachable } from "../../errors/index.js";
import type { PhysicalOperator } from "../../plan/index.js";

type Change = (input: PhysicalOperator) => PhysicalOperator;

/** The operator with each direct input changed. */
export function mapPhysicalInputs(plan: PhysicalOperator, change: Change): PhysicalOperator {
  switch (plan.kind) {
    case "table-scan":
    case "values":
    case "shared-scan":
      return plan;
    case "filter":
    case "project":
    case "project-set":
    case "hash-aggregate":
    case "string-aggregate":
    case "sort":
    case "top-n":
    case "limit":
    case "distinct-on":
    case "partition-limit":
    case "exchange":
      return { ...plan, input: change(plan.input) };
    case "hash-join":
      return { ...plan, probe: change(plan.probe), build: change(plan.build) };
    case "nested-loop-join":
      return { ...plan, outer: change(plan.outer), inner: change(plan.inner) };
    case "union-all":
      return { ...plan, inputs: plan.inputs.map(change) };
    case "set-operation":
      return { ...plan, left: change(plan.left), right: change(plan.right) };
    default:
      return unreachable(plan);
  }
}
