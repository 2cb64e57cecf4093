import { Worker } from "node:worker_threads";
import type { CatalogLink, CatalogPlace } from "../link.js";
import { exchange } from "../mirror/exchange.js";
import { simpleQuery } from "../wire/batch.js";
import type { FromWorker, PostgresModule, ToWorker, WorkerStart } from "./messages.js";

/** initdb under WebAssembly finds no collation but C; the order is that of C.UTF-8 all the same. */
const TRUE_COLLATION = "UPDATE pg_catalog.pg_database SET datcollate = datctype";

/** A PGlite in a worker thread of this process, in memory, begun from an image each time. */
export class PglitePlace implements CatalogPlace {
  readonly title = "PGlite in a worker thread";
  readonly renamesDatabase = true;
  readonly mostAtOnce = 2;

  /** Kept here so that the code lives on from one thread to the next. */
  private compiled: PostgresModule | null = null;

  /** `imagePath`: the tar file that `makeImage` wrote. */
  constructor(private readonly imagePath: string) {}

  async open(ending: AbortSignal): Promise<CatalogLink> {
    const { imagePath, compiled } = this;
    const link = new WorkerLink({ imagePath, compiled });
    const end = (): void => void link.terminate();
    ending.addEventListener("abort", end, { once: true });
    this.compiled = await link.ready;
    await exchange(link, simpleQuery(TRUE_COLLATION));
    return link;
  }
}

interface Waiting {
  readonly id: number;
  resolve(reply: Uint8Array): void;
  reject(error: Error): void;
}

class WorkerLink implements CatalogLink {
  readonly ready: Promise<PostgresModule>;
  heldBytes = 0;
  private readonly worker: Worker;
  private waiting: Waiting | null = null;
  private lastId = 0;
  private failure: Error | null = null;

  constructor(start: WorkerStart) {
    this.worker = new Worker(new URL("./pglite-worker.js", import.meta.url), {
      workerData: start,
      // What PostgreSQL would print is no log of ours.
      stdout: true,
      stderr: true,
    });
    this.ready = new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        this.fail(error);
        reject(error);
      };
      this.worker.on("error", fail);
      this.worker.on("exit", () => fail(new Error("the system catalog's thread ended")));
      this.worker.on("message", (message: FromWorker) => {
        if (message.kind === "ready") resolve(message.compiled);
        else this.take(message);
      });
    });
  }

  exchange(batch: Uint8Array): Promise<Uint8Array> {
    if (this.failure !== null) return Promise.reject(this.failure);
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      this.waiting = { id, resolve, reject };
      this.worker.postMessage({ id, batch } satisfies ToWorker);
    });
  }

  async terminate(): Promise<void> {
    this.fail(new Error("the system catalog was restarted"));
    await this.worker.terminate();
  }

  private take({ id, reply, heldBytes }: Extract<FromWorker, { kind: "reply" }>): void {
    this.heldBytes = heldBytes;
    const { waiting } = this;
    if (waiting?.id !== id) return;
    this.waiting = null;
    waiting.resolve(reply);
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.waiting?.reject(error);
    this.waiting = null;
  }
}
