/** What the worker thread is started with. */
export interface WorkerStart {
  /** The data directory to begin with, a tar file. */
  readonly imagePath: string;
  /** PostgreSQL as an earlier thread compiled it, with all that was compiled since. */
  readonly compiled: PostgresModule | null;
}

/** A `WebAssembly.Module`, which threads may hand to each other. */
export type PostgresModule = object;

export interface ToWorker {
  readonly id: number;
  readonly batch: Uint8Array;
}

export type FromWorker =
  | { readonly kind: "ready"; readonly compiled: PostgresModule }
  | {
      readonly kind: "reply";
      readonly id: number;
      readonly reply: Uint8Array;
      /** Memory the thread holds for PostgreSQL, which never shrinks. */
      readonly heldBytes: number;
    };
