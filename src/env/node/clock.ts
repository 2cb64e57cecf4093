import type { Clock, Timer } from "../clock.js";

/** `setTimeout` counts in 31 bits; a longer wait is never needed and must not wrap to zero. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** How far the anchored clock may stray from the wall clock before it is anchored again. */
const DRIFT_LIMIT_MICROS = 5_000n;

/**
 * The system's clock. JavaScript's wall clock counts milliseconds; the microseconds come from the
 * monotonic clock, anchored to the wall clock and anchored again when that was stepped.
 */
export class NodeClock implements Clock {
  private anchorMicros = 0n;

  nowMicros(): bigint {
    const elapsed = process.hrtime.bigint() / 1000n;
    const wall = BigInt(Date.now()) * 1000n;
    const now = this.anchorMicros + elapsed;
    const drift = now - wall;
    if (drift >= -DRIFT_LIMIT_MICROS && drift <= DRIFT_LIMIT_MICROS) return now;
    this.anchorMicros = wall - elapsed;
    return wall;
  }

  monotonicMs(): number {
    return Number(process.hrtime.bigint()) / 1e6;
  }

  after(delayMs: number, callback: () => void): Timer {
    const handle = setTimeout(callback, Math.min(delayMs, LONGEST_TIMER_MS));
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  }
}
