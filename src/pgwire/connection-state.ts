import type { Session } from "../session/index.js";

/** Where a connection is. Each step takes a state and a message and answers the next state. */
export type ConnectionState =
  /** Before the startup packet; which refusals of encryption the client has had. */
  | { readonly kind: "startup"; readonly refusedSsl: boolean; readonly refusedGss: boolean }
  /** After ReadyForQuery. */
  | { readonly kind: "idle"; readonly session: Session }
  /** After messages of the extended protocol, before their Sync. */
  | { readonly kind: "pipeline"; readonly session: Session }
  /** After an error in a pipeline: all is skipped up to Sync. */
  | { readonly kind: "skipping"; readonly session: Session }
  | { readonly kind: "closed" };

export const STARTUP: ConnectionState = { kind: "startup", refusedSsl: false, refusedGss: false };
export const CLOSED: ConnectionState = { kind: "closed" };
