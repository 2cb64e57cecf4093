import { boolean, coalesce, isNull, literal, not } from "../../functions/index.js";
import {
  inputsOf,
  outputColumns,
  withInputs,
  type Expression,
  type JoinOperator,
  type LogicalOperator,
  type ProjectItem,
} from "../../plan/index.js";
import { asEquality, conjunction, conjunctsOf, notDistinct, refer } from "../expression/build.js";
import { copyPlan } from "../expression/copy-plan.js";
import { isOver } from "../expression/facts.js";
import { INT8 } from "../expression/labels.js";
import { dependsOn, freeColumns, outputIds } from "../properties/free-columns.js";
import { definedNotNull, isNotNull } from "../properties/not-null.js";
import { isAtMostOneRow, isOneRow, rowBounds } from "../properties/row-bounds.js";
import type { RuleContext } from "../rule.js";
import { Domain, pushDomain } from "./domain.js";
import { filtered } from "./build.js";
import { overLeftRows } from "./over-left-rows.js";
import { joinWithDefaults, pullUp, type PulledUp } from "./pull-up.js";

/**
 * Dependent joins made independent. First, inner ones before outer ones, by moving the predicates
 * on outer columns up into the join; what is left, outer ones first so that their left side is
 * closed, by joining the right side with the domain of the outer columns it mentions (Neumann and
 * Kemper, "Unnesting Arbitrary Queries", BTW 2015).
 */
export function unnestJoins(plan: LogicalOperator, context: RuleContext): LogicalOperator {
  return byDomain(bySimpleMeans(plan, context), context);
}

function bySimpleMeans(plan: LogicalOperator, context: RuleContext): LogicalOperator {
  const inputs = inputsOf(plan).map((input) => bySimpleMeans(input, context));
  const node = withInputs(plan, inputs);
  return node.kind === "join" ? (simplifyJoin(node, context) ?? node) : node;
}

function byDomain(plan: LogicalOperator, context: RuleContext): LogicalOperator {
  if (plan.kind !== "join" || !plan.dependent) {
    return withInputs(
      plan,
      inputsOf(plan).map((input) => byDomain(input, context)),
    );
  }
  const left = byDomain(plan.left, context);
  const join = { ...plan, left };
  const simple = simplifyJoin(join, context);
  const isSolved = simple !== undefined && !(simple.kind === "join" && simple.dependent);
  return byDomain(isSolved ? simple : joinDomain(join, context), context);
}

/** The join without dependence where predicates can be moved up; undefined where they cannot. */
function simplifyJoin(original: JoinOperator, context: RuleContext): LogicalOperator | undefined {
  const join = withoutIdleParts(original);
  if (!dependsOn(join.right, join.left)) return independent({ ...join, dependent: false });
  const pulled = pullUp(join.right, outputIds(join.left), context.columns);
  if (pulled === undefined) return overLeftRows(join);
  if (pulled.defaults !== undefined) return joinOneRow(join, pulled, context);
  return joinPulled(join, pulled);
}

/** EXISTS, IN and their like ask only which rows there are, not their order or number. */
function withoutIdleParts(join: JoinOperator): JoinOperator {
  if (join.joinKind !== "semi" && join.joinKind !== "anti" && join.joinKind !== "mark") return join;
  let { right } = join;
  for (;;) {
    const next = idleInput(right, join.condition);
    if (next === undefined) return right === join.right ? join : { ...join, right };
    right = next;
  }
}

function idleInput(
  plan: LogicalOperator,
  condition: Expression | null,
): LogicalOperator | undefined {
  switch (plan.kind) {
    case "sort":
      return plan.input;
    case "limit": {
      const { count, offset } = plan;
      const keepsOne = count === null || (count.kind === "literal" && count.text !== "0");
      return condition === null && offset === null && keepsOne ? plan.input : undefined;
    }
    case "distinct-on":
      return condition === null ? plan.input : undefined;
    case "project":
      return condition === null ? plan.input : undefined;
    case "aggregate": {
      const distinct = plan.keys.length > 0 && (condition === null || plan.aggregates.length === 0);
      if (!distinct) return undefined;
      if (condition === null) return plan.input;
      return { kind: "project", input: plan.input, items: plan.keys };
    }
    default:
      return undefined;
  }
}

/** An independent join in its plainest kind. */
function independent(join: JoinOperator): LogicalOperator {
  const { joinKind, right, condition } = join;
  if (joinKind === "single") {
    if (condition === null && isOneRow(right)) return { ...join, joinKind: "inner" };
    if (isAtMostOneRow(right)) return { ...join, joinKind: "left" };
  }
  if (condition === null && rowBounds(right).least === 1) {
    if (joinKind === "semi") return join.left;
    if (joinKind === "mark") return withMark(join, join.left, boolean(true));
  }
  return condition === null && asksExistence(joinKind) ? { ...join, right: firstRow(right) } : join;
}

function asksExistence(kind: JoinOperator["joinKind"]): boolean {
  return kind === "semi" || kind === "anti" || kind === "mark";
}

/** One row tells as much as all. */
function firstRow(input: LogicalOperator): LogicalOperator {
  if (isAtMostOneRow(input)) return input;
  return { kind: "limit", input, count: literal("1", INT8), offset: null, withTies: false };
}

function withMark(join: JoinOperator, input: LogicalOperator, value: Expression): LogicalOperator {
  const passed = outputColumns(join.left).map((column) => ({ column, expression: refer(column) }));
  const items: ProjectItem[] =
    join.mark === null ? passed : [...passed, { column: join.mark, expression: value }];
  return { kind: "project", input, items };
}

/** The right side has one row for each left row, so that kinds differ only in what they ask of it. */
function joinOneRow(join: JoinOperator, pulled: PulledUp, context: RuleContext): LogicalOperator {
  const { joinKind, condition } = join;
  const isPlain = joinKind === "single" || joinKind === "inner" || joinKind === "left";
  const guard = joinKind === "single" ? condition : null;
  const joined = joinWithDefaults(join.left, pulled, guard, context.columns);
  if (isPlain && (condition === null || joinKind === "single")) return joined;
  switch (joinKind) {
    case "inner":
    case "semi":
      return filtered(joined, conjunctsOf(condition));
    case "anti": {
      const refused = condition === null ? boolean(false) : not(knownFalse(condition));
      return filtered(joined, [refused]);
    }
    case "mark":
      return withMark(join, joined, condition ?? boolean(true));
    default:
      return joinDomain(join, context);
  }
}

/** The condition with FALSE for NULL. */
function knownFalse(condition: Expression): Expression {
  return coalesce([condition, boolean(false)]);
}

function joinPulled(join: JoinOperator, pulled: PulledUp): LogicalOperator {
  const own = conjunctsOf(join.condition);
  if (join.joinKind !== "mark") {
    const condition = conjunction([...own, ...pulled.predicates]);
    return independent({ ...join, right: pulled.plan, condition, dependent: false });
  }
  const inner = outputIds(pulled.plan);
  const notNull = definedNotNull(pulled.plan);
  const required: Expression[] = [];
  const correlation = pulled.predicates.map((predicate) => {
    const equality = asEquality(predicate);
    if (equality === undefined || equality.nullsEqual) {
      return predicate.nullable ? knownFalse(predicate) : predicate;
    }
    const { left, right } = equality;
    const side = isOver(left, inner) ? left : right;
    if (!isOver(side, inner)) return knownFalse(predicate);
    if (!isNotNull(side, notNull)) required.push(isNull(side, true));
    return notDistinct(left, right);
  });
  const right = filtered(pulled.plan, required);
  return { ...join, right, condition: conjunction([...own, ...correlation]), dependent: false };
}

/**
 * Left rows become a common table, read by the join and by the domain: the distinct values of the
 * outer columns that the right side mentions, which the right side then carries along.
 */
function joinDomain(original: JoinOperator, context: RuleContext): LogicalOperator {
  const join = withoutIdleParts(original);
  const outer = outputIds(join.left);
  const used = [...freeColumns(join.right).values()].filter((c) => outer.has(c.id));
  const copy = copyPlan(join.left, context.columns);
  const columns = outputColumns(join.left);
  const cteId = context.newCteId();
  const name = `outer_${String(cteId)}`;
  const left: LogicalOperator = {
    kind: "cte-reference",
    cteId,
    name,
    columns,
    definitionColumns: columns.map(copy.column),
  };
  const domain = new Domain(cteId, name, columns, columns.map(copy.column), used, context);
  const right = pushDomain(join.right, domain);
  const matches = used.map((column, i) => {
    const carried = right.domain[i];
    return carried === undefined ? boolean(true) : notDistinct(refer(column), refer(carried));
  });
  const condition = conjunction([...conjunctsOf(join.condition), ...matches]);
  const kind = join.joinKind;
  const body: JoinOperator = {
    ...join,
    left,
    right: right.plan,
    condition,
    dependent: false,
    joinKind: kind,
  };
  return {
    kind: "with",
    cteId,
    name,
    materialized: "always",
    definition: copy.plan,
    body,
  };
}
