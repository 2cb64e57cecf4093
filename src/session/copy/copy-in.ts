import { copyFailed, unreachable } from "../../errors/index.js";
import { linkAbort, throwIfAborted } from "../interrupts.js";
import type { CopyIntoTable } from "../planner.js";
import type { ReplySink } from "../reply-sink.js";

/** Data that waits while earlier data is read; the client waits beyond it. */
const MOST_HELD_BYTES = 1 << 20;

/** Rows on their way in through COPY, from the response to the client's last word. */
export class CopyIn {
  private held: Uint8Array[] = [];
  private heldBytes = 0;
  private feeding: Promise<void> | null = null;
  /** Aborted where what was sent cannot be read: the client need not end it to hear of that. */
  private readonly broken = new AbortController();

  constructor(private readonly target: CopyIntoTable) {}

  /** Receives all of it; answers how many rows there were. */
  async receive(sink: ReplySink, signal: AbortSignal): Promise<number> {
    const { target, broken } = this;
    const unlink = linkAbort(signal, broken);
    try {
      const format = target.isBinary ? 1 : 0;
      sink.copyInResponse(format, target.columnCount, target.isEncodingNamed);
      for (;;) {
        const message = await sink.copyMessage(broken.signal);
        throwIfAborted(broken.signal);
        switch (message.kind) {
          case "data":
            await this.take(message.bytes);
            break;
          case "done":
            await this.drained();
            return await target.finish();
          case "fail":
            throw copyFailed(message.reason);
          default:
            unreachable(message);
        }
      }
    } finally {
      unlink();
      await this.feeding?.catch(() => undefined);
      target.close();
    }
  }

  /** What comes while earlier data is read goes on in one piece. */
  private async take(bytes: Uint8Array): Promise<void> {
    // The connection's memory is used again: what waits must be a copy.
    this.held.push(Buffer.from(bytes));
    this.heldBytes += bytes.length;
    if (this.feeding === null) this.feed();
    else if (this.heldBytes >= MOST_HELD_BYTES) await this.feeding;
  }

  private feed(): void {
    if (this.held.length === 0) return;
    const piece = this.held.length === 1 ? (this.held[0] as Uint8Array) : Buffer.concat(this.held);
    this.held = [];
    this.heldBytes = 0;
    this.feeding = this.target.feed(piece).then(
      () => {
        this.feeding = null;
        this.feed();
      },
      (error: unknown) => {
        this.broken.abort(error);
        throw error;
      },
    );
    // Whoever waits next hears of it.
    this.feeding.catch(() => undefined);
  }

  private async drained(): Promise<void> {
    while (this.feeding !== null) await this.feeding;
  }
}
