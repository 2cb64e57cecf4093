/** A PostgreSQL that takes one batch of the raw protocol after the other. */
export interface CatalogLink {
  /**
   * Sends a batch that ends with Sync (or one simple query) and resolves to its whole reply. One at a
   * time. Rejects where the PostgreSQL is gone.
   */
  exchange(batch: Uint8Array): Promise<Uint8Array>;
  /** Memory that only ending it gives back; 0 where it is none of ours. */
  readonly heldBytes: number;
  /** Ends it at once, whatever it does; an exchange that runs rejects. */
  terminate(): Promise<void>;
}

/** Where catalog queries are answered: what differs between PGlite and a server of its own. */
export interface CatalogPlace {
  /** One line for the log. */
  readonly title: string;
  /** Whether the database's own name may be made that of the client. */
  readonly renamesDatabase: boolean;
  /** How many may be open beside each other, each with nothing of the others in it. */
  readonly mostAtOnce: number;
  /**
   * Starts a fresh one: nothing of ours is in it yet, or all of it may be replaced. `ending` aborted
   * ends it, then or later.
   */
  open(ending: AbortSignal): Promise<CatalogLink>;
}
