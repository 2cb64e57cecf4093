import {
  internalError,
  isolationAfterQuery,
  onlyInTransaction,
  readWriteAfterQuery,
  transactionAborted,
  undefinedSavepoint,
} from "../errors/index.js";
import type { CatalogDraft } from "../catalog/index.js";
import type { TransactionModes } from "../parser/index.js";
import type { TransactionScope } from "./planner.js";
import type { SessionSettings, SettingChanges } from "./settings/index.js";

/** What ReadyForQuery tells: idle, inside a transaction, inside a failed one. */
export type TransactionStatus = "idle" | "active" | "failed";

interface Savepoint {
  readonly name: string;
  readonly settings: SettingChanges;
  /** Portals numbered above it came later. */
  readonly portalNumber: number;
  readonly mark: number;
  readonly draft: CatalogDraft | null;
}

/** What ends and goes back with a transaction, beside settings. */
export interface TransactionPart {
  /** Where a savepoint would go back to. */
  readonly mark: number;
  rollbackTo(mark: number): void;
  end(committed: boolean): void;
}

/** Parts that end and go back together. */
export class TransactionParts implements TransactionPart {
  /** What the parts' marks were, by mark. */
  private marks: (readonly number[])[] = [];

  constructor(private readonly parts: readonly TransactionPart[]) {}

  get mark(): number {
    return this.marks.push(this.parts.map(({ mark }) => mark)) - 1;
  }

  rollbackTo(mark: number): void {
    const marks = this.marks[mark];
    this.parts.forEach((part, i) => part.rollbackTo(marks?.[i] ?? 0));
  }

  end(committed: boolean): void {
    this.marks = [];
    for (const part of this.parts) part.end(committed);
  }
}

/** The running transaction. */
class Running implements TransactionScope {
  explicit = false;
  failed = false;
  /** A query ran: its snapshot's isolation is decided. */
  queried = false;
  draft: CatalogDraft | null = null;
  savepoints: readonly Savepoint[] = [];

  constructor(
    readonly startMicros: bigint,
    readonly settings: SettingChanges,
  ) {}
}

/**
 * A session's transaction. Every statement runs in one: an explicit one from BEGIN on, else an
 * implicit one that lasts for the statement, the query string or the pipeline up to Sync.
 */
export class Transaction {
  private running: Running | null = null;

  constructor(
    private readonly settings: SessionSettings,
    private readonly part: TransactionPart,
  ) {}

  get status(): TransactionStatus {
    if (this.running === null || !this.running.explicit) return "idle";
    return this.running.failed ? "failed" : "active";
  }

  get isExplicit(): boolean {
    return this.running?.explicit ?? false;
  }

  /** Starts an implicit transaction unless one runs. Times are µs from 2000-01-01 UTC. */
  enter(nowMicros: bigint): void {
    this.running ??= new Running(nowMicros, this.settings.mark());
  }

  /** The scope and its start; only between `enter` and the end. */
  get scope(): TransactionScope {
    return this.required;
  }

  get startMicros(): bigint {
    return this.required.startMicros;
  }

  /** What the running transaction has made of the definitions; null: nothing. */
  get draft(): CatalogDraft | null {
    return this.running?.draft ?? null;
  }

  /** The start of the transaction that runs, if one does. */
  get runningSince(): bigint | null {
    return this.running?.startMicros ?? null;
  }

  /** Throws 25P02 in a failed transaction. */
  checkUsable(): void {
    if (this.running?.failed === true) throw transactionAborted();
  }

  /** A query is about to run. */
  markQueried(): void {
    this.required.queried = true;
  }

  /** Makes the implicit transaction an explicit one; false where it is one already. */
  begin(modes: TransactionModes): boolean {
    const running = this.required;
    if (running.explicit) {
      this.setModes(modes);
      return false;
    }
    running.explicit = true;
    this.setModes(modes);
    return true;
  }

  /** Ends the transaction; answers whether it was committed, not rolled back for its failure. */
  commit(): boolean {
    const failed = this.running?.failed ?? false;
    this.finish(!failed);
    return !failed;
  }

  rollback(): void {
    this.finish(false);
  }

  /** Starts the next transaction with the same characteristics, after COMMIT or ROLLBACK AND CHAIN. */
  chained(modes: TransactionModes, nowMicros: bigint): void {
    this.enter(nowMicros);
    this.begin(modes);
  }

  /** Characteristics as they are, for AND CHAIN. */
  currentModes(): TransactionModes {
    const snapshot = this.settings.snapshot();
    const isolation = snapshot.get("transaction_isolation");
    return {
      isolation: (isolation ?? undefined) as TransactionModes["isolation"],
      readOnly: snapshot.get("transaction_read_only") === "on",
      deferrable: snapshot.get("transaction_deferrable") === "on",
    };
  }

  /** SET TRANSACTION. */
  setModes(modes: TransactionModes): void {
    const running = this.required;
    const late = running.queried || running.savepoints.length > 0;
    const now = this.currentModes();
    if (modes.isolation !== undefined) {
      if (late && modes.isolation !== now.isolation) throw isolationAfterQuery();
      this.settings.set("transaction_isolation", [modes.isolation], true);
    }
    if (modes.readOnly !== undefined) {
      if (late && now.readOnly === true && !modes.readOnly) throw readWriteAfterQuery();
      this.settings.set("transaction_read_only", [modes.readOnly ? "on" : "off"], true);
    }
    if (modes.deferrable !== undefined) {
      this.settings.set("transaction_deferrable", [modes.deferrable ? "on" : "off"], true);
    }
  }

  savepoint(name: string, portalNumber: number): void {
    const running = this.requireExplicit("SAVEPOINT");
    const settings = this.settings.mark();
    const { mark } = this.part;
    const { draft } = running;
    const savepoint = { name, settings, portalNumber, mark, draft };
    running.savepoints = [...running.savepoints, savepoint];
  }

  release(name: string): void {
    const running = this.requireExplicit("RELEASE SAVEPOINT");
    running.savepoints = running.savepoints.slice(0, this.indexOf(name));
  }

  /** Goes back to a savepoint, which stays; answers the number above which portals are gone. */
  rollbackTo(name: string): number {
    const running = this.requireExplicit("ROLLBACK TO SAVEPOINT");
    const index = this.indexOf(name);
    const target = running.savepoints[index];
    if (target === undefined) throw undefinedSavepoint(name);
    running.savepoints = running.savepoints.slice(0, index + 1);
    running.failed = false;
    running.draft = target.draft;
    this.settings.rollbackTo(target.settings);
    this.part.rollbackTo(target.mark);
    return target.portalNumber;
  }

  /**
   * A statement failed: an implicit transaction is over, an explicit one waits for its end, while
   * its settings go back at once (also those that AND CHAIN would have carried on).
   */
  fail(): void {
    const { running } = this;
    if (running === null) return;
    if (!running.explicit) {
      this.finish(false);
      return;
    }
    if (running.failed) return;
    running.failed = true;
    this.settings.rollbackTo(running.savepoints.at(-1)?.settings ?? running.settings);
  }

  /** The statement, query string or pipeline is over: an implicit transaction commits. */
  leave(): void {
    if (this.running?.explicit === false) this.finish(true);
  }

  private finish(committed: boolean): void {
    const { running } = this;
    if (running === null) return;
    this.running = null;
    if (!committed) this.settings.rollbackTo(running.settings);
    this.settings.endTransaction();
    this.part.end(committed);
  }

  private get required(): Running {
    if (this.running === null) throw internalError("no transaction runs");
    return this.running;
  }

  private requireExplicit(command: string): Running {
    const running = this.required;
    if (!running.explicit) throw onlyInTransaction(command);
    return running;
  }

  /** The latest savepoint of that name. */
  private indexOf(name: string): number {
    const savepoints = this.required.savepoints;
    for (let index = savepoints.length - 1; index >= 0; index--) {
      if (savepoints[index]?.name === name) return index;
    }
    throw undefinedSavepoint(name);
  }
}
