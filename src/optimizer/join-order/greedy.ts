import type { JoinGraph } from "./join-graph.js";
import { joinTrees, treeLeaf, type JoinTree } from "./join-tree.js";

/**
 * A good tree where all trees are too many: the two parts whose join has fewest rows, again and
 * again (Fegaras, "A New Heuristic for Optimizing Large Queries", DEXA 1998). Undefined where the
 * joins' conflicts leave parts that cannot be joined any more.
 */
export function greedyTree(graph: JoinGraph): JoinTree | undefined {
  let parts = graph.rows.map((_, bit) => treeLeaf(graph, bit));
  while (parts.length > 1) {
    const best = cheapestPair(parts, graph);
    if (best === undefined) return undefined;
    parts = [...parts.filter((part) => (part.set & best.set) === 0), best];
  }
  return parts[0];
}

function cheapestPair(parts: readonly JoinTree[], graph: JoinGraph): JoinTree | undefined {
  let best: JoinTree | undefined;
  parts.forEach((a, i) => {
    for (const b of parts.slice(i + 1)) {
      const tree = joinTrees(a, b, graph);
      if (tree === undefined) continue;
      if (best === undefined || tree.rows < best.rows) best = tree;
    }
  });
  return best;
}
