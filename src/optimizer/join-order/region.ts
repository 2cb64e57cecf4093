import {
  columnsOf,
  type ColumnId,
  type Expression,
  type JoinOperator,
  type LogicalOperator,
} from "../../plan/index.js";
import { conjunction, conjunctsOf } from "../expression/build.js";
import { isMovable, isOver } from "../expression/facts.js";
import { outputIds } from "../properties/free-columns.js";
import { filtered } from "../unnest/build.js";

/** Relations as bits. A region has at most 30, so that a set is a small integer. */
export type RelationSet = number;

export const MAX_RELATIONS = 30;

/** Kinds of joins that may change places. */
export type ReorderableKind = "inner" | "left" | "full" | "semi" | "anti";

/** A join tree over opaque relations. */
export type RegionNode = RegionLeaf | RegionJoin;

export interface RegionLeaf {
  readonly kind: "leaf";
  readonly set: RelationSet;
  readonly plan: LogicalOperator;
}

export interface RegionJoin {
  readonly kind: "join";
  readonly joinKind: ReorderableKind;
  readonly set: RelationSet;
  readonly left: RegionNode;
  readonly right: RegionNode;
  readonly conjuncts: readonly Expression[];
}

export interface Region {
  readonly root: RegionJoin;
  /** By bit number. */
  readonly relations: readonly LogicalOperator[];
  /** The bit of the relation that puts out a column. */
  readonly owner: ReadonlyMap<ColumnId, number>;
}

/** The joins that hang together at `plan`; undefined where there is nothing to order. */
export function regionOf(
  plan: LogicalOperator,
  reorderLeaf: (leaf: LogicalOperator) => LogicalOperator,
): Region | undefined {
  const relations: LogicalOperator[] = [];
  const owner = new Map<ColumnId, number>();
  const root = build(plan, (leaf) => {
    const bit = relations.length;
    const inner = reorderLeaf(leaf);
    relations.push(inner);
    for (const id of outputIds(inner)) owner.set(id, bit);
    return { kind: "leaf", set: 1 << bit, plan: inner };
  });
  const tooMany = relations.length > MAX_RELATIONS;
  return root.kind === "leaf" || tooMany ? undefined : { root, relations, owner };
}

type MakeLeaf = (plan: LogicalOperator) => RegionLeaf;

function build(plan: LogicalOperator, leaf: MakeLeaf): RegionNode {
  if (plan.kind === "filter" && plan.input.kind === "join" && plan.input.joinKind === "inner") {
    const conjuncts = conjunctsOf(plan.condition);
    if (!conjuncts.every(isMovable)) return leaf(plan);
    const spread = spreadOver(plan.input, conjuncts);
    return spread.kind === "join" ? build(spread, leaf) : leaf(plan);
  }
  if (plan.kind !== "join" || plan.dependent) return leaf(plan);
  const { joinKind } = plan;
  if (!isReorderable(joinKind)) return leaf(plan);
  const conjuncts = conjunctsOf(plan.condition);
  const sides = [outputIds(plan.left), outputIds(plan.right)] as const;
  if (!conjuncts.every((c) => spans(c, sides[0], sides[1]))) return leaf(plan);
  if (joinKind !== "inner" && conjuncts.length === 0) return leaf(plan);
  const left = build(plan.left, leaf);
  const right = build(plan.right, leaf);
  return { kind: "join", joinKind, set: left.set | right.set, left, right, conjuncts };
}

function isReorderable(kind: JoinOperator["joinKind"]): kind is ReorderableKind {
  return (
    kind === "inner" || kind === "left" || kind === "full" || kind === "semi" || kind === "anti"
  );
}

function spans(
  conjunct: Expression,
  left: ReadonlySet<ColumnId>,
  right: ReadonlySet<ColumnId>,
): boolean {
  return columnsOf(conjunct).size > 0 && !isOver(conjunct, left) && !isOver(conjunct, right);
}

/** Conjuncts above inner joins put where their columns come together, as push-filters does. */
function spreadOver(plan: LogicalOperator, conjuncts: readonly Expression[]): LogicalOperator {
  if (plan.kind === "filter") {
    return spreadOver(plan.input, [...conjunctsOf(plan.condition), ...conjuncts]);
  }
  if (plan.kind !== "join" || plan.joinKind !== "inner" || plan.dependent) {
    return filtered(plan, conjuncts);
  }
  const left = outputIds(plan.left);
  const right = outputIds(plan.right);
  const toLeft = conjuncts.filter((c) => isOver(c, left));
  const toRight = conjuncts.filter((c) => !isOver(c, left) && isOver(c, right));
  const here = conjuncts.filter((c) => !isOver(c, left) && !isOver(c, right));
  return {
    ...plan,
    left: spreadOver(plan.left, toLeft),
    right: spreadOver(plan.right, toRight),
    condition: conjunction([...conjunctsOf(plan.condition), ...here]),
  };
}
