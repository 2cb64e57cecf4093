import { lookup, lookupService } from "node:dns/promises";
import { createServer, type Socket as TcpSocket } from "node:net";
import { networkInterfaces } from "node:os";
import type {
  Address,
  Listener,
  Network,
  Socket,
  SocketHandler,
  TlsContext,
  TlsFacts,
  TlsIdentity,
} from "../network.js";
import { NodeTlsContext } from "./tls.js";

/** Names are asked for machines; any port will do. */
const SOME_PORT = 1;

class NodeSocket implements Socket {
  readonly remote: Address;
  /** Where bytes go: the TCP socket, or TLS over it. */
  private stream: TcpSocket;
  private handler: SocketHandler | null = null;
  private failure: Error | null = null;

  constructor(tcp: TcpSocket) {
    this.remote = { host: tcp.remoteAddress ?? "", port: tcp.remotePort ?? 0 };
    this.stream = tcp;
  }

  get bufferedBytes(): number {
    return this.stream.writableLength;
  }

  /** Delivers to the handler from now on. */
  attach(handler: SocketHandler): void {
    this.handler = handler;
    this.stream.on("error", (error) => {
      this.failure = error;
    });
    this.stream.on("close", () => handler.closed(this.failure));
    this.deliver();
  }

  write(bytes: Uint8Array, flushed?: () => void): void {
    // After the peer is gone Node still calls back, with an error: the memory is free either way.
    if (flushed === undefined) this.stream.write(bytes);
    else this.stream.write(bytes, () => flushed());
  }

  async startTls(context: TlsContext, received: Uint8Array): Promise<TlsFacts> {
    if (!(context instanceof NodeTlsContext)) throw new Error("a TLS context of another network");
    const tcp = this.stream;
    tcp.removeAllListeners("data").removeAllListeners("end");
    tcp.pause();
    if (received.length > 0) tcp.unshift(received);
    const { socket, facts } = await context.secure(tcp);
    socket.on("error", (error) => {
      this.failure = error;
    });
    this.stream = socket;
    this.deliver();
    return facts;
  }

  pause(): void {
    this.stream.pause();
  }

  resume(): void {
    this.stream.resume();
  }

  end(): void {
    this.stream.end();
  }

  destroy(): void {
    this.stream.destroy();
  }

  private deliver(): void {
    const { handler, stream } = this;
    stream.on("data", (bytes: Uint8Array) => handler?.data(bytes));
    stream.on("end", () => handler?.ended());
  }
}

/** TCP through node:net. Small replies must not wait for more: Nagle's algorithm is off. */
export class NodeNetwork implements Network {
  listen(address: Address, accept: (socket: Socket) => SocketHandler): Promise<Listener> {
    // The reply to the last message of a client that has already sent its FIN must still go out.
    const options = { noDelay: true, keepAlive: true, allowHalfOpen: true };
    const server = createServer(options, (tcp) => {
      const socket = new NodeSocket(tcp);
      socket.attach(accept(socket));
    });
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host: address.host, port: address.port, backlog: 1024 }, () => {
        server.removeListener("error", reject);
        // A failing accept (for example EMFILE) costs that connection, never the server.
        server.on("error", () => undefined);
        const bound = server.address();
        const port = typeof bound === "object" && bound !== null ? bound.port : address.port;
        resolve({ address: { host: address.host, port }, close: () => server.close() });
      });
    });
  }

  tlsContext(identity: TlsIdentity, protocols: readonly string[]): TlsContext {
    return new NodeTlsContext(identity, protocols);
  }

  interfaces(): readonly { readonly address: string; readonly mask: string }[] {
    return Object.values(networkInterfaces()).flatMap((each) =>
      (each ?? []).map(({ address, netmask }) => ({ address, mask: netmask })),
    );
  }

  async hostNameOf(address: string): Promise<string | null> {
    try {
      return (await lookupService(address, SOME_PORT)).hostname;
    } catch {
      return null;
    }
  }

  async addressesOf(name: string): Promise<readonly string[]> {
    try {
      return (await lookup(name, { all: true })).map(({ address }) => address);
    } catch {
      return [];
    }
  }
}
