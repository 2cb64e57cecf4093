import { invariant } from "../../errors/index.js";
import {
  inputsOf,
  operatorsOf,
  withInputs,
  type Column,
  type LogicalOperator,
} from "../../plan/index.js";
import { canonicalPlan, type CanonicalPlan } from "../expression/canonical.js";
import { copyPlan } from "../expression/copy-plan.js";
import { freeColumns } from "../properties/free-columns.js";
import type { Rule, RuleContext } from "../rule.js";
import { isVolatilePlan } from "./place-common-tables.js";

/** A shared plan is kept only if it is read with at most this share of the rows it is made from. */
const KEPT_SHARE = 0.7;
/** Text of a plan beyond this is not compared. */
const MAX_OPERATORS = 60;

/**
 * Parts of a query that do the same work become one common table.
 *
 * Sound because equal operators over the same files of one snapshot have equal rows, unless something
 * volatile is computed in them: two calls of clock_timestamp() are two times. Worth it only where
 * the rows are much fewer than those read to make them.
 */
export const shareCommonSubplans: Rule = {
  name: "share-common-subplans",
  apply(plan, context) {
    const twins = largestTwins(plan, context);
    return twins === undefined ? plan : share(plan, twins, context);
  },
};

interface Occurrence {
  readonly plan: LogicalOperator;
  readonly canonical: CanonicalPlan;
}

function largestTwins(
  plan: LogicalOperator,
  context: RuleContext,
): readonly Occurrence[] | undefined {
  if (!readsTwice(plan)) return undefined;
  const byText = new Map<string, Occurrence[]>();
  for (const node of operatorsOf(plan)) {
    if (!isCandidate(node)) continue;
    const canonical = canonicalPlan(node);
    byText.set(canonical.text, [...(byText.get(canonical.text) ?? []), { plan: node, canonical }]);
  }
  const groups = [...byText].filter(([, group]) => group.length > 1);
  const largestFirst = groups.sort(([a], [b]) => b.length - a.length);
  return largestFirst
    .map(([, group]) => group)
    .find(([first]) => first && isWorthIt(first.plan, context));
}

/** Whether some table or common table is read in two places: else nothing is done twice. */
function readsTwice(plan: LogicalOperator): boolean {
  const seen = new Set<string>();
  for (const node of operatorsOf(plan)) {
    if (node.kind !== "scan" && node.kind !== "cte-reference") continue;
    const source =
      node.kind === "scan" ? `t${String(node.relation.oid)}` : `c${String(node.cteId)}`;
    if (seen.has(source)) return true;
    seen.add(source);
  }
  return false;
}

function isCandidate(node: LogicalOperator): boolean {
  if (node.kind !== "join" && node.kind !== "aggregate") return false;
  return (
    countOperators(node) <= MAX_OPERATORS && freeColumns(node).size === 0 && !isVolatilePlan(node)
  );
}

function countOperators(plan: LogicalOperator): number {
  return inputsOf(plan).reduce((count, input) => count + countOperators(input), 1);
}

function isWorthIt(plan: LogicalOperator, context: RuleContext): boolean {
  let read = 0;
  for (const node of operatorsOf(plan)) {
    if (inputsOf(node).length === 0) read += context.estimator.rows(node);
  }
  return context.estimator.rows(plan) <= read * KEPT_SHARE;
}

function share(
  plan: LogicalOperator,
  twins: readonly Occurrence[],
  context: RuleContext,
): LogicalOperator {
  const [first] = twins;
  invariant(first !== undefined, "nothing to share");
  const copy = copyPlan(first.plan, context.columns);
  const cteId = context.newCteId();
  const name = `shared_${String(cteId)}`;
  const references = new Map<LogicalOperator, LogicalOperator>();
  for (const { plan: twin, canonical } of twins) {
    const columns: Column[] = [];
    const definitionColumns: Column[] = [];
    for (const [number, column] of canonical.numbers) {
      const source = first.canonical.numbers.get(number);
      invariant(source !== undefined, "twins put out different columns");
      columns.push(column);
      definitionColumns.push(copy.column(source));
    }
    references.set(twin, { kind: "cte-reference", cteId, name, columns, definitionColumns });
  }
  const body = replace(plan, references);
  return placeTable(body, { cteId, name, definition: copy.plan });
}

function replace(
  plan: LogicalOperator,
  by: ReadonlyMap<LogicalOperator, LogicalOperator>,
): LogicalOperator {
  const replacement = by.get(plan);
  if (replacement !== undefined) return replacement;
  return withInputs(
    plan,
    inputsOf(plan).map((input) => replace(input, by)),
  );
}

/** The table's WITH goes below those of the tables it reads, and above its first reader. */
function placeTable(
  plan: LogicalOperator,
  table: { readonly cteId: number; readonly name: string; readonly definition: LogicalOperator },
): LogicalOperator {
  const reads = new Set(referencesIn(table.definition));
  if (plan.kind === "with" && reads.size > 0 && !isReadBy(plan.definition, table.cteId)) {
    return { ...plan, body: placeTable(plan.body, table) };
  }
  return { kind: "with", materialized: "always", ...table, body: plan };
}

function* referencesIn(plan: LogicalOperator): Generator<number> {
  for (const node of operatorsOf(plan)) if (node.kind === "cte-reference") yield node.cteId;
}

function isReadBy(plan: LogicalOperator, cteId: number): boolean {
  return [...referencesIn(plan)].includes(cteId);
}
