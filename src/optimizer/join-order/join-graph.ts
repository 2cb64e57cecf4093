import type { ColumnId, Expression } from "../../plan/index.js";
import {
  joinSelectivity,
  selectivity,
  type Estimate,
  type Estimator,
  type KeyDistinct,
} from "../cost/index.js";
import { distinctOf } from "../cost/selectivity.js";
import { asEquality, conjunction, equal } from "../expression/build.js";
import { conflictRules, mentionedRelations, type ConflictRule } from "./conflicts.js";
import type { Region, RegionJoin, RegionNode, RelationSet, ReorderableKind } from "./region.js";

/** A condition that joins relations, and when it may be applied. */
export interface JoinEdge {
  readonly joinKind: ReorderableKind;
  /** Relations that must be on the left and on the right; an inner join takes either side. */
  readonly left: RelationSet;
  readonly right: RelationSet;
  /** Relations its condition mentions. */
  readonly mentioned: RelationSet;
  readonly rules: readonly ConflictRule[];
  readonly conjuncts: readonly Expression[];
  readonly selectivity: number;
  /** Distinct values of its equalities, to judge several edges between two relations together. */
  readonly keys: readonly KeyDistinct[];
  /** Whether hashing can evaluate it. */
  readonly isEquality: boolean;
  /** Equal columns form a class: between two sets one equality of a class is enough. */
  readonly equalityClass: number | undefined;
}

export interface JoinGraph {
  readonly rows: readonly number[];
  readonly edges: readonly JoinEdge[];
  readonly all: RelationSet;
}

/** The region's joins as edges of a hypergraph, with what follows from equalities added. */
export function joinGraph(region: Region, estimator: Estimator): JoinGraph {
  const estimates = region.relations.map((plan) => estimator.estimate(plan));
  const context: GraphContext = { region, estimates };
  const edges = [...joins(region.root)].flatMap((join) => edgesOf(join, context));
  const linked = withClasses(edges, context);
  const all = region.root.set;
  return {
    rows: estimates.map((estimate) => Math.max(estimate.rows, 1e-3)),
    edges: connected(linked, region.root, all),
    all,
  };
}

interface GraphContext {
  readonly region: Region;
  readonly estimates: readonly Estimate[];
}

function* joins(node: RegionNode): Generator<RegionJoin> {
  if (node.kind === "leaf") return;
  yield* joins(node.left);
  yield* joins(node.right);
  yield node;
}

/** An inner join's conjuncts are edges of their own where they mention different relations. */
function edgesOf(join: RegionJoin, context: GraphContext): readonly JoinEdge[] {
  const { owner } = context.region;
  const rules = conflictRules(join, owner);
  if (join.joinKind !== "inner") return [edge(join, join.conjuncts, rules, context)];
  const groups = new Map<RelationSet, Expression[]>();
  for (const conjunct of join.conjuncts) {
    const set = mentionedRelations([conjunct], owner);
    groups.set(set, [...(groups.get(set) ?? []), conjunct]);
  }
  return [...groups.values()].map((conjuncts) => edge(join, conjuncts, rules, context));
}

function edge(
  join: RegionJoin,
  conjuncts: readonly Expression[],
  rules: readonly ConflictRule[],
  context: GraphContext,
): JoinEdge {
  const mentioned = mentionedRelations(conjuncts, context.region.owner);
  let needed = mentioned;
  if ((needed & join.left.set) === 0) needed |= join.left.set;
  if ((needed & join.right.set) === 0) needed |= join.right.set;
  const remaining = absorb(needed, rules);
  needed = remaining.needed;
  return {
    joinKind: join.joinKind,
    left: needed & join.left.set,
    right: needed & join.right.set,
    mentioned,
    rules: remaining.rules,
    conjuncts,
    ...judge(conjuncts, context),
    equalityClass: undefined,
  };
}

/** Rules whose premise the needed relations meet already only add to what is needed. */
function absorb(
  start: RelationSet,
  rules: readonly ConflictRule[],
): { readonly needed: RelationSet; readonly rules: readonly ConflictRule[] } {
  let needed = start;
  for (let before = 0; before !== needed;) {
    before = needed;
    for (const { when, then } of rules) if ((when & needed) !== 0) needed |= then;
  }
  return {
    needed,
    rules: rules.filter(({ when, then }) => (when & needed) === 0 && (then & ~needed) !== 0),
  };
}

function judge(conjuncts: readonly Expression[], context: GraphContext) {
  const keys: { left: number; right: number }[] = [];
  const others: Expression[] = [];
  let sides: readonly [number, number] = [0, 0];
  for (const conjunct of conjuncts) {
    const found = keyOf(conjunct, context);
    if (found === undefined) others.push(conjunct);
    else {
      keys.push({ left: found.left, right: found.right });
      sides = [Math.max(sides[0], found.leftRows), Math.max(sides[1], found.rightRows)];
    }
  }
  const columns = new Map(context.estimates.flatMap((estimate) => [...estimate.columns]));
  const both: Estimate = { rows: 1e6, columns };
  const share = joinSelectivity(keys, sides[0], sides[1]) * selectivity(conjunction(others), both);
  return { selectivity: Math.max(share, 1e-12), keys, isEquality: keys.length > 0 };
}

function keyOf(conjunct: Expression, context: GraphContext) {
  const equality = asEquality(conjunct);
  if (equality === undefined) return undefined;
  const { owner } = context.region;
  const left = mentionedRelations([equality.left], owner);
  const right = mentionedRelations([equality.right], owner);
  if (left === 0 || right === 0 || (left & right) !== 0) return undefined;
  const a = estimateFor(left, context);
  const b = estimateFor(right, context);
  return {
    left: distinctOf(equality.left, a),
    right: distinctOf(equality.right, b),
    leftRows: a.rows,
    rightRows: b.rows,
  };
}

function estimateFor(set: RelationSet, context: GraphContext): Estimate {
  const estimates = context.estimates.filter((_, bit) => (set & (1 << bit)) !== 0);
  const [only] = estimates;
  if (only !== undefined && estimates.length === 1) return only;
  return {
    rows: estimates.reduce((rows, estimate) => rows * estimate.rows, 1),
    columns: new Map(estimates.flatMap((estimate) => [...estimate.columns])),
  };
}

/**
 * Equalities of columns that hold without reservation make classes; members without an edge of
 * their own get one, so that any two sets with members can be joined.
 */
function withClasses(edges: readonly JoinEdge[], context: GraphContext): readonly JoinEdge[] {
  const classes = new Classes();
  for (const candidate of edges) {
    const sides = plainEquality(candidate);
    if (sides !== undefined) classes.join(sides[0], sides[1]);
  }
  classes.dropTwins(context);
  const classed = edges.map((candidate) => {
    const sides = plainEquality(candidate);
    return sides === undefined
      ? candidate
      : { ...candidate, equalityClass: classes.of(sides[0].column.id) };
  });
  return [...classed, ...classes.missing(classed, context)];
}

type ColumnReference = Expression & { readonly kind: "column" };

function plainEquality(edge: JoinEdge): readonly [ColumnReference, ColumnReference] | undefined {
  const [only] = edge.conjuncts;
  if (edge.joinKind !== "inner" || edge.rules.length > 0) return undefined;
  if (only === undefined || edge.conjuncts.length > 1) return undefined;
  const equality = asEquality(only);
  if (equality === undefined || equality.nullsEqual) return undefined;
  const { left, right } = equality;
  const isSimple = (edge.left & (edge.left - 1)) === 0 && (edge.right & (edge.right - 1)) === 0;
  return left.kind === "column" && right.kind === "column" && isSimple ? [left, right] : undefined;
}

class Classes {
  readonly #members = new Map<number, ColumnReference[]>();
  readonly #classes = new Map<ColumnId, number>();

  of(id: ColumnId): number | undefined {
    return this.#classes.get(id);
  }

  join(a: ColumnReference, b: ColumnReference): void {
    const into = this.#enter(a);
    const from = this.#enter(b);
    if (into === from) return;
    const moved = this.#members.get(from) ?? [];
    this.#members.get(into)?.push(...moved);
    for (const member of moved) this.#classes.set(member.column.id, into);
    this.#members.delete(from);
  }

  #enter(reference: ColumnReference): number {
    const known = this.#classes.get(reference.column.id);
    if (known !== undefined) return known;
    const number = reference.column.id;
    this.#classes.set(number, number);
    this.#members.set(number, [reference]);
    return number;
  }

  /**
   * A relation with two members of a class has them equal only once both are joined; there every
   * equality counts.
   */
  dropTwins(context: GraphContext): void {
    for (const [equalityClass, members] of this.#members) {
      const owners = new Set(members.map((m) => context.region.owner.get(m.column.id)));
      if (owners.size === members.length) continue;
      for (const member of members) this.#classes.delete(member.column.id);
      this.#members.delete(equalityClass);
    }
  }

  missing(edges: readonly JoinEdge[], context: GraphContext): readonly JoinEdge[] {
    const { owner } = context.region;
    const added: JoinEdge[] = [];
    for (const [equalityClass, members] of this.#members) {
      const linked = new Set(
        edges.filter((e) => e.equalityClass === equalityClass).map((e) => e.left | e.right),
      );
      members.forEach((a, i) => {
        for (const b of members.slice(i + 1)) {
          const [left, right] = [
            1 << (owner.get(a.column.id) ?? 0),
            1 << (owner.get(b.column.id) ?? 0),
          ];
          if (left === right || linked.has(left | right)) continue;
          linked.add(left | right);
          added.push(impliedEdge(a, b, left, right, equalityClass, context));
        }
      });
    }
    return added;
  }
}

function impliedEdge(
  a: ColumnReference,
  b: ColumnReference,
  left: RelationSet,
  right: RelationSet,
  equalityClass: number,
  context: GraphContext,
): JoinEdge {
  const conjuncts = [equal(a, b)];
  return {
    joinKind: "inner",
    left,
    right,
    mentioned: left | right,
    rules: [],
    conjuncts,
    ...judge(conjuncts, context),
    equalityClass,
  };
}

/** Parts that no condition links are multiplied, last of all. */
function connected(
  edges: readonly JoinEdge[],
  root: RegionJoin,
  all: RelationSet,
): readonly JoinEdge[] {
  const parts: RelationSet[] = [];
  for (let bit = 1; bit <= all && bit > 0; bit <<= 1) {
    if ((all & bit) !== 0) parts.push(bit);
  }
  for (const { left, right } of edges) {
    const touched = parts.filter((part) => (part & (left | right)) !== 0);
    const rest = parts.filter((part) => (part & (left | right)) === 0);
    parts.splice(
      0,
      parts.length,
      ...rest,
      touched.reduce((sum, part) => sum | part, 0),
    );
  }
  const [first, ...rest] = parts.sort((a, b) => a - b);
  if (first === undefined) return edges;
  let joined = first;
  const crosses = rest.map((part) => {
    const cross = crossEdge(joined, part);
    joined |= part;
    return cross;
  });
  return root.set === all ? [...edges, ...crosses] : edges;
}

function crossEdge(left: RelationSet, right: RelationSet): JoinEdge {
  return {
    joinKind: "inner",
    left,
    right,
    mentioned: left | right,
    rules: [],
    conjuncts: [],
    selectivity: 1,
    keys: [],
    isEquality: false,
    equalityClass: undefined,
  };
}
