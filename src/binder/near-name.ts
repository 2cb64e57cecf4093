import type { RangeEntry, Scope } from "./scope.js";

/** PostgreSQL's MAX_FUZZY_DISTANCE. */
const MAX_DISTANCE = 3;

interface Candidate {
  readonly entry: RangeEntry;
  readonly name: string;
}

export type NearColumn =
  | { readonly kind: "none" }
  | { readonly kind: "exact"; readonly entry: RangeEntry }
  | { readonly kind: "near"; readonly matches: readonly Candidate[] };

/**
 * The column a user may have meant by `name` (and by `table` before the dot): an exact match that is
 * not visible there, or the one or two nearest spellings (PostgreSQL's searchRangeTableForCol).
 */
export function nearColumn(scope: Scope, table: string | undefined, name: string): NearColumn {
  const search = new Search(name);
  for (let level: Scope | undefined = scope; level !== undefined; level = level.parent) {
    for (const entry of level.rangeTable) {
      if (entry.kind === "join") continue;
      const penalty = table === undefined ? 0 : boundedDistance(table, entry.alias, MAX_DISTANCE);
      const exact = entry.columns.some((c) => c.name === name);
      for (const column of entry.columns) search.offer(entry, column.name, penalty);
      if (exact && penalty === 0) return { kind: "exact", entry };
    }
  }
  return search.result();
}

class Search {
  #distance = MAX_DISTANCE + 1;
  #first: Candidate | undefined;
  #second: Candidate | undefined;

  constructor(readonly wanted: string) {}

  offer(entry: RangeEntry, name: string, penalty: number): void {
    if (penalty > this.#distance || name === "") return;
    const own = boundedDistance(name, this.wanted, this.#distance - penalty);
    if (own > Math.floor(Buffer.byteLength(this.wanted) / 2)) return;
    const distance = own + penalty;
    const candidate = { entry, name };
    if (distance < this.#distance) {
      this.#distance = distance;
      this.#first = candidate;
      this.#second = undefined;
    } else if (distance === this.#distance) {
      this.#tie(candidate, distance);
    }
  }

  #tie(candidate: Candidate, distance: number): void {
    if (this.#second !== undefined) {
      this.#first = undefined;
      this.#second = undefined;
      this.#distance = distance - 1;
    } else if (this.#first !== undefined) {
      this.#second = candidate;
    } else if (this.#distance <= MAX_DISTANCE) {
      this.#first = candidate;
    }
  }

  result(): NearColumn {
    const matches = [this.#first, this.#second].filter((m) => m !== undefined);
    return matches.length === 0 ? { kind: "none" } : { kind: "near", matches };
  }
}

/** Levenshtein distance in characters, or `limit + 1` where it is more than `limit`. */
function boundedDistance(source: string, target: string, limit: number): number {
  const a = [...source];
  const b = [...target];
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let previous = b.map((_, j) => j + 1);
  for (let i = 0; i < a.length; i++) {
    const row: number[] = [];
    for (let j = 0; j < b.length; j++) {
      const diagonal = j === 0 ? i : (previous[j - 1] ?? 0);
      const above = previous[j] ?? 0;
      const before = j === 0 ? i + 1 : (row[j - 1] ?? 0);
      const change = a[i] === b[j] ? 0 : 1;
      row.push(Math.min(diagonal + change, above + 1, before + 1));
    }
    previous = row;
  }
  const distance = b.length === 0 ? a.length : (previous.at(-1) ?? 0);
  return Math.min(distance, limit + 1);
}
