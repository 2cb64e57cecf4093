import type { JoinGraph } from "./join-graph.js";
import { joinTrees, treeLeaf, type JoinTree } from "./join-tree.js";
import type { RelationSet } from "./region.js";

/**
 * The cheapest tree over all relations by dynamic programming over connected subgraphs of the
 * hypergraph and their connected complements (DPhyp: Moerkotte and Neumann, "Dynamic Programming
 * Strikes Back", SIGMOD 2008). Undefined where more than `budget` pairs would have to be looked at.
 */
export function enumerateTrees(graph: JoinGraph, budget: number): JoinTree | undefined {
  const enumeration = new Enumeration(graph, budget);
  enumeration.run();
  return enumeration.isOverBudget ? undefined : enumeration.best(graph.all);
}

class Enumeration {
  readonly #best = new Map<RelationSet, JoinTree>();
  #pairs = 0;

  constructor(
    readonly graph: JoinGraph,
    readonly budget: number,
  ) {}

  get isOverBudget(): boolean {
    return this.#pairs > this.budget;
  }

  best(set: RelationSet): JoinTree | undefined {
    return this.#best.get(set);
  }

  run(): void {
    const count = this.graph.rows.length;
    for (let bit = 0; bit < count; bit++) this.#best.set(1 << bit, treeLeaf(this.graph, bit));
    for (let bit = count - 1; bit >= 0 && !this.isOverBudget; bit--) {
      const start = 1 << bit;
      this.#emitSet(start);
      this.#growSet(start, start | (start - 1));
    }
  }

  /** All complements of a connected set, each found from its smallest relation. */
  #emitSet(set: RelationSet): void {
    const forbidden = set | ((set & -set) - 1);
    const neighbours = this.#neighbours(set, forbidden);
    for (let bit = highest(neighbours); bit !== 0; bit = highest(neighbours & (bit - 1))) {
      this.#emitPair(set, bit);
      this.#growComplement(set, bit, forbidden | (neighbours & (bit - 1)));
    }
  }

  #growSet(set: RelationSet, forbidden: RelationSet): void {
    const neighbours = this.#neighbours(set, forbidden);
    if (neighbours === 0 || this.isOverBudget) return;
    for (const part of subsets(neighbours)) {
      if (this.#best.has(set | part)) this.#emitSet(set | part);
    }
    for (const part of subsets(neighbours)) {
      if (this.isOverBudget) return;
      this.#growSet(set | part, forbidden | neighbours);
    }
  }

  #growComplement(set: RelationSet, complement: RelationSet, forbidden: RelationSet): void {
    const neighbours = this.#neighbours(complement, forbidden);
    if (neighbours === 0 || this.isOverBudget) return;
    for (const part of subsets(neighbours)) {
      if (this.#best.has(complement | part)) this.#emitPair(set, complement | part);
    }
    for (const part of subsets(neighbours)) {
      if (this.isOverBudget) return;
      this.#growComplement(set, complement | part, forbidden | neighbours);
    }
  }

  #emitPair(first: RelationSet, second: RelationSet): void {
    this.#pairs += 1;
    const a = this.#best.get(first);
    const b = this.#best.get(second);
    if (a === undefined || b === undefined) return;
    const tree = joinTrees(a, b, this.graph);
    if (tree === undefined) return;
    const known = this.#best.get(tree.set);
    if (known === undefined || tree.cost < known.cost) this.#best.set(tree.set, tree);
  }

  /** One relation for each edge that leads out of the set: the smallest at its other end. */
  #neighbours(set: RelationSet, forbidden: RelationSet): RelationSet {
    let found = 0;
    for (const { left, right } of this.graph.edges) {
      if ((left & ~set) === 0 && (right & (set | forbidden)) === 0) found |= right & -right;
      if ((right & ~set) === 0 && (left & (set | forbidden)) === 0) found |= left & -left;
    }
    return found;
  }
}

function highest(set: RelationSet): RelationSet {
  return set === 0 ? 0 : 1 << (31 - Math.clz32(set));
}

/** Non-empty subsets, smaller ones of the same relations first. */
function* subsets(set: RelationSet): Generator<RelationSet> {
  for (let part = set & -set; part !== 0; part = (part - set) & set) yield part;
}
