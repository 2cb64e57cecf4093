import { internalError } from "../../errors/index.js";
import {
  type Column,
  type Expression,
  type HashJoin,
  type JoinOperator,
  type PhysicalOperator,
} from "../../plan/index.js";
import { joinEstimate, widthOf } from "../cost/index.js";
import { asEquality, conjunction, conjunctsOf } from "../expression/build.js";
import { isFallibleOrVolatile, isOver, type ColumnSet } from "../expression/facts.js";
import { orderConjuncts } from "../expression/order-conjuncts.js";
import { outputIds } from "../properties/free-columns.js";
import { definedNotNull, isNotNull } from "../properties/not-null.js";
import { isUniqueOver } from "../properties/unique-keys.js";
import type { Needed, PlanContext } from "./context.js";
import { needing } from "./narrow.js";

const COST_OF_BUILD = 0.03;
const COST_OF_PROBE = 0.015;
const COST_OF_PAIR = 0.005;

interface Key {
  readonly left: Expression;
  readonly right: Expression;
  readonly nullsEqual: boolean;
}

/** A join by hashing where an equality links its sides, else by looking at every pair. */
export function planJoin(
  plan: JoinOperator,
  needed: Needed,
  context: PlanContext,
): PhysicalOperator {
  if (plan.dependent) throw internalError("a dependent join was not unnested");
  const { keys, residual } = splitCondition(plan);
  const all = needing(needed, conjunctsOf(plan.condition));
  const left = context.plan(plan.left, all);
  const right = context.plan(plan.right, all);
  const isPlainMark = plan.joinKind !== "mark" || residual.length === 0;
  if (keys.length > 0 && isPlainMark) {
    return hashJoin(plan, { keys, residual, left, right }, needed, context);
  }
  return nestedLoops(plan, left, right, needed, context);
}

/** Equalities between the sides, and the rest. A key is no guard, so what can fail waits for one. */
function splitCondition(plan: JoinOperator): { keys: Key[]; residual: Expression[] } {
  const left = outputIds(plan.left);
  const right = outputIds(plan.right);
  const keys: Key[] = [];
  const residual: Expression[] = [];
  for (const conjunct of conjunctsOf(plan.condition)) {
    const key = asKey(conjunct, left, right);
    const guarded = residual.length > 0 && isFallibleOrVolatile(conjunct);
    if (key === undefined || guarded) residual.push(conjunct);
    else keys.push(key);
  }
  return { keys, residual };
}

function asKey(conjunct: Expression, left: ColumnSet, right: ColumnSet): Key | undefined {
  const equality = asEquality(conjunct);
  if (equality === undefined) return undefined;
  const { left: a, right: b, nullsEqual } = equality;
  const isSide = (e: Expression, side: ColumnSet, other: ColumnSet): boolean =>
    isOver(e, side) && !isOver(e, other);
  if (isSide(a, left, right) && isSide(b, right, left)) return { left: a, right: b, nullsEqual };
  if (isSide(a, right, left) && isSide(b, left, right)) return { left: b, right: a, nullsEqual };
  return undefined;
}

interface Sides {
  readonly keys: readonly Key[];
  readonly residual: readonly Expression[];
  readonly left: PhysicalOperator;
  readonly right: PhysicalOperator;
}

function bytesOf(plan: PhysicalOperator, needed: Needed): number {
  return plan.rows * (16 + widthOf(plan.columns.filter((column) => needed.has(column.id))));
}

/** The kind as seen with the left side as build side; undefined where it must probe. */
function turned(kind: JoinOperator["joinKind"]): HashJoin["joinKind"] | undefined {
  switch (kind) {
    case "inner":
    case "full":
      return kind;
    case "left":
      return "right";
    case "right":
      return "left";
    case "semi":
      return "build-semi";
    case "anti":
      return "build-anti";
    default:
      return undefined;
  }
}

function hashJoin(
  plan: JoinOperator,
  sides: Sides,
  needed: Needed,
  context: PlanContext,
): PhysicalOperator {
  const { keys, left, right } = sides;
  const keysNeeded = needing(
    new Set(),
    keys.map((key) => key.right),
  );
  const asksOnly = plan.joinKind === "semi" || plan.joinKind === "anti" || plan.joinKind === "mark";
  const rightBytes = bytesOf(right, asksOnly ? keysNeeded : needed);
  const other = turned(plan.joinKind);
  const buildsLeft = other !== undefined && bytesOf(left, needed) < rightBytes;
  const [probe, build] = buildsLeft ? [right, left] : [left, right];
  const both = joinEstimate(plan, estimateOf(plan.left, context), estimateOf(plan.right, context));
  const residual = orderConjuncts(sides.residual, crossed(plan, context));
  const buildPlan = buildsLeft ? plan.left : plan.right;
  const buildKeys = keys.map((key) => (buildsLeft ? key.left : key.right));
  const rows = both.rows;
  return {
    kind: "hash-join",
    id: context.nextId(),
    rows,
    cost:
      probe.cost +
      build.cost +
      build.rows * COST_OF_BUILD +
      probe.rows * COST_OF_PROBE +
      rows * COST_OF_PAIR,
    columns: joinColumns(plan, left, right, needed),
    joinKind: buildsLeft ? other : plan.joinKind,
    probe,
    build,
    keys: physicalKeys(plan, keys, buildsLeft),
    residual: conjunction(residual),
    mark: plan.mark,
    buildUnique: isUniqueOver(buildPlan, buildKeys),
    publishes: [],
  };
}

function estimateOf(plan: JoinOperator["left"], context: PlanContext) {
  return context.estimator.estimate(plan);
}

/** Estimates of both sides together, for conditions over pairs. */
function crossed(plan: JoinOperator, context: PlanContext) {
  const left = estimateOf(plan.left, context);
  const right = estimateOf(plan.right, context);
  return { rows: left.rows * right.rows, columns: new Map([...left.columns, ...right.columns]) };
}

/** A correlation's NULL is no match; IN's own comparison with NULL is unknown. */
function physicalKeys(
  plan: JoinOperator,
  keys: readonly Key[],
  buildsLeft: boolean,
): HashJoin["keys"] {
  const known = new Set([...definedNotNull(plan.left), ...definedNotNull(plan.right)]);
  return keys.map(({ left, right, nullsEqual }) => {
    const [probe, build] = buildsLeft ? [right, left] : [left, right];
    const mayBeNull = !isNotNull(left, known) && !isNotNull(right, known);
    return {
      probe,
      build,
      nullsEqual: nullsEqual && mayBeNull,
      unknownOnNull: plan.joinKind === "mark" && !nullsEqual,
    };
  });
}

function joinColumns(
  plan: JoinOperator,
  left: PhysicalOperator,
  right: PhysicalOperator,
  needed: Needed,
): readonly Column[] {
  const of = (side: PhysicalOperator): readonly Column[] =>
    side.columns.filter((column) => needed.has(column.id));
  if (plan.joinKind === "semi" || plan.joinKind === "anti") return of(left);
  if (plan.mark !== null) return [...of(left), plan.mark];
  return [...of(left), ...of(right)];
}

function nestedLoops(
  plan: JoinOperator,
  left: PhysicalOperator,
  right: PhysicalOperator,
  needed: Needed,
  context: PlanContext,
): PhysicalOperator {
  const swaps = plan.joinKind === "inner" && bytesOf(left, needed) < bytesOf(right, needed);
  const turns = plan.joinKind === "right";
  const [outer, inner] = swaps || turns ? [right, left] : [left, right];
  const condition = orderConjuncts(conjunctsOf(plan.condition), crossed(plan, context));
  return {
    kind: "nested-loop-join",
    id: context.nextId(),
    rows: context.estimator.rows(plan),
    cost: outer.cost + inner.cost + outer.rows * Math.max(1, inner.rows) * COST_OF_PAIR,
    columns: joinColumns(plan, left, right, needed),
    joinKind: turns ? "left" : plan.joinKind,
    outer,
    inner,
    condition: conjunction(condition),
    mark: plan.mark,
  };
}
