import type { PlannedQuery } from "./planner.js";

/** The plan of rows that hold only now: it is made anew for every run. */
export function momentary(plan: PlannedQuery): PlannedQuery {
  return {
    columns: plan.columns,
    parameterOids: plan.parameterOids,
    isCurrent: () => false,
    start: (...given) => plan.start(...given),
  };
}
