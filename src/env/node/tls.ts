import { X509Certificate } from "node:crypto";
import type { Socket as TcpSocket } from "node:net";
import {
  createSecureContext,
  createServer,
  type Server,
  type TlsOptions,
  type TLSSocket,
} from "node:tls";
import type { ClientCertificate, TlsContext, TlsFacts, TlsIdentity } from "../network.js";
import { endPointHash } from "./end-point-hash.js";

interface Pending {
  readonly resolve: (socket: TLSSocket) => void;
}

function optionsOf({ certificate, key, clientAuthorities }: TlsIdentity): TlsOptions {
  return {
    cert: certificate,
    key,
    minVersion: "TLSv1.2",
    ...(clientAuthorities === null ? {} : { ca: clientAuthorities }),
  };
}

/** A TLS server that listens nowhere: connections are handed to it. */
export class NodeTlsContext implements TlsContext {
  private readonly pending = new Map<string, Pending>();
  private server: Server;
  private endPoint: Uint8Array | null;

  constructor(
    identity: TlsIdentity,
    private readonly protocols: readonly string[],
  ) {
    this.server = this.newServer(identity);
    this.endPoint = endPointHash(identity.certificate);
  }

  replace(identity: TlsIdentity): void {
    const server = this.newServer(identity);
    const endPoint = endPointHash(identity.certificate);
    [this.server, this.endPoint] = [server, endPoint];
  }

  /** The server's side of a handshake over `tcp`, which must be paused. */
  async secure(tcp: TcpSocket): Promise<{ readonly socket: TLSSocket; readonly facts: TlsFacts }> {
    const { endPoint } = this;
    const key = addressKey(tcp);
    const socket = await new Promise<TLSSocket>((resolve, reject) => {
      this.pending.set(key, { resolve });
      const failed = (): void => reject(new Error("the TLS handshake failed"));
      tcp.once("close", failed);
      // TLS over it takes this on: a peer that leaves amid the handshake is not waited for.
      tcp.allowHalfOpen = false;
      this.server.emit("connection", tcp);
    }).finally(() => this.pending.delete(key));
    return { socket, facts: factsOf(socket, endPoint) };
  }

  private newServer(identity: TlsIdentity): Server {
    const options = optionsOf(identity);
    // Throws what is wrong with them.
    createSecureContext(options);
    const asked = identity.clientAuthorities !== null;
    const server = createServer({
      ...options,
      // A certificate that is not believed is told of in the protocol's own words.
      requestCert: asked,
      rejectUnauthorized: false,
      ALPNProtocols: [...this.protocols],
    } as TlsOptions);
    server.on("secureConnection", (socket) => {
      socket.allowHalfOpen = true;
      this.pending.get(addressKey(socket))?.resolve(socket);
    });
    server.on("tlsClientError", (_error, socket) => socket.destroy());
    return server;
  }
}

function addressKey(socket: {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
}): string {
  return `${socket.remoteAddress ?? ""} ${String(socket.remotePort ?? 0)}`;
}

function factsOf(socket: TLSSocket, endPoint: Uint8Array | null): TlsFacts {
  const { alpnProtocol } = socket;
  return {
    version: socket.getProtocol() ?? "",
    cipher: socket.getCipher().standardName,
    applicationProtocol: typeof alpnProtocol === "string" ? alpnProtocol : null,
    serverEndPoint: endPoint,
    clientCertificate: clientCertificate(socket),
  };
}

function clientCertificate(socket: TLSSocket): ClientCertificate | null {
  const { raw } = socket.getPeerCertificate() as { readonly raw?: Buffer };
  if (raw === undefined) return null;
  const { subject } = new X509Certificate(raw);
  // One attribute a line, the most general first; RFC 2253 wants the most particular first.
  const attributes = subject.split("\n").filter((line) => line !== "");
  const name = attributes.findLast((line) => line.startsWith("CN="));
  const problem: unknown = socket.authorizationError;
  return {
    commonName: name?.slice("CN=".length),
    distinguishedName: attributes.reverse().join(","),
    problem: socket.authorized ? null : String(problem ?? "not authorized"),
  };
}
