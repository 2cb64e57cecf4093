import type { Clock } from "../../env/index.js";

interface Failures {
  readonly count: number;
  readonly atMs: number;
}

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5_000;
/** Failures older than this are forgotten. */
const MEMORY_MS = 10 * 60_000;
const MOST_REMEMBERED = 4_096;

/**
 * Slows down who guesses: each failed login of a user from an address makes the next one wait twice
 * as long. Remembers a bounded number of them, the latest.
 */
export class LoginThrottle {
  private readonly failures = new Map<string, Failures>();

  constructor(private readonly clock: Clock) {}

  /** Waits as long as earlier failures ask for. */
  async wait(host: string, user: string): Promise<void> {
    const delayMs = this.delayMs(host, user);
    if (delayMs === 0) return;
    await new Promise<void>((resolve) => {
      this.clock.after(delayMs, resolve);
    });
  }

  /** How long the next attempt waits. */
  delayMs(host: string, user: string): number {
    const found = this.failures.get(keyOf(host, user));
    if (found === undefined || this.clock.monotonicMs() - found.atMs > MEMORY_MS) return 0;
    return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (found.count - 1));
  }

  failed(host: string, user: string): void {
    const key = keyOf(host, user);
    const before = this.delayMs(host, user) === 0 ? 0 : (this.failures.get(key)?.count ?? 0);
    this.failures.delete(key);
    this.failures.set(key, { count: Math.min(before + 1, 32), atMs: this.clock.monotonicMs() });
    const [oldest] = this.failures.keys();
    if (this.failures.size > MOST_REMEMBERED && oldest !== undefined) this.failures.delete(oldest);
  }

  succeeded(host: string, user: string): void {
    this.failures.delete(keyOf(host, user));
  }

  get rememberedCount(): number {
    return this.failures.size;
  }
}

function keyOf(host: string, user: string): string {
  return `${host}\0${user}`;
}
