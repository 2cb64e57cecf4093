import type { Log } from "../../env/index.js";

/** Work done one after the other beside all else: sampling what was just defined. */
export class AnalysisQueue {
  private readonly waiting = new Map<number, () => Promise<void>>();
  private running: Promise<void> | null = null;
  private closed = false;

  constructor(private readonly log: Log) {}

  /** A later job for the same object takes the place of one that waits. */
  add(oid: number, job: () => Promise<void>): void {
    if (this.closed) return;
    this.waiting.set(oid, job);
    this.running ??= this.drain();
  }

  remove(oid: number): void {
    this.waiting.delete(oid);
  }

  /** Resolves when nothing is left to do. */
  async idle(): Promise<void> {
    while (this.running !== null) await this.running;
  }

  /** Gives up what waits; resolves when what runs is done. */
  async close(): Promise<void> {
    this.closed = true;
    this.waiting.clear();
    await this.idle();
  }

  private async drain(): Promise<void> {
    for (;;) {
      const next = this.waiting.entries().next();
      if (next.done) break;
      const [oid, job] = next.value;
      this.waiting.delete(oid);
      try {
        await job();
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        this.log.warn("a table could not be sampled", { oid, reason });
      }
    }
    this.running = null;
  }
}
