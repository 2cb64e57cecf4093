import { columnsOf, type ColumnId, type Expression } from "../../plan/index.js";
import { rejectedNulls } from "../expression/strictness.js";
import { outputIds } from "../properties/free-columns.js";
import type { RegionJoin, RegionNode, RelationSet, ReorderableKind } from "./region.js";

/** If any relation of `when` is joined, all of `then` must be. */
export interface ConflictRule {
  readonly when: RelationSet;
  readonly then: RelationSet;
}

type Holds = boolean | ((a: RegionJoin, b: RegionJoin) => boolean);
type Table = Readonly<Record<ReorderableKind, Readonly<Record<ReorderableKind, Holds>>>>;

const NEVER = { inner: false, left: false, full: false, semi: false, anti: false } as const;

/** Whether a condition is not true once a side's columns are all NULL. */
function rejects(join: RegionJoin, side: RegionNode): boolean {
  const columns = columnsBelow(side);
  return join.conjuncts.some((c) => [...rejectedNulls(c)].some((id) => columns.has(id)));
}

function columnsBelow(node: RegionNode): ReadonlySet<ColumnId> {
  if (node.kind === "leaf") return outputIds(node.plan);
  return new Set([...columnsBelow(node.left), ...columnsBelow(node.right)]);
}

/** (e1 a e2) b e3 = e1 a (e2 b e3); `middle` is e2. */
function associative(a: RegionJoin, b: RegionJoin, middle: RegionNode): boolean {
  const table: Table = {
    inner: { inner: true, semi: true, anti: true, left: true, full: false },
    semi: NEVER,
    anti: NEVER,
    left: { ...NEVER, left: () => rejects(b, middle) },
    full: {
      ...NEVER,
      left: () => rejects(b, middle),
      full: () => rejects(a, middle) && rejects(b, middle),
    },
  };
  return holds(table, a, b);
}

/** (e1 a e2) b e3 = (e1 b e3) a e2; `first` is e1. */
function leftAsscom(a: RegionJoin, b: RegionJoin, first: RegionNode): boolean {
  const free = { inner: true, semi: true, anti: true, left: true, full: false } as const;
  const table: Table = {
    inner: free,
    semi: free,
    anti: free,
    left: { ...free, full: () => rejects(a, first) },
    full: {
      ...NEVER,
      left: () => rejects(b, first),
      full: () => rejects(a, first) && rejects(b, first),
    },
  };
  return holds(table, a, b);
}

/** e1 a (e2 b e3) = e2 b (e1 a e3); `last` is e3. */
function rightAsscom(a: RegionJoin, b: RegionJoin, last: RegionNode): boolean {
  const table: Table = {
    inner: { ...NEVER, inner: true },
    semi: NEVER,
    anti: NEVER,
    left: NEVER,
    full: { ...NEVER, full: () => rejects(a, last) && rejects(b, last) },
  };
  return holds(table, a, b);
}

function holds(table: Table, a: RegionJoin, b: RegionJoin): boolean {
  const entry = table[a.joinKind][b.joinKind];
  return typeof entry === "boolean" ? entry : entry(a, b);
}

/** Joins of a subtree. */
function* joinsBelow(node: RegionNode): Generator<RegionJoin> {
  if (node.kind === "leaf") return;
  yield* joinsBelow(node.left);
  yield* joinsBelow(node.right);
  yield node;
}

/** Relations that a condition mentions. */
export function mentionedRelations(
  conjuncts: readonly Expression[],
  owner: ReadonlyMap<ColumnId, number>,
): RelationSet {
  let set = 0;
  for (const conjunct of conjuncts) {
    for (const id of columnsOf(conjunct).keys()) {
      const bit = owner.get(id);
      if (bit !== undefined) set |= 1 << bit;
    }
  }
  return set;
}

/**
 * What must not be torn apart if this join is to mean the same elsewhere: approach CD-C of Moerkotte,
 * Fender and Eich, "On the Correct and Complete Enumeration of the Core Search Space" (SIGMOD 2013).
 */
export function conflictRules(
  join: RegionJoin,
  owner: ReadonlyMap<ColumnId, number>,
): readonly ConflictRule[] {
  const rules: ConflictRule[] = [];
  const keep = (torn: RegionNode, kept: RegionNode, mentioned: RelationSet): void => {
    const shared = kept.set & mentioned;
    rules.push({ when: torn.set, then: shared === 0 ? kept.set : shared });
  };
  for (const below of joinsBelow(join.left)) {
    const mentioned = mentionedRelations(below.conjuncts, owner);
    if (!associative(below, join, below.right)) keep(below.right, below.left, mentioned);
    if (!leftAsscom(below, join, below.left)) keep(below.left, below.right, mentioned);
  }
  for (const below of joinsBelow(join.right)) {
    const mentioned = mentionedRelations(below.conjuncts, owner);
    if (!associative(join, below, below.left)) keep(below.left, below.right, mentioned);
    if (!rightAsscom(join, below, below.right)) keep(below.right, below.left, mentioned);
  }
  return rules;
}
