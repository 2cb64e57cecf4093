import type { TlsFacts } from "../env/index.js";
import type { Session } from "../session/index.js";

/** Where a connection is. Each step takes a state and a message and answers the next state. */
export type ConnectionState =
  /** Before it is logged in; which requests of encryption were answered, and what TLS settled. */
  | {
      readonly kind: "startup";
      readonly answeredSsl: boolean;
      readonly answeredGss: boolean;
      readonly tls: TlsFacts | null;
    }
  /** After ReadyForQuery. */
  | { readonly kind: "idle"; readonly session: Session }
  /** After messages of the extended protocol, before their Sync. */
  | { readonly kind: "pipeline"; readonly session: Session }
  /** After an error in a pipeline: all is skipped up to Sync. */
  | { readonly kind: "skipping"; readonly session: Session }
  | { readonly kind: "closed" };

export const STARTUP: ConnectionState = {
  kind: "startup",
  answeredSsl: false,
  answeredGss: false,
  tls: null,
};
export const CLOSED: ConnectionState = { kind: "closed" };
