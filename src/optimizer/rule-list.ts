import type { Phase, RegisteredRule } from "./phase.js";
import type { PhysicalRule, Rule } from "./rule.js";
import { convertOuterJoins } from "./rules/convert-outer-joins.js";
import { deriveBranchPredicates } from "./rules/derive-branch-predicates.js";
import { dropNullChecks } from "./rules/drop-null-checks.js";
import { extractCommonFactors } from "./rules/extract-common-factors.js";
import { foldConstants } from "./rules/fold-constants.js";
import { inferPredicates } from "./rules/infer-predicates.js";
import { mergeProjections } from "./rules/merge-projections.js";
import { orderJoins } from "./rules/order-joins.js";
import { placeCommonTables } from "./rules/place-common-tables.js";
import { publishRuntimeFilters } from "./rules/publish-runtime-filters.js";
import { pruneColumns } from "./rules/prune-columns.js";
import { pushFilters } from "./rules/push-filters.js";
import { pushLimits } from "./rules/push-limits.js";
import { reduceGroupKeys } from "./rules/reduce-group-keys.js";
import { removeEmptyInputs } from "./rules/remove-empty-inputs.js";
import { removeRedundantOperators } from "./rules/remove-redundant-operators.js";
import { shareCommonSubplans } from "./rules/share-common-subplans.js";
import { simplifyBooleans } from "./rules/simplify-booleans.js";
import { splitDistinctAggregates } from "./rules/split-distinct-aggregates.js";
import { unnestSubqueries } from "./rules/unnest-subqueries.js";
import { useLikeShapes } from "./rules/use-like-shapes.js";

function optional(rules: readonly Rule[]): readonly RegisteredRule[] {
  return rules.map((rule) => ({ rule }));
}

/** Every rule, in the only order there is. */
export const PHASES: readonly Phase[] = [
  {
    name: "unnest",
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
  {
    name: "normalize",
    repeat: true,
    rules: optional([
      foldConstants,
      simplifyBooleans,
      extractCommonFactors,
      mergeProjections,
      convertOuterJoins,
      pushFilters,
      dropNullChecks,
      removeRedundantOperators,
      removeEmptyInputs,
    ]),
  },
  {
    name: "derive",
    repeat: false,
    rules: optional([
      inferPredicates,
      pushFilters,
      inferPredicates,
      pushFilters,
      deriveBranchPredicates,
      pushFilters,
      deriveBranchPredicates,
      pushFilters,
      removeEmptyInputs,
      shareCommonSubplans,
      shareCommonSubplans,
    ]),
  },
  { name: "order", repeat: false, rules: optional([orderJoins]) },
  {
    name: "finish",
    repeat: true,
    rules: optional([
      pushFilters,
      mergeProjections,
      simplifyBooleans,
      removeRedundantOperators,
      pruneColumns,
      reduceGroupKeys,
      pushLimits,
      useLikeShapes,
    ]),
  },
];

/** Rules over physical plans, after all others. */
export const PHYSICAL_RULES: readonly PhysicalRule[] = [publishRuntimeFilters];

/** Names of the rules that millrace.disabled_rules may list. */
export const OPTIONAL_RULES: readonly string[] = [
  ...new Set([
    ...PHASES.flatMap((phase) => phase.rules)
      .filter((registered) => registered.required === undefined)
      .map((registered) => registered.rule.name),
    ...PHYSICAL_RULES.map((rule) => rule.name),
  ]),
];
