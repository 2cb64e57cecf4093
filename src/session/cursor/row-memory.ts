import { tooManyKeptRows } from "../../errors/index.js";

/** The memory in which all sessions together keep rows: scrollable and held cursors. */
export class RowMemory {
  private held = 0;

  constructor(private readonly limitBytes: number) {}

  get heldBytes(): number {
    return this.held;
  }

  /** Throws 53200 where the limit would be passed. */
  reserve(sizeBytes: number): void {
    if (this.held + sizeBytes > this.limitBytes) throw tooManyKeptRows(this.limitBytes);
    this.held += sizeBytes;
  }

  release(sizeBytes: number): void {
    this.held -= sizeBytes;
  }
}
