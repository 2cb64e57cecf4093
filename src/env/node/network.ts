import { createServer, type Socket as TcpSocket } from "node:net";
import type { Address, Listener, Network, Socket, SocketHandler } from "../network.js";

class NodeSocket implements Socket {
  readonly remote: Address;

  constructor(private readonly tcp: TcpSocket) {
    this.remote = { host: tcp.remoteAddress ?? "", port: tcp.remotePort ?? 0 };
  }

  get bufferedBytes(): number {
    return this.tcp.writableLength;
  }

  write(bytes: Uint8Array, flushed?: () => void): void {
    // After the peer is gone Node still calls back, with an error: the memory is free either way.
    if (flushed === undefined) this.tcp.write(bytes);
    else this.tcp.write(bytes, () => flushed());
  }

  pause(): void {
    this.tcp.pause();
  }

  resume(): void {
    this.tcp.resume();
  }

  end(): void {
    this.tcp.end();
  }

  destroy(): void {
    this.tcp.destroy();
  }
}

function attach(tcp: TcpSocket, accept: (socket: Socket) => SocketHandler): void {
  const handler = accept(new NodeSocket(tcp));
  let failure: Error | null = null;
  tcp.on("data", (bytes: Uint8Array) => handler.data(bytes));
  tcp.on("end", () => handler.ended());
  tcp.on("error", (error) => {
    failure = error;
  });
  tcp.on("close", () => handler.closed(failure));
}

/** TCP through node:net. Small replies must not wait for more: Nagle's algorithm is off. */
export class NodeNetwork implements Network {
  listen(address: Address, accept: (socket: Socket) => SocketHandler): Promise<Listener> {
    // The reply to the last message of a client that has already sent its FIN must still go out.
    const options = { noDelay: true, keepAlive: true, allowHalfOpen: true };
    const server = createServer(options, (tcp) => attach(tcp, accept));
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
}
