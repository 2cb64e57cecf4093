import {
  deadlockDetected,
  lockTimeout,
  tooManyAdvisoryLocks,
  type SqlError,
} from "../../errors/index.js";
import type { Clock, Timer } from "../../env/index.js";

/** Who holds locks: a session. */
export interface LockOwner {
  readonly identity: { readonly processId: number };
}

/** What is locked: one bigint, or two integers, as text; they are different spaces. */
export interface LockKey {
  readonly database: string;
  readonly numbers: readonly string[];
}

export type LockMode = "shared" | "exclusive";
/** How long it is held: until it is given back, or no longer than the transaction. */
export type LockScope = "session" | "transaction";

interface Hold {
  readonly owner: LockOwner;
  readonly mode: LockMode;
  readonly scope: LockScope;
  /** When it was taken, each time. */
  taken: readonly number[];
}

interface Waiter {
  readonly owner: LockOwner;
  readonly mode: LockMode;
  /** µs from 1970-01-01 UTC. */
  readonly sinceMicros: bigint;
  readonly grant: () => void;
}

/** A lock that somebody holds or waits for, for those who look. */
export interface SeenLock {
  readonly key: LockKey;
  readonly processId: number;
  readonly mode: LockMode;
  /** Null where it is held. */
  readonly waitsSinceMicros: bigint | null;
}

interface Lock {
  readonly key: LockKey;
  holds: Hold[];
  waiters: Waiter[];
}

/** How a wait may end early. */
export interface LockPatience {
  readonly signal: AbortSignal;
  /** 0 is for ever. */
  readonly timeoutMs: number;
}

/** Locks that all sessions may hold at once. */
const MOST_HOLDS = 65_536;

/**
 * The locks of pg_advisory_lock and its kin, by key. Waiters are served in their order; one that would
 * wait for itself, through whomever, is refused at once.
 */
export class AdvisoryLocks {
  private readonly locks = new Map<string, Lock>();
  private holdCount = 0;
  /** Counts what is taken. */
  private now = 0;

  constructor(private readonly clock: Clock) {}

  /** All that is held or waited for. */
  get seen(): readonly SeenLock[] {
    return [...this.locks.values()].flatMap(({ key, holds, waiters }) => [
      ...holds.map((hold) => seenLock(key, hold, null)),
      ...waiters.map((waiter) => seenLock(key, waiter, waiter.sinceMicros)),
    ]);
  }

  /** An owner's locks of its transaction, as a part of that. */
  partOf(owner: LockOwner): {
    readonly mark: number;
    rollbackTo(mark: number): void;
    end(): void;
  } {
    const clock = (): number => this.now;
    return {
      get mark() {
        return clock();
      },
      rollbackTo: (mark) => this.forget(owner, mark),
      end: () => this.release(owner, "transaction"),
    };
  }

  /** Takes the lock if nobody else is in the way. */
  tryLock(key: LockKey, owner: LockOwner, mode: LockMode, scope: LockScope): boolean {
    const lock = this.lockOf(key);
    if (!isFree(lock, owner, mode)) return false;
    this.hold(lock, owner, mode, scope);
    return true;
  }

  /** Waits for the lock; rejects with the signal's error, 55P03 or 40P01. */
  async lock(
    key: LockKey,
    owner: LockOwner,
    mode: LockMode,
    scope: LockScope,
    patience: LockPatience,
  ): Promise<void> {
    const lock = this.lockOf(key);
    const ownsIt = lock.holds.some((hold) => hold.owner === owner);
    const isQueued = lock.waiters.length > 0 && !ownsIt;
    if (!isQueued && this.tryLock(key, owner, mode, scope)) return;
    if (this.waitsFor(lock, owner, new Set())) throw deadlockDetected();
    await this.wait(lock, { owner, mode, scope }, patience);
  }

  /** Gives one hold of the session back; false where it has none. */
  unlock(key: LockKey, owner: LockOwner, mode: LockMode): boolean {
    const lock = this.lockOf(key);
    const hold = lock.holds.find((each) => isSame(each, owner, mode, "session"));
    if (hold === undefined) return false;
    hold.taken = hold.taken.slice(0, -1);
    this.dropEmpty(lock);
    return true;
  }

  /** Gives back all that an owner holds, or all of its transaction. */
  release(owner: LockOwner, scope: LockScope | "all"): void {
    this.keep(owner, (hold) => (scope === "all" || hold.scope === scope ? [] : hold.taken));
  }

  /** Gives back what an owner's transaction has taken since `mark`. */
  private forget(owner: LockOwner, mark: number): void {
    this.keep(owner, ({ scope, taken }) =>
      scope === "transaction" ? taken.filter((at) => at <= mark) : taken,
    );
  }

  private keep(owner: LockOwner, kept: (hold: Hold) => readonly number[]): void {
    for (const lock of this.locks.values()) {
      for (const hold of lock.holds) if (hold.owner === owner) hold.taken = kept(hold);
      this.dropEmpty(lock);
    }
  }

  private lockOf(key: LockKey): Lock {
    return this.locks.get(nameOf(key)) ?? { key, holds: [], waiters: [] };
  }

  private hold(lock: Lock, owner: LockOwner, mode: LockMode, scope: LockScope): void {
    this.locks.set(nameOf(lock.key), lock);
    this.now += 1;
    const held = lock.holds.find((each) => isSame(each, owner, mode, scope));
    if (held !== undefined) {
      held.taken = [...held.taken, this.now];
      return;
    }
    if (this.holdCount >= MOST_HOLDS) throw tooManyAdvisoryLocks();
    this.holdCount += 1;
    lock.holds.push({ owner, mode, scope, taken: [this.now] });
  }

  private dropEmpty(lock: Lock): void {
    const kept = lock.holds.filter(({ taken }) => taken.length > 0);
    if (kept.length === lock.holds.length) return;
    this.holdCount -= lock.holds.length - kept.length;
    lock.holds = kept;
    this.serve(lock);
  }

  /** Lets those go on who may, in their order; the first who may not stops those behind. */
  private serve(lock: Lock): void {
    for (let next = lock.waiters[0]; next !== undefined; next = lock.waiters[0]) {
      if (!isFree(lock, next.owner, next.mode)) break;
      lock.waiters.shift();
      next.grant();
    }
    if (lock.holds.length === 0 && lock.waiters.length === 0) this.locks.delete(nameOf(lock.key));
  }

  private wait(
    lock: Lock,
    { owner, mode, scope }: Pick<Hold, "owner" | "mode" | "scope">,
    { signal, timeoutMs }: LockPatience,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        timer?.cancel();
        signal.removeEventListener("abort", abort);
      };
      const grant = (): void => {
        leave();
        try {
          // At once: whoever comes next must find it taken.
          this.hold(lock, owner, mode, scope);
          resolve();
        } catch (error) {
          reject(error);
        }
      };
      const waiter: Waiter = { owner, mode, sinceMicros: this.clock.nowMicros(), grant };
      const giveUp = (reason: SqlError): void => {
        leave();
        lock.waiters = lock.waiters.filter((each) => each !== waiter);
        reject(reason);
        this.serve(lock);
      };
      const abort = (): void => giveUp(signal.reason as SqlError);
      const timer: Timer | null =
        timeoutMs > 0 ? this.clock.after(timeoutMs, () => giveUp(lockTimeout())) : null;
      lock.waiters.push(waiter);
      if (signal.aborted) abort();
      else signal.addEventListener("abort", abort, { once: true });
    });
  }

  /** Whether those who hold `lock` wait, through others, for what `owner` holds. */
  private waitsFor(lock: Lock, owner: LockOwner, seen: Set<Lock>): boolean {
    seen.add(lock);
    for (const { owner: holder } of lock.holds) {
      if (holder === owner) continue;
      for (const other of this.locks.values()) {
        if (seen.has(other) || !other.waiters.some((waiter) => waiter.owner === holder)) continue;
        if (other.holds.some((hold) => hold.owner === owner)) return true;
        if (this.waitsFor(other, owner, seen)) return true;
      }
    }
    return false;
  }
}

/** One of a map's names: a database's name has no NUL. */
function nameOf({ database, numbers }: LockKey): string {
  return [database, ...numbers].join("\0");
}

function seenLock(
  key: LockKey,
  { owner, mode }: Pick<Hold, "owner" | "mode">,
  waitsSinceMicros: bigint | null,
): SeenLock {
  return { key, processId: owner.identity.processId, mode, waitsSinceMicros };
}

function isSame(hold: Hold, owner: LockOwner, mode: LockMode, scope: LockScope): boolean {
  return hold.owner === owner && hold.mode === mode && hold.scope === scope;
}

function conflicts(hold: Hold, owner: LockOwner, mode: LockMode): boolean {
  return hold.owner !== owner && (mode === "exclusive" || hold.mode === "exclusive");
}

function isFree(lock: Lock, owner: LockOwner, mode: LockMode): boolean {
  return !lock.holds.some((hold) => conflicts(hold, owner, mode));
}
