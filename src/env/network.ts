/** A TCP end point. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** A certificate that the client's side of TLS presented. */
export interface ClientCertificate {
  /** The subject's CN; undefined where it has none. */
  readonly commonName: string | undefined;
  /** The subject, as RFC 2253 writes it. */
  readonly distinguishedName: string;
  /** Why it is not to be believed; null where it was signed by who may. */
  readonly problem: string | null;
}

/** What TLS settled. */
export interface TlsFacts {
  /** Such as "TLSv1.3". */
  readonly version: string;
  readonly cipher: string;
  /** ALPN; null where the client named no protocol. */
  readonly applicationProtocol: string | null;
  /** tls-server-end-point (RFC 5929): a hash of the server's certificate; null where none is defined. */
  readonly serverEndPoint: Uint8Array | null;
  readonly clientCertificate: ClientCertificate | null;
}

/** Key and certificates as PEM. */
export interface TlsIdentity {
  readonly certificate: string;
  readonly key: string;
  /** Who signs clients' certificates; null: clients are not asked for one. */
  readonly clientAuthorities: string | null;
}

/** What the server's side of TLS is made of; of the Network that made it. */
export interface TlsContext {
  /** Throws where key or certificates make no sense; connections keep what they started with. */
  replace(identity: TlsIdentity): void;
}

/** One accepted connection. */
export interface Socket {
  readonly remote: Address;
  /** Bytes given to `write` that the operating system has not taken yet. */
  readonly bufferedBytes: number;
  /**
   * Queues bytes without copying them. `flushed` is called once, when the memory may be used again:
   * the operating system took the bytes, or the socket died.
   */
  write(bytes: Uint8Array, flushed?: () => void): void;
  /**
   * Makes the connection a TLS one: what is written and delivered from now on is inside of it.
   * `received` are bytes of the handshake that were delivered already. Rejects where the handshake
   * fails; the socket is closed then.
   */
  startTls(context: TlsContext, received: Uint8Array): Promise<TlsFacts>;
  /** Stops and restarts delivery of `data`. */
  pause(): void;
  resume(): void;
  /** Closes after all queued bytes are sent. */
  end(): void;
  /** Closes now; queued bytes are lost. */
  destroy(): void;
}

/** Receives what happens on a socket. Nothing is called after `closed`. */
export interface SocketHandler {
  data(bytes: Uint8Array): void;
  /** The peer sends nothing more. */
  ended(): void;
  /** The socket is gone; called exactly once. */
  closed(error: Error | null): void;
}

export interface Listener {
  /** Where it listens; the port is the real one if 0 was asked for. */
  readonly address: Address;
  /** Accepts no further connection; those accepted live on. */
  close(): void;
}

export interface Network {
  /** Rejects with the system's error (`code` EADDRINUSE, EACCES …) when it cannot listen. */
  listen(address: Address, accept: (socket: Socket) => SocketHandler): Promise<Listener>;
  /** Throws where key or certificates make no sense. `protocols`: ALPN. */
  tlsContext(identity: TlsIdentity, protocols: readonly string[]): TlsContext;
  /** The machine's own addresses with their masks. */
  interfaces(): readonly { readonly address: string; readonly mask: string }[];
  /** The name of an address; null where it has none or nobody answers. */
  hostNameOf(address: string): Promise<string | null>;
  /** All addresses of a name; none where there is no such name. */
  addressesOf(name: string): Promise<readonly string[]>;
}
