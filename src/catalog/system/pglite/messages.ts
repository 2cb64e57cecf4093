/** What the worker thread is started with. */
export interface WorkerStart {
  /** The data directory to begin with, a tar file. */
  readonly imagePath: string;
}

export interface ToWorker {
  readonly id: number;
  readonly batch: Uint8Array;
}

export type FromWorker =
  | { readonly kind: "ready" }
  | {
      readonly kind: "reply";
      readonly id: number;
      readonly reply: Uint8Array;
      /** Memory the thread holds for PostgreSQL, which never shrinks. */
      readonly heldBytes: number;
    };
