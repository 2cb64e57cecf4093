import type { Socket } from "../env/index.js";
import type { EncodedPage, Eventual, ResultPage, TextPage } from "../session/index.js";
import { MessageWriter, writeTextRow } from "./codec/index.js";

/** A page up to this size joins the messages around it: one copy is cheaper than one write. */
const COPIED_PAGE_BYTES = 8 * 1024;

/** Messages are written once they amount to this much, even if nobody asks for them yet. */
const BATCH_BYTES = 32 * 1024;

/**
 * What goes to the client, in order. Messages gather in one buffer until `flush`; large pages are
 * written as they are. At most one page and one batch are in the socket's hands: whoever sends more
 * waits, so a client that does not read costs that much and no more.
 */
export class Outbox {
  /** Where messages are put; nothing is sent before `flush` or a full batch. */
  readonly writer = new MessageWriter();
  private inFlight = 0;
  private waiting: (() => void)[] = [];
  private closed = false;

  constructor(private readonly socket: Socket) {}

  /** Bytes that are held for the client at this moment. */
  get heldBytes(): number {
    return this.writer.size + this.inFlight;
  }

  /** Whether there is enough to send, though nobody asks for it yet: see `ready`. */
  get isFull(): boolean {
    return this.writer.size >= BATCH_BYTES;
  }

  /** Sends what was put. */
  flush(): void {
    if (this.writer.size === 0) return;
    this.send(this.writer.take(), () => undefined);
  }

  /** Waits while the client has too much to read, sending a full batch first. */
  async ready(): Promise<void> {
    if (!this.isFull) return;
    await this.drained();
    this.flush();
  }

  /** Sends rows, unless `signal` is aborted while they wait; releases the page in any case. */
  page(page: ResultPage, signal: AbortSignal): Eventual<void> {
    if (page.kind === "text") return this.rows(page.rows, signal);
    if (page.bytes.length > COPIED_PAGE_BYTES) return this.largePage(page, signal);
    this.writer.bytes(page.bytes);
    page.release();
    return this.isFull ? this.ready() : undefined;
  }

  /** The socket is gone: nothing is held back any more. */
  close(): void {
    this.closed = true;
    this.wake();
  }

  private async rows(rows: TextPage["rows"], signal: AbortSignal): Promise<void> {
    for (const row of rows) {
      if (signal.aborted) return;
      writeTextRow(this.writer, row);
      if (this.isFull) await this.ready();
    }
  }

  private async largePage(page: EncodedPage, signal: AbortSignal): Promise<void> {
    try {
      await this.drained();
      if (signal.aborted) {
        // What ended the statement is told already: nothing of it may come behind.
        page.release();
        return;
      }
      this.flush();
    } catch (error) {
      page.release();
      throw error;
    }
    this.send(page.bytes, () => page.release());
  }

  private send(bytes: Uint8Array, flushed: () => void): void {
    if (this.closed) {
      flushed();
      return;
    }
    this.inFlight += bytes.length;
    this.socket.write(bytes, () => {
      this.inFlight -= bytes.length;
      flushed();
      if (this.inFlight === 0) this.wake();
    });
  }

  /** Resolves when the operating system has taken all that was sent. */
  drained(): Promise<void> {
    if (this.inFlight === 0 || this.closed) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private wake(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }
}
