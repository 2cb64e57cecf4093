import type { Clock, Log, Timer } from "../../env/index.js";
import { SqlError, systemCatalogGone, systemCatalogPaused } from "../../errors/index.js";
import {
  AttendedCatalog,
  GRACE_MS,
  messageOf,
  NotPrepared,
  type BatchLimits,
} from "./attended-catalog.js";
import type { CatalogPlace } from "./link.js";
import type { MirrorSource } from "./mirror/mirror-state.js";
import { RestartPace } from "./restart-pace.js";
import { RunningCatalog } from "./running-catalog.js";
import type {
  CatalogAnswer,
  CatalogFacts,
  CatalogRequest,
  SystemCatalog,
} from "./system-catalog.js";

export interface SupervisedOptions {
  readonly place: CatalogPlace;
  readonly source: MirrorSource;
  /** Functions whose rows live views give. */
  readonly liveFunctions: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
  /** How long a batch may run while others wait for it, and at most. */
  readonly contestedMs?: number;
  readonly mostMs?: number;
  /** A PostgreSQL that holds more is replaced once nobody waits for it. */
  readonly mostHeldBytes?: number;
}

const CONTESTED_MS = 5_000;
const MOST_MS = 60_000;
const MOST_HELD_BYTES = 512 * 2 ** 20;
const START_LIMIT_MS = 60_000;
/** Who waits longer for one that works gets another beside it. */
const PATIENCE_MS = 250;
/** One that is not needed beside another is ended after so long. */
const SPARE_KEPT_MS = 60_000;
/** Warming up waits until the server has been quiet at so many looks. */
const QUIET_LOOKS = 5;
const QUIET_LOOK_MS = 100;

/** Work for whichever is free first. */
interface Waiting {
  readonly sinceMs: number;
  readonly work: (catalog: AttendedCatalog) => Promise<void>;
  readonly fail: (error: SqlError) => void;
}

/**
 * The system catalog over a place: usually one PostgreSQL, and another beside it as soon as somebody
 * waits for one that is at work, so that a query that never ends is in nobody's way. What hangs, breaks
 * or answers nonsense is thrown away; those who wait notice a delay.
 */
export class SupervisedCatalog implements SystemCatalog {
  private readonly catalogs = new Set<AttendedCatalog>();
  private waiting: Waiting[] = [];
  private readonly pace: RestartPace;
  private readonly limits: BatchLimits;
  private knownFacts: CatalogFacts | null = null;
  private patience: Timer | null = null;
  private spareTimer: Timer | null = null;
  private isClosed = false;

  constructor(private readonly options: SupervisedOptions) {
    const { clock, contestedMs = CONTESTED_MS, mostMs = MOST_MS } = options;
    this.pace = new RestartPace(clock);
    const isContested = (): boolean =>
      this.waiting.length > 0 && !this.isHelpComing && !this.mayStart;
    this.limits = { contestedMs, mostMs, isContested };
  }

  /**
   * Starts once the server is quiet, unless it is needed earlier, and tries `statements` so that their
   * code is compiled.
   */
  begin(statements: readonly string[], isQuiet: () => boolean = () => true): void {
    const warm = async (): Promise<void> => {
      for (const sql of statements) {
        await this.quiet(isQuiet);
        if (this.isClosed) return;
        await this.free(new AbortController().signal, (catalog) =>
          catalog.during((running) => running.tryOut(sql)),
        );
      }
    };
    warm().catch((error: unknown) => this.report("could not be warmed up", error));
  }

  async facts(signal: AbortSignal): Promise<CatalogFacts> {
    this.knownFacts ??= await this.free(signal, (catalog) => catalog.facts());
    return this.knownFacts;
  }

  async run(request: CatalogRequest): Promise<CatalogAnswer> {
    const { signal } = request;
    const attempt = (): Promise<CatalogAnswer> =>
      this.free(signal, (catalog) => catalog.answer(request, this.limits));
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof NotPrepared)) throw error;
      this.report("is made anew", error);
      return attempt().catch((again: unknown) => {
        throw again instanceof SqlError ? again : systemCatalogGone(messageOf(again));
      });
    }
  }

  async restart(): Promise<void> {
    const before = [...this.catalogs];
    this.catalogs.clear();
    await Promise.all(before.map((catalog) => catalog.close()));
    this.dispatch();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.patience?.cancel();
    this.spareTimer?.cancel();
    this.failWaiting(systemCatalogGone("the server is shutting down"));
    await this.restart();
  }

  /**
   * What `work` brings of the first that is free for it. Rejects with the reason of `signal` at once
   * while nothing was begun, and soon afterwards.
   */
  private free<T>(signal: AbortSignal, work: (catalog: AttendedCatalog) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const fail = (error: unknown): void => {
        signal.removeEventListener("abort", leave);
        reject(error);
      };
      const leave = (): void => {
        this.waiting = this.waiting.filter((each) => each !== one);
        fail(signal.reason);
      };
      const { clock } = this.options;
      let grace: Timer | null = null;
      const giveUp = (): void => {
        grace = clock.after(GRACE_MS, () => reject(signal.reason as SqlError));
      };
      const one: Waiting = {
        sinceMs: clock.monotonicMs(),
        work: async (catalog) => {
          signal.removeEventListener("abort", leave);
          signal.addEventListener("abort", giveUp, { once: true });
          await work(catalog).then(resolve, reject);
          signal.removeEventListener("abort", giveUp);
          grace?.cancel();
        },
        fail,
      };
      if (this.isClosed) return fail(systemCatalogGone("the server is shutting down"));
      if (signal.aborted) return fail(signal.reason);
      signal.addEventListener("abort", leave, { once: true });
      this.waiting.push(one);
      this.dispatch();
    });
  }

  /** Gives work to those who are free, and sees to more of them where that is not enough. */
  private dispatch(): void {
    for (const catalog of this.catalogs) {
      if (!catalog.isIdle) continue;
      const next = this.waiting.shift();
      if (next === undefined) return;
      void this.serve(catalog, next);
    }
    const [first] = this.waiting;
    if (first === undefined || this.isHelpComing) return;
    const isAlone = this.catalogs.size === 0;
    if (!this.mayStart) {
      const { reason, waitMs } = this.pace;
      if (isAlone) this.failWaiting(systemCatalogPaused(reason, waitMs));
    } else if (isAlone) {
      this.start();
    } else {
      this.growAfter(PATIENCE_MS - this.stalledMs(first));
    }
  }

  /** How long somebody has been waiting, or all have been at the same work. */
  private stalledMs({ sinceMs }: Waiting): number {
    const busyMs = [...this.catalogs].map((catalog) => catalog.stateMs);
    return Math.max(this.options.clock.monotonicMs() - sinceMs, Math.min(...busyMs));
  }

  private growAfter(delayMs: number): void {
    if (this.patience !== null) return;
    this.patience = this.options.clock.after(Math.max(0, delayMs), () => {
      this.patience = null;
      const [first] = this.waiting;
      const isLate = first !== undefined && this.stalledMs(first) >= PATIENCE_MS;
      if (isLate && !this.isHelpComing && this.mayStart) this.start();
      else this.dispatch();
    });
  }

  private async serve(catalog: AttendedCatalog, { work }: Waiting): Promise<void> {
    await work(catalog);
    if (catalog.hasEnded) {
      if (catalog.brokeOf !== null) this.pace.failed(catalog.brokeOf);
      this.replace(catalog);
    } else {
      this.pace.worked();
      this.recycle(catalog);
    }
    this.endSparesLater();
    this.dispatch();
  }

  /** Forgets one that has ended; who comes next finds another one started already. */
  private replace(catalog: AttendedCatalog): void {
    const wasOurs = this.catalogs.delete(catalog);
    if (wasOurs && this.catalogs.size === 0 && this.mayStart) this.start();
  }

  private recycle(catalog: AttendedCatalog): void {
    const { mostHeldBytes = MOST_HELD_BYTES, log } = this.options;
    const { heldBytes } = catalog;
    if (heldBytes <= mostHeldBytes || this.waiting.length > 0) return;
    log.info("the system catalog is made anew for its memory", { heldBytes });
    catalog.end("it held too much memory");
    this.replace(catalog);
  }

  private endSparesLater(): void {
    if (this.catalogs.size < 2 || this.spareTimer !== null) return;
    this.spareTimer = this.options.clock.after(SPARE_KEPT_MS, () => {
      this.spareTimer = null;
      const [, ...others] = this.catalogs;
      for (const spare of others) {
        if (!spare.isIdle || spare.stateMs < SPARE_KEPT_MS) continue;
        spare.end("it was not needed");
        this.catalogs.delete(spare);
      }
      this.endSparesLater();
    });
  }

  private start(): void {
    const { place, source, liveFunctions, log, clock } = this.options;
    const began = clock.monotonicMs();
    const catalog = new AttendedCatalog(
      (ending) => RunningCatalog.start(place, source, liveFunctions, ending),
      START_LIMIT_MS,
      clock,
    );
    this.catalogs.add(catalog);
    const failed = (error: unknown): void => {
      if (!this.catalogs.delete(catalog)) return;
      this.report("could not be started", error);
      this.pace.failed(messageOf(error));
      if (this.catalogs.size === 0) this.failWaiting(systemCatalogGone(messageOf(error)));
    };
    const ready = (): void => {
      const tookMs = Math.round(clock.monotonicMs() - began);
      log.info("the system catalog is there", { place: place.title, tookMs });
    };
    void catalog.started.then(ready, failed).then(() => this.dispatch());
  }

  private get isHelpComing(): boolean {
    return [...this.catalogs].some((each) => each.isIdle || each.isStarting);
  }

  private get mayStart(): boolean {
    const { mostAtOnce } = this.options.place;
    return !this.isClosed && this.catalogs.size < mostAtOnce && this.pace.waitMs === 0;
  }

  private failWaiting(error: SqlError): void {
    const { waiting } = this;
    this.waiting = [];
    for (const { fail } of waiting) fail(error);
  }

  /** Resolves once the server has been quiet for a while. */
  private async quiet(isQuiet: () => boolean): Promise<void> {
    const look = (): Promise<void> =>
      new Promise((resolve) => {
        this.options.clock.after(QUIET_LOOK_MS, resolve);
      });
    for (let looks = 0; looks < QUIET_LOOKS && !this.isClosed;) {
      await look();
      looks = isQuiet() ? looks + 1 : 0;
    }
  }

  private report(what: string, error: unknown): void {
    if (this.isClosed) return;
    this.options.log.warn(`the system catalog ${what}`, { reason: messageOf(error) });
  }
}
