import { unreachable } from "../../errors/index.js";
import {
  inputsOf,
  sameExpression,
  withInputs,
  type AggregateOperator,
  type ColumnId,
  type Expression,
  type JoinOperator,
  type LogicalOperator,
  type ProjectItem,
} from "../../plan/index.js";
import { asEquality, conjunction, conjunctsOf, refer } from "../expression/build.js";
import { isMovable, isOver, isVolatile, type ColumnSet } from "../expression/facts.js";
import { substitute } from "../expression/substitute.js";
import { outputIds } from "../properties/free-columns.js";
import type { Rule } from "../rule.js";

/**
 * Moves conjuncts of filters and join conditions to where their columns first come together.
 *
 * Sound because rows that a conjunct drops would not have changed what is above: below an outer join
 * only on the side that keeps its rows, below an aggregate only over its keys, below LIMIT and
 * DISTINCT ON (other than its keys) never. A conjunct that can fail moves only through operators
 * that neither drop nor add rows, and not past another that stays: `WHERE b <> 0 AND a / b > 1`.
 */
export const pushFilters: Rule = {
  name: "push-filters",
  apply: (plan) => push(plan, []),
};

type Conjuncts = readonly Expression[];

/** The plan, filtered by `conjuncts`, each as far down as it may go. */
function push(plan: LogicalOperator, conjuncts: Conjuncts): LogicalOperator {
  switch (plan.kind) {
    case "filter":
      return push(plan.input, [...conjunctsOf(plan.condition), ...conjuncts]);
    case "project":
      return pushThroughProject(plan, conjuncts);
    case "project-set": {
      const input = outputIds(plan.input);
      const { moving, staying } = divide(conjuncts, (c) => isOver(c, input) && isMovable(c));
      return filter({ ...plan, input: push(plan.input, moving) }, staying);
    }
    case "join":
      return pushIntoJoin(plan, conjuncts);
    case "aggregate":
      return pushThroughAggregate(plan, conjuncts);
    case "distinct-on":
    case "partition-limit": {
      const keys = new Set(plan.keys.flatMap((k) => (k.kind === "column" ? [k.column.id] : [])));
      const { moving, staying } = divide(conjuncts, (c) => isOver(c, keys));
      return filter({ ...plan, input: push(plan.input, moving) }, staying);
    }
    case "sort":
      return { ...plan, input: push(plan.input, conjuncts) };
    case "set-operation":
      return pushIntoSetOperation(plan, conjuncts);
    case "with":
      return { ...plan, definition: push(plan.definition, []), body: push(plan.body, conjuncts) };
    case "limit":
    case "scan":
    case "values":
    case "cte-reference":
      return filter(
        withInputs(
          plan,
          inputsOf(plan).map((input) => push(input, [])),
        ),
        conjuncts,
      );
    default:
      return unreachable(plan);
  }
}

function filter(input: LogicalOperator, conjuncts: Conjuncts): LogicalOperator {
  const distinct = conjuncts.filter(
    (c, i) => isVolatile(c) || !conjuncts.slice(0, i).some((earlier) => sameExpression(earlier, c)),
  );
  const condition = conjunction(distinct);
  return condition === null ? input : { kind: "filter", input, condition };
}

/** What may move, and what stays; one that can fail stays behind any that does. */
function divide(
  conjuncts: Conjuncts,
  mayMove: (conjunct: Expression) => boolean,
): { readonly moving: Conjuncts; readonly staying: Conjuncts } {
  const moving: Expression[] = [];
  const staying: Expression[] = [];
  for (const conjunct of conjuncts) {
    const guarded = staying.length > 0 && !isMovable(conjunct);
    (mayMove(conjunct) && !guarded && !isVolatile(conjunct) ? moving : staying).push(conjunct);
  }
  return { moving, staying };
}

function replacements(items: readonly ProjectItem[]): Map<ColumnId, Expression> {
  return new Map(items.map((item) => [item.column.id, item.expression]));
}

function pushThroughProject(
  plan: LogicalOperator & { kind: "project" },
  conjuncts: Conjuncts,
): LogicalOperator {
  const by = replacements(plan.items);
  const { moving, staying } = divide(conjuncts, (c) => !isVolatile(substitute(c, by)));
  const input = push(
    plan.input,
    moving.map((c) => substitute(c, by)),
  );
  return filter({ ...plan, input }, staying);
}

function pushThroughAggregate(plan: AggregateOperator, conjuncts: Conjuncts): LogicalOperator {
  const keys = new Set(plan.keys.map((k) => k.column.id));
  const by = replacements(plan.keys);
  const { moving, staying } = divide(
    conjuncts,
    (c) => keys.size > 0 && isOver(c, keys) && !isVolatile(substitute(c, by)),
  );
  const input = push(
    plan.input,
    moving.map((c) => substitute(c, by)),
  );
  return filter({ ...plan, input }, staying);
}

function pushIntoSetOperation(
  plan: LogicalOperator & { kind: "set-operation" },
  conjuncts: Conjuncts,
): LogicalOperator {
  const isUnion = plan.operation === "union" && plan.all;
  const { moving, staying } = divide(conjuncts, (c) => isUnion || isMovable(c));
  const side = (input: LogicalOperator, columns: typeof plan.leftColumns): LogicalOperator => {
    const by = new Map(plan.columns.map((c, i) => [c.id, refer(columns[i] ?? c)]));
    return push(
      input,
      moving.map((c) => substitute(c, by)),
    );
  };
  const left = side(plan.left, plan.leftColumns);
  const right = side(plan.right, plan.rightColumns);
  return filter({ ...plan, left, right }, staying);
}

interface JoinParts {
  readonly left: Expression[];
  readonly right: Expression[];
  readonly condition: Expression[];
  readonly above: Expression[];
}

function pushIntoJoin(plan: JoinOperator, conjuncts: Conjuncts): LogicalOperator {
  const left = outputIds(plan.left);
  const right = outputIds(plan.right);
  const parts: JoinParts = { left: [], right: [], condition: [], above: [] };
  for (const conjunct of conjunctsOf(plan.condition)) placeOwn(plan, conjunct, left, right, parts);
  for (const conjunct of conjuncts) placeIncoming(plan, conjunct, left, right, parts);
  const joined: JoinOperator = {
    ...plan,
    left: push(plan.left, parts.left),
    right: push(plan.right, parts.right),
    condition: conjunction(withoutRepeats(parts.condition)),
  };
  return filter(joined, parts.above);
}

function withoutRepeats(conjuncts: Conjuncts): Conjuncts {
  return conjuncts.filter(
    (c, i) => !conjuncts.slice(0, i).some((earlier) => sameExpression(earlier, c)),
  );
}

/** Where a conjunct of the join's own condition goes. */
function placeOwn(
  plan: JoinOperator,
  conjunct: Expression,
  left: ColumnSet,
  right: ColumnSet,
  parts: JoinParts,
): void {
  const kind = plan.joinKind;
  const movable = isMovable(conjunct) && !plan.dependent;
  const dropsLeft = kind === "inner" || kind === "semi";
  const dropsRight = dropsLeft || kind === "left" || kind === "anti" || kind === "single";
  if (movable && dropsLeft && isOver(conjunct, left)) parts.left.push(conjunct);
  else if (movable && dropsRight && isOver(conjunct, right)) parts.right.push(conjunct);
  else parts.condition.push(conjunct);
}

/** Where a conjunct that filters the join's result goes. */
function placeIncoming(
  plan: JoinOperator,
  conjunct: Expression,
  left: ColumnSet,
  right: ColumnSet,
  parts: JoinParts,
): void {
  const kind = plan.joinKind;
  if (!isMovable(conjunct) || plan.dependent) {
    const isKey = kind === "inner" && !isVolatile(conjunct) && joinsSides(conjunct, left, right);
    (isKey ? parts.condition : parts.above).push(conjunct);
    return;
  }
  if (kind !== "full" && kind !== "right" && isOver(conjunct, left)) parts.left.push(conjunct);
  else if (kind === "inner" && isOver(conjunct, right)) parts.right.push(conjunct);
  else if (kind === "right" && isOver(conjunct, right)) parts.right.push(conjunct);
  else if (kind === "inner") parts.condition.push(conjunct);
  else parts.above.push(conjunct);
}

/** An equality between the sides: joining evaluates each side for its own rows only. */
function joinsSides(conjunct: Expression, left: ColumnSet, right: ColumnSet): boolean {
  const equality = asEquality(conjunct);
  if (equality === undefined) return false;
  const { left: a, right: b } = equality;
  return (isOver(a, left) && isOver(b, right)) || (isOver(a, right) && isOver(b, left));
}
