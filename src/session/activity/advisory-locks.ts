import {
  deadlockDetected,
  lockTimeout,
  tooManyAdvisoryLocks,
  type SqlError,
} from "../../errors/index.js";
import type { Clock, Timer } from "../../env/index.js";

/** Who holds locks: a session. */
export type LockOwner = object;
export type LockMode = "shared" | "exclusive";
/** How long it is held: until it is given back, or no longer than the transaction. */
export type LockScope = "session" | "transaction";

interface Hold {
  readonly owner: LockOwner;
  readonly mode: LockMode;
  readonly scope: LockScope;
  count: number;
}

interface Waiter {
  readonly owner: LockOwner;
  readonly mode: LockMode;
  readonly grant: () => void;
}

interface Lock {
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

  constructor(private readonly clock: Clock) {}

  /** Takes the lock if nobody else is in the way. */
  tryLock(key: string, owner: LockOwner, mode: LockMode, scope: LockScope): boolean {
    const lock = this.locks.get(key) ?? { holds: [], waiters: [] };
    if (!isFree(lock, owner, mode)) return false;
    this.hold(key, lock, owner, mode, scope);
    return true;
  }

  /** Waits for the lock; rejects with the signal's error, 55P03 or 40P01. */
  async lock(
    key: string,
    owner: LockOwner,
    mode: LockMode,
    scope: LockScope,
    patience: LockPatience,
  ): Promise<void> {
    const lock = this.locks.get(key) ?? { holds: [], waiters: [] };
    const ownsIt = lock.holds.some((hold) => hold.owner === owner);
    const isQueued = lock.waiters.length > 0 && !ownsIt;
    if (!isQueued && this.tryLock(key, owner, mode, scope)) return;
    if (this.waitsFor(lock, owner, new Set())) throw deadlockDetected();
    await this.wait(key, lock, { owner, mode, scope }, patience);
  }

  /** Gives one hold of the session back; false where it has none. */
  unlock(key: string, owner: LockOwner, mode: LockMode): boolean {
    const lock = this.locks.get(key);
    const hold = lock?.holds.find((each) => isSame(each, owner, mode, "session"));
    if (lock === undefined || hold === undefined) return false;
    hold.count -= 1;
    if (hold.count === 0) this.drop(key, lock, (each) => each === hold);
    return true;
  }

  /** Gives back all that an owner holds, or all of its transaction. */
  release(owner: LockOwner, scope: LockScope | "all"): void {
    for (const [key, lock] of this.locks) {
      this.drop(key, lock, (hold) => {
        return hold.owner === owner && (scope === "all" || hold.scope === scope);
      });
    }
  }

  private hold(key: string, lock: Lock, owner: LockOwner, mode: LockMode, scope: LockScope): void {
    this.locks.set(key, lock);
    const held = lock.holds.find((each) => isSame(each, owner, mode, scope));
    if (held !== undefined) {
      held.count += 1;
      return;
    }
    if (this.holdCount >= MOST_HOLDS) throw tooManyAdvisoryLocks();
    this.holdCount += 1;
    lock.holds.push({ owner, mode, scope, count: 1 });
  }

  private drop(key: string, lock: Lock, gone: (hold: Hold) => boolean): void {
    const kept = lock.holds.filter((hold) => !gone(hold));
    if (kept.length === lock.holds.length) return;
    this.holdCount -= lock.holds.length - kept.length;
    lock.holds = kept;
    this.serve(key, lock);
  }

  /** Lets those go on who may, in their order; the first who may not stops those behind. */
  private serve(key: string, lock: Lock): void {
    for (let next = lock.waiters[0]; next !== undefined; next = lock.waiters[0]) {
      if (!isFree(lock, next.owner, next.mode)) break;
      lock.waiters.shift();
      next.grant();
    }
    if (lock.holds.length === 0 && lock.waiters.length === 0) this.locks.delete(key);
  }

  private wait(
    key: string,
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
          this.hold(key, lock, owner, mode, scope);
          resolve();
        } catch (error) {
          reject(error);
        }
      };
      const waiter: Waiter = { owner, mode, grant };
      const giveUp = (reason: SqlError): void => {
        leave();
        lock.waiters = lock.waiters.filter((each) => each !== waiter);
        reject(reason);
        this.serve(key, lock);
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

function isSame(hold: Hold, owner: LockOwner, mode: LockMode, scope: LockScope): boolean {
  return hold.owner === owner && hold.mode === mode && hold.scope === scope;
}

function conflicts(hold: Hold, owner: LockOwner, mode: LockMode): boolean {
  return hold.owner !== owner && (mode === "exclusive" || hold.mode === "exclusive");
}

function isFree(lock: Lock, owner: LockOwner, mode: LockMode): boolean {
  return !lock.holds.some((hold) => conflicts(hold, owner, mode));
}
