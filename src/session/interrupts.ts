import type { Clock, Timer } from "../env/index.js";
import { canceledByTimeout, type SqlError } from "../errors/index.js";
import type { Eventual } from "./eventual.js";

/** Controllers that are kept for the next portals: they cost more than they look. */
const MOST_SPARE = 2;

/** Throws the SqlError a signal was aborted with. */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw signal.reason as SqlError;
}

/** `work`'s outcome, or the signal's error as soon as it is aborted; `work` then goes on unwatched. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    work.catch(() => undefined);
    return Promise.reject(signal.reason as SqlError);
  }
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(signal.reason as SqlError);
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

/** Lets what aborts one piece of work abort another, until the answer is called. */
export function linkAbort(from: AbortSignal, to: AbortController): () => void {
  const abort = (): void => to.abort(from.reason as SqlError);
  if (from.aborted) abort();
  else from.addEventListener("abort", abort, { once: true });
  return () => from.removeEventListener("abort", abort);
}

/**
 * What may end the statement that runs: a cancel request, its timeout, the end of the session. The
 * timeout starts with the first message of a statement and stops when the statement is done; the
 * controller that is aborted is the one of the piece of work that runs at that moment.
 */
export class Interrupts {
  private running: AbortController | null = null;
  private timer: Timer | null = null;
  private expired = false;
  private ending: SqlError | null = null;
  private sheltered = false;
  private unaborted = new AbortController();
  private readonly spare: AbortController[] = [];

  constructor(private readonly clock: Clock) {}

  /** A controller for work that is over, with all that listens, before the next one is asked for. */
  controller(): AbortController {
    if (this.unaborted.signal.aborted) this.unaborted = new AbortController();
    return this.unaborted;
  }

  /** A controller for a portal's runs, which may be suspended while others run. */
  portalController(): AbortController {
    const spare = this.spare.pop();
    return spare === undefined || spare.signal.aborted ? new AbortController() : spare;
  }

  /** What `portalController` gave, once the portal is closed and nothing listens to it. */
  giveBack(controller: AbortController): void {
    const isGood = !controller.signal.aborted && this.spare.length < MOST_SPARE;
    if (isGood) this.spare.push(controller);
  }

  /** Runs `work`, whose signal `controller` is; a suspended portal brings the same one again. */
  during<T>(controller: AbortController, work: () => Eventual<T>): Eventual<T> {
    const outer = this.running;
    this.running = controller;
    let result: Eventual<T>;
    try {
      if (this.ending !== null) controller.abort(this.ending);
      else if (this.expired) controller.abort(canceledByTimeout());
      throwIfAborted(controller.signal);
      result = work();
    } catch (error) {
      this.running = outer;
      throwIfAborted(controller.signal);
      throw error;
    }
    if (result instanceof Promise) return this.watch(result, controller, outer);
    this.running = outer;
    return result;
  }

  private async watch<T>(
    work: Promise<T>,
    controller: AbortController,
    outer: AbortController | null,
  ): Promise<T> {
    try {
      return await work;
    } catch (error) {
      // What broke because it was aborted is told as what aborted it.
      throwIfAborted(controller.signal);
      throw error;
    } finally {
      this.running = outer;
    }
  }

  /** Ends what runs, if anything does. */
  cancel(reason: SqlError): void {
    this.running?.abort(reason);
  }

  /** Runs work that goes on when the client is gone: it changes something. */
  async shelter<T>(work: () => Promise<T>): Promise<T> {
    this.sheltered = true;
    try {
      return await work();
    } finally {
      this.sheltered = false;
    }
  }

  /** The client is gone: ends what runs, unless that is sheltered. */
  disconnect(reason: SqlError): void {
    if (!this.sheltered) this.running?.abort(reason);
  }

  /** Ends what runs and all that is still to run. */
  end(reason: SqlError): void {
    this.ending ??= reason;
    this.running?.abort(reason);
  }

  /** Starts the timeout unless it runs; 0 is none. */
  startTimeout(timeoutMs: number): void {
    if (timeoutMs === 0 || this.timer !== null) return;
    this.timer = this.clock.after(timeoutMs, () => {
      this.expired = true;
      this.cancel(canceledByTimeout());
    });
  }

  stopTimeout(): void {
    this.timer?.cancel();
    this.timer = null;
    this.expired = false;
  }
}
