import type { TransactionPart } from "../transaction.js";
import { TemporaryState, type Segment, type TemporaryTable } from "./temporary-state.js";

/** Where rows of temporary tables lie. */
export interface SegmentStore {
  /** Nobody reads it any more, but for queries that run. */
  drop(number: number): void;
}

/** OIDs that no object of the catalog gets, and that fit PostgreSQL's. */
const FIRST_OID = 3_000_000_000;
const MOST_OIDS = 1_000_000_000;

/** What sessions share. */
export class TemporaryOids {
  private count = 0;

  next(): number {
    this.count += 1;
    return FIRST_OID + (this.count % MOST_OIDS);
  }
}

/**
 * A session's temporary relations: what its transaction made of them is undone with it. Rows that no
 * moment names any more, to which the transaction may still go back, are dropped at its end.
 */
export class TemporaryRelations implements TransactionPart {
  private now = TemporaryState.EMPTY;
  private committed = TemporaryState.EMPTY;
  private marks: TemporaryState[] = [];
  /** Numbers of all segments that are held. */
  private readonly held = new Set<number>();

  constructor(
    private readonly store: SegmentStore | undefined,
    private readonly oids: TemporaryOids,
    /** Whether a cursor of the session reads the table. */
    readonly isBeingRead: (oid: number) => boolean = () => false,
  ) {}

  get state(): TemporaryState {
    return this.now;
  }

  newOid(): number {
    return this.oids.next();
  }

  change(edit: (state: TemporaryState) => TemporaryState): void {
    this.now = edit(this.now);
  }

  /** A segment was made: it is dropped when nothing names it any more. */
  hold(segment: Segment): void {
    this.held.add(segment.number);
  }

  /** Puts rows behind those of a table. */
  append(table: TemporaryTable, segment: Segment): TemporaryTable {
    this.hold(segment);
    return this.replace(table, [...table.segments, segment]);
  }

  /** The table with these rows instead of its own. */
  replace(table: TemporaryTable, segments: readonly Segment[]): TemporaryTable {
    const changed = { ...table, segments };
    this.change((state) => state.with(changed));
    return changed;
  }

  get mark(): number {
    return this.marks.push(this.now) - 1;
  }

  rollbackTo(mark: number): void {
    this.now = this.marks[mark] ?? this.now;
  }

  end(committed: boolean): void {
    if (committed) this.applyOnCommit();
    else this.now = this.committed;
    this.committed = this.now;
    this.marks = [];
    this.dropUnnamed();
  }

  /** The session is over. */
  close(): void {
    this.now = TemporaryState.EMPTY;
    this.end(true);
  }

  private applyOnCommit(): void {
    for (const relation of this.now.all) {
      if (relation.kind === "view" || relation.onCommit === "preserve") continue;
      if (relation.onCommit === "drop") {
        const dependents = this.now.viewsReading(relation.oid);
        this.change((state) => state.without([relation, ...dependents]));
      } else if (relation.segments.length > 0) {
        this.replace(relation, []);
      }
    }
  }

  private dropUnnamed(): void {
    if (this.held.size === 0) return;
    const named = new Set<number>();
    for (const relation of this.now.all) {
      if (relation.kind === "view") continue;
      for (const { number } of relation.segments) named.add(number);
    }
    for (const number of this.held) {
      if (named.has(number)) continue;
      this.held.delete(number);
      this.store?.drop(number);
    }
  }
}
