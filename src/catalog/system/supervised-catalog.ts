import type { Clock, Log, Timer } from "../../env/index.js";
import {
  internalError,
  SqlError,
  systemCatalogGone,
  systemCatalogRefused,
  systemCatalogStuck,
} from "../../errors/index.js";
import { framedBatch, FRAME_STATEMENTS } from "./frame.js";
import type { CatalogLink, CatalogPlace } from "./link.js";
import type { MirrorSource } from "./mirror/mirror-state.js";
import { RunningCatalog } from "./running-catalog.js";
import type {
  CatalogAnswer,
  CatalogFacts,
  CatalogRequest,
  SessionFrame,
  SystemCatalog,
} from "./system-catalog.js";
import { Reply } from "./wire/reply.js";

export interface SupervisedOptions {
  readonly place: CatalogPlace;
  readonly source: MirrorSource;
  /** Functions whose rows live views give. */
  readonly liveFunctions: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
  /** A batch that runs longer is taken to be stuck. */
  readonly watchdogMs?: number;
  /** A PostgreSQL that holds more is replaced once nobody waits for it. */
  readonly mostHeldBytes?: number;
}

const WATCHDOG_MS = 5_000;
const MOST_HELD_BYTES = 512 * 2 ** 20;
/** A batch that is cancelled may end by itself for so long: most take less than a restart. */
const GRACE_MS = 200;

/**
 * The system catalog over a place: one batch at a time, each watched. What hangs, breaks or answers
 * nonsense is thrown away and begun anew; those who wait notice a delay.
 */
export class SupervisedCatalog implements SystemCatalog {
  private starting: Promise<RunningCatalog> | null = null;
  /** The end of the queue. */
  private tail: Promise<unknown> = Promise.resolve();
  private queued = 0;
  private readonly ending = new AbortController();

  constructor(private readonly options: SupervisedOptions) {}

  /** Starts beside whatever else happens, and tries `statements` so that their code is compiled. */
  begin(statements: readonly string[]): void {
    const warm = async (): Promise<void> => {
      await this.running();
      for (const sql of statements) {
        if (this.ending.signal.aborted) return;
        await this.inTurn(async () => (await this.running()).tryOut(sql));
      }
    };
    warm().catch((error: unknown) => this.report("could not be warmed up", error));
  }

  async facts(): Promise<CatalogFacts> {
    return (await this.running()).facts;
  }

  run(request: CatalogRequest): Promise<CatalogAnswer> {
    return this.unlessGivenUp(
      this.inTurn(() => this.runNow(request)),
      request.signal,
    );
  }

  restart(): Promise<void> {
    return this.inTurn(() => this.discard());
  }

  async close(): Promise<void> {
    this.ending.abort();
    await this.discard();
  }

  private async runNow(request: CatalogRequest): Promise<CatalogAnswer> {
    const { frame, signal, fill } = request;
    if (signal.aborted) throw signal.reason as SqlError;
    const running = await this.prepared(namesOf(frame), frame.database);
    if (signal.aborted) throw signal.reason as SqlError;
    const batch = framedBatch(frame);
    fill(batch);
    const raw = await this.watched(running.link, batch.sync(), signal);
    const reply = Reply.read(raw);
    if (reply === null) {
      await this.discard();
      throw internalError("the system catalog answered no whole reply");
    }
    const { error } = reply;
    if (this.queued === 1) await this.recycle(running.link);
    if (error !== null) throw systemCatalogRefused(error);
    return { reply, messages: reply.after(FRAME_STATEMENTS) };
  }

  /** The running one with the mirror, the role and the database's name as they should be. */
  private async prepared(names: readonly string[], database: string): Promise<RunningCatalog> {
    const attempt = async (): Promise<RunningCatalog> => {
      const running = await this.running();
      await running.prepare(names, database);
      return running;
    };
    try {
      return await attempt();
    } catch (error) {
      this.report("is made anew", error);
      await this.discard();
      return attempt().catch(async (again: unknown) => {
        await this.discard();
        throw again instanceof SqlError ? again : systemCatalogGone(messageOf(again));
      });
    }
  }

  /** The batch's reply, unless it takes too long or is cancelled: then what runs it is ended. */
  private async watched(
    link: CatalogLink,
    batch: Uint8Array,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const { clock, watchdogMs = WATCHDOG_MS } = this.options;
    const watchdog = new AbortController();
    const timer = clock.after(watchdogMs, () => watchdog.abort(systemCatalogStuck(watchdogMs)));
    try {
      const reply = this.unlessGivenUp(link.exchange(batch), signal);
      return await this.unlessGivenUp(reply, watchdog.signal, 0);
    } catch (error) {
      // Those who wait find another one started already.
      void this.discard();
      if (!this.ending.signal.aborted) this.running().catch(() => undefined);
      throw error instanceof SqlError ? error : systemCatalogGone(messageOf(error));
    } finally {
      timer.cancel();
    }
  }

  /** What `work` brings, or the reason of `signal` once it was aborted and time was given. */
  private async unlessGivenUp<T>(
    work: Promise<T>,
    signal: AbortSignal,
    graceMs = GRACE_MS,
  ): Promise<T> {
    let giveUp: (reason: SqlError) => void = () => undefined;
    const given = new Promise<never>((_, reject) => {
      giveUp = reject;
    });
    let grace: Timer | null = null;
    const aborted = (): void => {
      grace = this.options.clock.after(graceMs, () => giveUp(signal.reason as SqlError));
    };
    if (signal.aborted) aborted();
    signal.addEventListener("abort", aborted, { once: true });
    try {
      return await Promise.race([work, given]);
    } finally {
      (grace as Timer | null)?.cancel();
      signal.removeEventListener("abort", aborted);
    }
  }

  private running(): Promise<RunningCatalog> {
    if (this.ending.signal.aborted)
      return Promise.reject(systemCatalogGone("the server is shutting down"));
    if (this.starting !== null) return this.starting;
    const { place, source, liveFunctions, log, clock } = this.options;
    const began = clock.monotonicMs();
    const starting = RunningCatalog.start(place, source, liveFunctions, this.ending.signal);
    this.starting = starting;
    starting.then(
      () => {
        const tookMs = Math.round(clock.monotonicMs() - began);
        log.info("the system catalog is there", { place: place.title, tookMs });
      },
      (error: unknown) => {
        if (this.starting === starting) this.starting = null;
        this.report("could not be started", error);
      },
    );
    return starting;
  }

  private async discard(): Promise<void> {
    const { starting } = this;
    this.starting = null;
    const running = await starting?.catch(() => null);
    await running?.link.terminate().catch(() => undefined);
  }

  private async recycle(link: CatalogLink): Promise<void> {
    const { mostHeldBytes = MOST_HELD_BYTES, log } = this.options;
    if (link.heldBytes <= mostHeldBytes) return;
    log.info("the system catalog is made anew for its memory", { heldBytes: link.heldBytes });
    await this.discard();
    this.running().catch(() => undefined);
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.queued += 1;
    const result = this.tail.then(work);
    this.tail = result
      .catch(() => undefined)
      .finally(() => {
        this.queued -= 1;
      });
    return result;
  }

  private report(what: string, error: unknown): void {
    if (this.ending.signal.aborted) return;
    this.options.log.warn(`the system catalog ${what}`, { reason: messageOf(error) });
  }
}

/** Roles that the frame speaks of. */
function namesOf({ user, role }: SessionFrame): readonly string[] {
  return role === "none" ? [user] : [user, role];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
