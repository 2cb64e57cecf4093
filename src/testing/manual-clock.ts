import type { Clock, Timer } from "../env/index.js";

interface Pending {
  readonly at: number;
  readonly callback: () => void;
}

/** A clock that stands still until told to go on. */
export class ManualClock implements Clock {
  private elapsed_ms = 0;
  private readonly pending = new Set<Pending>();

  constructor(private readonly startMicros = 1_700_000_000_000_000n) {}

  /** Timers that have not fired. */
  get pendingCount(): number {
    return this.pending.size;
  }

  nowMicros(): bigint {
    return this.startMicros + BigInt(Math.round(this.elapsed_ms * 1000));
  }

  monotonicMs(): number {
    return this.elapsed_ms;
  }

  after(delayMs: number, callback: () => void): Timer {
    const entry = { at: this.elapsed_ms + delayMs, callback };
    this.pending.add(entry);
    return { cancel: () => this.pending.delete(entry) };
  }

  /** Lets time pass; timers that come due fire in their order. */
  advance(milliseconds: number): void {
    const end = this.elapsed_ms + milliseconds;
    for (;;) {
      const [due] = [...this.pending].filter((each) => each.at <= end).sort((a, b) => a.at - b.at);
      if (due === undefined) break;
      this.pending.delete(due);
      this.elapsed_ms = Math.max(this.elapsed_ms, due.at);
      due.callback();
    }
    this.elapsed_ms = end;
  }
}
