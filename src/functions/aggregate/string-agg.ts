import { aggregateFunction, direct } from "../aggregate-overload.js";

/** Planned as a sort and a segmented reduce; never a state that grows without bound. */
export const stringAgg = aggregateFunction("string_agg", [
  direct("string_agg", ["text", "text"], "text", { ordered: true }),
  direct("string_agg", ["bytea", "bytea"], "bytea", { ordered: true }),
]);
