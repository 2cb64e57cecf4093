/** A TCP end point. */
export interface Address {
  readonly host: string;
  readonly port: number;
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
}
