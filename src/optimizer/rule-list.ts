import type { Phase } from "./phase.js";
import { placeCommonTables } from "./rules/place-common-tables.js";
import { pruneColumns } from "./rules/prune-columns.js";
import { pushFilters } from "./rules/push-filters.js";
import { splitDistinctAggregates } from "./rules/split-distinct-aggregates.js";
import { unnestSubqueries } from "./rules/unnest-subqueries.js";

/** Every rule, in the only order there is. */
export const PHASES: readonly Phase[] = [
  {
    name: "normalize",
    repeat: false,
    rules: [
      {
        rule: placeCommonTables,
        required: "a WITH inside a subquery has no operator; every table must stand at the top",
      },
      {
        rule: unnestSubqueries,
        required: "there is no operator that evaluates a subquery row by row",
      },
      {
        rule: splitDistinctAggregates,
        required: "there is no aggregate state that holds distinct values",
      },
    ],
  },
  { name: "push", repeat: true, rules: [{ rule: pushFilters }] },
  { name: "prune", repeat: true, rules: [{ rule: pruneColumns }] },
];

/** Names of the rules that millrace.disabled_rules may list. */
export const OPTIONAL_RULES: readonly string[] = PHASES.flatMap((phase) =>
  phase.rules.filter((r) => r.required === undefined).map((r) => r.rule.name),
);
