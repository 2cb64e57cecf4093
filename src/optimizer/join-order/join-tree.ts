import { internalError } from "../../errors/index.js";
import type { Expression, LogicalOperator } from "../../plan/index.js";
import { conjunction } from "../expression/build.js";
import { joinSelectivity } from "../cost/index.js";
import type { JoinEdge, JoinGraph } from "./join-graph.js";
import type { RelationSet, ReorderableKind } from "./region.js";

/** The cheapest known way to join a set of relations. */
export type JoinTree = TreeLeaf | TreeJoin;

interface TreeLeaf {
  readonly kind: "leaf";
  readonly set: RelationSet;
  readonly rows: number;
  readonly cost: number;
}

interface TreeJoin {
  readonly kind: "join";
  readonly set: RelationSet;
  readonly rows: number;
  readonly cost: number;
  readonly joinKind: ReorderableKind;
  readonly left: JoinTree;
  readonly right: JoinTree;
  readonly conjuncts: readonly Expression[];
}

const COST_OF_BUILD_ROW = 2;
const COST_OF_PROBE_ROW = 1;
const COST_OF_OUTPUT_ROW = 1;
/** Looking at every pair is right where one side is a row; elsewhere estimates had better be sure. */
const COST_OF_LOOPING = 100_000;

export function treeLeaf(graph: JoinGraph, bit: number): JoinTree {
  return { kind: "leaf", set: 1 << bit, rows: graph.rows[bit] ?? 1, cost: 0 };
}

/** The join of two disjoint trees by what links them; undefined where that would be wrong. */
export function joinTrees(a: JoinTree, b: JoinTree, graph: JoinGraph): JoinTree | undefined {
  const set = a.set | b.set;
  const edges: JoinEdge[] = [];
  for (const edge of graph.edges) {
    const whole = edge.left | edge.right;
    const isNew =
      (edge.mentioned & ~set) === 0 &&
      (edge.mentioned & a.set) !== 0 &&
      (edge.mentioned & b.set) !== 0;
    if (!isNew) continue;
    if ((whole & ~set) !== 0 || !obeys(edge, set)) return undefined;
    edges.push(edge);
  }
  if (edges.length === 0) return undefined;
  const special = edges.find((edge) => edge.joinKind !== "inner");
  if (special === undefined) {
    const fitting = edges.every((edge) => fits(edge, a, b) || fits(edge, b, a));
    return fitting ? innerJoin(a, b, edges, graph) : undefined;
  }
  if (edges.length > 1) return undefined;
  if (fits(special, a, b)) return specialJoin(a, b, special);
  return fits(special, b, a) ? specialJoin(b, a, special) : undefined;
}

function fits(edge: JoinEdge, left: JoinTree, right: JoinTree): boolean {
  return (edge.left & ~left.set) === 0 && (edge.right & ~right.set) === 0;
}

function obeys(edge: JoinEdge, set: RelationSet): boolean {
  return edge.rules.every(({ when, then }) => (when & set) === 0 || (then & ~set) === 0);
}

function innerJoin(
  a: JoinTree,
  b: JoinTree,
  edges: readonly JoinEdge[],
  graph: JoinGraph,
): JoinTree {
  const chosen = onePerClass(edges);
  const selectivity = selectivityOf(chosen, graph);
  const rows = a.rows * b.rows * selectivity;
  const isHashed = chosen.some((edge) => edge.isEquality);
  const [left, right] = a.rows >= b.rows ? [a, b] : [b, a];
  return {
    kind: "join",
    set: a.set | b.set,
    rows,
    cost: a.cost + b.cost + joinCost(left.rows, right.rows, rows, isHashed),
    joinKind: "inner",
    left,
    right,
    conjuncts: chosen.flatMap((edge) => edge.conjuncts),
  };
}

/** Several equalities between two relations are one key of several columns. */
function selectivityOf(edges: readonly JoinEdge[], graph: JoinGraph): number {
  const byPair = new Map<RelationSet, JoinEdge[]>();
  for (const edge of edges) {
    const pair = edge.left | edge.right;
    byPair.set(pair, [...(byPair.get(pair) ?? []), edge]);
  }
  let share = 1;
  for (const [pair, group] of byPair) {
    const isComposite = group.length > 1 && group.every((edge) => edge.keys.length > 0);
    if (!isComposite) {
      share = group.reduce((product, edge) => product * edge.selectivity, share);
      continue;
    }
    const rows = graph.rows.filter((_, bit) => (pair & (1 << bit)) !== 0);
    share *= joinSelectivity(
      group.flatMap((edge) => edge.keys),
      Math.max(...rows),
      Math.min(...rows),
    );
  }
  return share;
}

/** Within a side the members of a class are equal already, so one equality between sides will do. */
function onePerClass(edges: readonly JoinEdge[]): readonly JoinEdge[] {
  const best = new Map<number, JoinEdge>();
  for (const edge of edges) {
    if (edge.equalityClass === undefined) continue;
    const known = best.get(edge.equalityClass);
    if (known === undefined || edge.selectivity < known.selectivity)
      best.set(edge.equalityClass, edge);
  }
  return edges.filter((e) => e.equalityClass === undefined || best.get(e.equalityClass) === e);
}

function joinCost(probe: number, build: number, output: number, isHashed: boolean): number {
  if (!isHashed) {
    const pairs = probe * Math.max(1, build);
    return pairs + output * COST_OF_OUTPUT_ROW + (build > 1 ? COST_OF_LOOPING : 0);
  }
  return build * COST_OF_BUILD_ROW + probe * COST_OF_PROBE_ROW + output * COST_OF_OUTPUT_ROW;
}

function specialJoin(left: JoinTree, right: JoinTree, edge: JoinEdge): JoinTree {
  const pairs = left.rows * right.rows * edge.selectivity;
  const rows = specialRows(edge.joinKind, left.rows, right.rows, pairs);
  const [probe, build] = left.rows >= right.rows ? [left, right] : [right, left];
  return {
    kind: "join",
    set: left.set | right.set,
    rows,
    cost: left.cost + right.cost + joinCost(probe.rows, build.rows, rows, edge.isEquality),
    joinKind: edge.joinKind,
    left,
    right,
    conjuncts: edge.conjuncts,
  };
}

function specialRows(kind: ReorderableKind, left: number, right: number, pairs: number): number {
  switch (kind) {
    case "inner":
      return pairs;
    case "left":
      return Math.max(pairs, left);
    case "full":
      return Math.max(pairs, left, right);
    case "semi":
      return Math.min(left, pairs, left * 0.9);
    case "anti":
      return Math.max(left - pairs, left * 0.1);
  }
}

/** The tree as a plan over the relations. */
export function planOfTree(tree: JoinTree, relations: readonly LogicalOperator[]): LogicalOperator {
  if (tree.kind === "leaf") {
    const relation = relations[31 - Math.clz32(tree.set)];
    if (relation === undefined) throw internalError("a join tree has a relation too many");
    return relation;
  }
  return {
    kind: "join",
    joinKind: tree.joinKind,
    left: planOfTree(tree.left, relations),
    right: planOfTree(tree.right, relations),
    condition: conjunction(tree.conjuncts),
    dependent: false,
    mark: null,
  };
}
