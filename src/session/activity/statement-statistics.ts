import { fingerprint, normalize } from "../../parser/index.js";
import { SqlError } from "../../errors/index.js";

/** Who ran what. */
export interface StatementUse {
  readonly user: string;
  readonly database: string;
  readonly text: string;
}

/** What is known of one kind of statement: those that differ in constants only. Times are in ms. */
export interface StatementSummary {
  readonly user: string;
  readonly database: string;
  /** 16 hexadecimal digits. */
  readonly fingerprint: string;
  /** Constants replaced by `$n`. */
  readonly query: string;
  readonly calls: number;
  readonly rows: number;
  readonly totalMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly meanMs: number;
  readonly deviationMs: number;
}

interface Totals {
  calls: number;
  rows: number;
  totalMs: number;
  minMs: number;
  maxMs: number;
  /** Sum of squared differences from the mean (Welford). */
  squares: number;
}

interface Kind extends Totals {
  readonly user: string;
  readonly database: string;
  readonly fingerprint: string;
  readonly query: string;
}

interface Exact extends Totals, StatementUse {}

/** Texts counted as they stand until there are so many: what repeats is fingerprinted once. */
const MOST_TEXTS = 256;
const MOST_KINDS = 5_000;
/** Share of the kinds that makes room for new ones, those called least. */
const DROPPED_SHARE = 0.05;
const MOST_SHOWN_CHARS = 2_048;
/** Longer texts are not counted: what generates them seldom sends one twice. */
const MOST_TEXT_CHARS = 16 * 1024;

/** How often statements ran, how long and for how many rows; of bounded size. */
export class StatementStatistics {
  private readonly exact = new Map<string, Exact>();
  private readonly kinds = new Map<string, Kind>();

  record(use: StatementUse, durationMs: number, rowCount: number): void {
    if (use.text.length > MOST_TEXT_CHARS) return;
    const key = keyOf(use, use.text);
    let known = this.exact.get(key);
    if (known === undefined) {
      if (this.exact.size >= MOST_TEXTS) this.fold();
      known = { ...use, ...noTotals() };
      this.exact.set(key, known);
    }
    add(known, totalsOf(durationMs, rowCount));
  }

  /** All kinds, unordered. */
  summaries(): readonly StatementSummary[] {
    this.fold();
    return [...this.kinds.values()].map(({ squares, ...kind }) => ({
      ...kind,
      meanMs: kind.totalMs / kind.calls,
      deviationMs: Math.sqrt(squares / kind.calls),
    }));
  }

  reset(): void {
    this.exact.clear();
    this.kinds.clear();
  }

  private fold(): void {
    for (const { user, database, text, ...totals } of this.exact.values()) {
      const print = printOf(text);
      if (print === null) continue;
      const key = keyOf({ user, database }, print);
      let kind = this.kinds.get(key);
      if (kind === undefined) {
        if (this.kinds.size >= MOST_KINDS) this.dropLeastCalled();
        const query = normalize(text).slice(0, MOST_SHOWN_CHARS);
        kind = { user, database, fingerprint: print, query, ...noTotals() };
        this.kinds.set(key, kind);
      }
      add(kind, totals);
    }
    this.exact.clear();
  }

  private dropLeastCalled(): void {
    const byCalls = [...this.kinds].sort(([, a], [, b]) => a.calls - b.calls);
    for (const [key] of byCalls.slice(0, Math.ceil(MOST_KINDS * DROPPED_SHARE))) {
      this.kinds.delete(key);
    }
  }
}

function keyOf(use: Pick<StatementUse, "user" | "database">, text: string): string {
  return `${use.user}\0${use.database}\0${text}`;
}

/** Null for a text that the grammar gives up on. */
function printOf(text: string): string | null {
  try {
    return fingerprint(text);
  } catch (error) {
    if (error instanceof SqlError) return null;
    throw error;
  }
}

function noTotals(): Totals {
  return { calls: 0, rows: 0, totalMs: 0, minMs: Infinity, maxMs: 0, squares: 0 };
}

function totalsOf(ms: number, rows: number): Totals {
  return { calls: 1, rows, totalMs: ms, minMs: ms, maxMs: ms, squares: 0 };
}

/** Adds `other` to `sum`; variances combine as Chan and others have it. */
function add(sum: Totals, other: Totals): void {
  const calls = sum.calls + other.calls;
  if (sum.calls > 0) {
    const apart = other.totalMs / other.calls - sum.totalMs / sum.calls;
    sum.squares += (apart * apart * sum.calls * other.calls) / calls;
  }
  sum.squares += other.squares;
  sum.calls = calls;
  sum.rows += other.rows;
  sum.totalMs += other.totalMs;
  sum.minMs = Math.min(sum.minMs, other.minMs);
  sum.maxMs = Math.max(sum.maxMs, other.maxMs);
}
