import type { Expression, LimitOperator, LogicalOperator, SortKey } from "../../plan/index.js";
import { outputColumns } from "../../plan/index.js";
import { refer } from "../expression/build.js";

/** LIMIT below the projections under it, where it meets the sort that it speaks of. */
export function sinkLimit(plan: LimitOperator): LogicalOperator {
  const { input } = plan;
  if (input.kind !== "project") return plan;
  return { ...input, input: sinkLimit({ ...plan, input: input.input }) };
}

/** The sort a limit cuts, apart. */
export function splitSort(plan: LimitOperator): {
  readonly input: LogicalOperator;
  readonly orderBy: readonly SortKey[];
} {
  const { input } = plan;
  return input.kind === "sort"
    ? { input: input.input, orderBy: input.keys }
    : { input, orderBy: [] };
}

/** LIMIT and OFFSET within the rows of equal `keys`. */
export function limitPerKey(
  plan: Pick<LimitOperator, "count" | "offset" | "withTies">,
  input: LogicalOperator,
  keys: readonly Expression[],
  orderBy: readonly SortKey[],
): LogicalOperator {
  const { count, offset, withTies } = plan;
  const isOne = count?.kind === "literal" && count.text === "1";
  const noOffset = offset === null || (offset.kind === "literal" && offset.text === "0");
  if (isOne && noOffset && !withTies && keys.length > 0) {
    return { kind: "distinct-on", input, keys, orderBy };
  }
  return { kind: "partition-limit", input, keys, orderBy, count, offset, withTies };
}

/** LIMIT by row counts that `join` adds to the rows as columns. */
export function limitByColumns(
  plan: LimitOperator,
  counts: readonly (Expression | null)[],
  join: (input: LogicalOperator) => LogicalOperator,
): LogicalOperator {
  if (plan.input.kind === "project") {
    const { input } = plan;
    return { ...input, input: limitByColumns({ ...plan, input: input.input }, counts, join) };
  }
  const { input, orderBy } = splitSort(plan);
  const [count = null, offset = null] = counts;
  const { withTies } = plan;
  const items = outputColumns(input).map((column) => ({ column, expression: refer(column) }));
  const limited = limitPerKey({ count, offset, withTies }, join(input), [], orderBy);
  return { kind: "project", input: limited, items };
}
