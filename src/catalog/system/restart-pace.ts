import type { Clock } from "../../env/index.js";

/** So many failures in a row cost nothing but the start itself. */
const FREE_FAILURES = 2;
const FIRST_WAIT_MS = 500;
const MOST_WAIT_MS = 30_000;
/** Who answers so long after the last failure is well again. */
const STEADY_MS = 10_000;

/** When what breaks may be started again: at once at first, then after longer and longer waits. */
export class RestartPace {
  private failureCount = 0;
  private lastFailureMs = 0;
  /** What it failed of the last time. */
  reason = "";

  constructor(private readonly clock: Clock) {}

  /** How long no start may be tried; 0 is at once. */
  get waitMs(): number {
    const paid = this.failureCount - FREE_FAILURES;
    if (paid <= 0) return 0;
    const wait = Math.min(FIRST_WAIT_MS * 2 ** (paid - 1), MOST_WAIT_MS);
    return Math.max(0, this.lastFailureMs + wait - this.clock.monotonicMs());
  }

  failed(reason: string): void {
    this.failureCount += 1;
    this.lastFailureMs = this.clock.monotonicMs();
    this.reason = reason;
  }

  worked(): void {
    if (this.failureCount === 0) return;
    if (this.clock.monotonicMs() - this.lastFailureMs >= STEADY_MS) this.failureCount = 0;
  }
}
