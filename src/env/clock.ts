/** A pending callback of a clock. */
export interface Timer {
  cancel(): void;
}

/** Wall time, elapsed time and timers. */
export interface Clock {
  /** Microseconds since 1970-01-01 00:00 UTC. */
  nowMicros(): bigint;
  /** Milliseconds since an arbitrary start; never goes back. */
  monotonicMs(): number;
  /** Calls back once after `delayMs` unless cancelled. A timer alone does not keep the process alive. */
  after(delayMs: number, callback: () => void): Timer;
}
