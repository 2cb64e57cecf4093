import { aggregateFunction, direct } from "../aggregate-overload.js";

/** count(*) is the overload without arguments. */
export const count = aggregateFunction("count", [
  direct("count_star", [], "int8", { nullable: false }),
  direct("count", ["any"], "int8", { nullable: false }),
]);
