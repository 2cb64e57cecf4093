import type { Clock, Timer } from "../../env/index.js";
import {
  internalError,
  SqlError,
  systemCatalogGone,
  systemCatalogRefused,
  systemCatalogStuck,
} from "../../errors/index.js";
import { framedBatch, FRAME_STATEMENTS } from "./frame.js";
import type { RunningCatalog } from "./running-catalog.js";
import type {
  CatalogAnswer,
  CatalogFacts,
  CatalogRequest,
  SessionFrame,
} from "./system-catalog.js";
import { Reply } from "./wire/reply.js";

/** A batch that is cancelled may end by itself for so long: most take less than a restart. */
export const GRACE_MS = 200;
/** Making the mirror what it should be takes milliseconds a relation. */
const PREPARE_LIMIT_MS = 60_000;

/** How long a batch may run. */
export interface BatchLimits {
  /** While others wait that nobody else can answer. */
  readonly contestedMs: number;
  readonly mostMs: number;
  isContested(): boolean;
}

/** It could not be made ready for a batch, which others may still answer. */
export class NotPrepared extends Error {}

/**
 * One PostgreSQL of the system catalog from its start to its end. It takes one piece of work at a
 * time; what hangs, breaks or answers nonsense ends it.
 */
export class AttendedCatalog {
  private state: "starting" | "idle" | "busy" | "ended" = "starting";
  private stateSinceMs: number;
  private readonly whenEnded: Promise<never>;
  private rejectWork: (error: Error) => void = () => undefined;
  private running: RunningCatalog | null = null;
  private brokenBy: string | null = null;
  /** Settled once it is ready, or failed to become it. */
  readonly started: Promise<void>;

  constructor(
    start: (ending: AbortSignal) => Promise<RunningCatalog>,
    startLimitMs: number,
    private readonly clock: Clock,
    private readonly ending = new AbortController(),
  ) {
    this.stateSinceMs = clock.monotonicMs();
    this.whenEnded = new Promise((_, reject) => {
      this.rejectWork = reject;
    });
    this.whenEnded.catch(() => undefined);
    this.started = this.begin(start(this.ending.signal), startLimitMs);
  }

  get isIdle(): boolean {
    return this.state === "idle";
  }

  get isStarting(): boolean {
    return this.state === "starting";
  }

  get hasEnded(): boolean {
    return this.state === "ended";
  }

  /** Why it ended, where that was its own fault. */
  get brokeOf(): string | null {
    return this.brokenBy;
  }

  /** How long it has been starting, idle or busy. */
  get stateMs(): number {
    return this.clock.monotonicMs() - this.stateSinceMs;
  }

  get heldBytes(): number {
    return this.running?.link.heldBytes ?? 0;
  }

  /** Does one piece of work; the caller sees that it is idle. */
  async during<T>(work: (running: RunningCatalog) => Promise<T>): Promise<T> {
    const { running } = this;
    if (running === null) throw internalError("the system catalog is not ready");
    this.enter("busy");
    try {
      return await work(running);
    } finally {
      this.enter("idle");
    }
  }

  facts(): Promise<CatalogFacts> {
    return this.during(({ facts }) => Promise.resolve(facts));
  }

  /** What a client's batch brings; rejects with a SqlError, or with NotPrepared. */
  answer(request: CatalogRequest, limits: BatchLimits): Promise<CatalogAnswer> {
    return this.during(async (running) => {
      const { frame, signal, fill } = request;
      await this.prepare(running, request);
      if (signal.aborted) throw signal.reason as SqlError;
      const batch = framedBatch(frame);
      fill(batch);
      const reply = Reply.read(await this.watched(running, batch.sync(), signal, limits));
      if (reply === null) {
        this.break("it answered no whole reply");
        throw internalError("the system catalog answered no whole reply");
      }
      if (reply.error !== null) throw systemCatalogRefused(reply.error);
      return { reply, messages: reply.after(FRAME_STATEMENTS) };
    });
  }

  /** Ends it, whatever it does. */
  end(reason: string): void {
    if (this.state === "ended") return;
    this.enter("ended");
    this.rejectWork(new Error(reason));
    this.ending.abort(new Error(reason));
    void this.running?.link.terminate().catch(() => undefined);
  }

  /** Ends it for a fault of its own. */
  private break(reason: string): void {
    if (!this.hasEnded) this.brokenBy = reason;
    this.end(reason);
  }

  /** Ends it and waits until nothing of it is left. */
  async close(): Promise<void> {
    this.end("the server is shutting down");
    await this.started.catch(() => undefined);
    await this.running?.link.terminate().catch(() => undefined);
  }

  private async begin(starting: Promise<RunningCatalog>, limitMs: number): Promise<void> {
    try {
      this.running = await this.within(limitMs, starting, () => {
        return new Error(`it did not start within ${String(limitMs)} ms`);
      });
      this.enter("idle");
    } catch (error) {
      this.end(messageOf(error));
      throw error;
    } finally {
      // One that came too late is nobody's.
      if (this.hasEnded) {
        starting.then(({ link }) => link.terminate()).catch(() => undefined);
      }
    }
  }

  private async prepare(running: RunningCatalog, { frame, source }: CatalogRequest): Promise<void> {
    try {
      const work = running.prepare(namesOf(frame), frame.database, source);
      const late = (): Error => new Error("the mirror took too long");
      await this.within(PREPARE_LIMIT_MS, work, late);
    } catch (error) {
      this.break(messageOf(error));
      throw new NotPrepared(messageOf(error));
    }
  }

  /** The batch's reply, unless it takes too long or is cancelled: then this one ends. */
  private async watched(
    { link }: RunningCatalog,
    batch: Uint8Array,
    signal: AbortSignal,
    limits: BatchLimits,
  ): Promise<Uint8Array> {
    const { clock } = this;
    const began = clock.monotonicMs();
    let giveUp: (reason: SqlError) => void = () => undefined;
    const given = new Promise<never>((_, reject) => {
      giveUp = reject;
    });
    let watch: Timer;
    const look = (): void => {
      const tookMs = clock.monotonicMs() - began;
      if (tookMs >= limits.mostMs) giveUp(systemCatalogStuck(limits.mostMs, false));
      else if (limits.isContested()) giveUp(systemCatalogStuck(limits.contestedMs, true));
      else watch = clock.after(limits.contestedMs / 5, look);
    };
    watch = clock.after(limits.contestedMs, look);
    let grace: Timer | null = null;
    const aborted = (): void => {
      grace = clock.after(GRACE_MS, () => giveUp(signal.reason as SqlError));
    };
    if (signal.aborted) aborted();
    else signal.addEventListener("abort", aborted, { once: true });
    try {
      return await Promise.race([link.exchange(batch), given]);
    } catch (error) {
      const isGivenUp = error instanceof SqlError;
      if (isGivenUp) this.end(error.message);
      else this.break(messageOf(error));
      throw isGivenUp ? error : systemCatalogGone(messageOf(error));
    } finally {
      watch.cancel();
      (grace as Timer | null)?.cancel();
      signal.removeEventListener("abort", aborted);
    }
  }

  private async within<T>(limitMs: number, work: Promise<T>, late: () => Error): Promise<T> {
    let timer: Timer | null = null;
    const expired = new Promise<never>((_, reject) => {
      timer = this.clock.after(limitMs, () => reject(late()));
    });
    try {
      return await Promise.race([work, expired, this.whenEnded]);
    } finally {
      (timer as Timer | null)?.cancel();
    }
  }

  private enter(state: "idle" | "busy" | "ended"): void {
    if (this.state === "ended") return;
    this.state = state;
    this.stateSinceMs = this.clock.monotonicMs();
  }
}

/** Roles that the frame speaks of. */
function namesOf({ user, role }: SessionFrame): readonly string[] {
  return role === "none" ? [user] : [user, role];
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
