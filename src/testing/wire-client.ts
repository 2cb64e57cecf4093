import { connect, type Socket } from "node:net";
import { serialize } from "pg-protocol";

/** A backend message as it came. */
export interface WireMessage {
  readonly tag: string;
  readonly body: Buffer;
}

/** A client that sends what it is told to, in order or not, and shows what comes back. */
export class WireClient {
  private received = Buffer.alloc(0);
  private closed = false;
  private wake: (() => void) | null = null;

  private constructor(readonly socket: Socket) {
    socket.on("data", (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk]);
      this.notify();
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.closed = true;
      this.notify();
    });
  }

  /** A bare connection: nothing is sent. */
  static async open(port: number): Promise<WireClient> {
    const socket = connect({ host: "127.0.0.1", port, noDelay: true });
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    return new WireClient(socket);
  }

  /** A started connection; its startup messages are read already. */
  static async start(
    port: number,
    parameters: Readonly<Record<string, string>> = {},
  ): Promise<WireClient> {
    const client = await WireClient.open(port);
    client.send(serialize.startup({ user: "tester", database: "testdb", ...parameters }));
    await client.untilReady();
    return client;
  }

  send(...messages: readonly Uint8Array[]): void {
    this.socket.write(Buffer.concat(messages));
  }

  /** The next message; null where the server has hung up. */
  async next(): Promise<WireMessage | null> {
    for (;;) {
      const message = this.take();
      if (message !== null) return message;
      if (this.closed) return null;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  /** One byte, as the answer to an encryption request is. */
  async byte(): Promise<string> {
    while (this.received.length === 0 && !this.closed) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    const byte = this.received.subarray(0, 1).toString();
    this.received = this.received.subarray(1);
    return byte;
  }

  /** Messages up to and with ReadyForQuery, or the end of the connection. */
  async untilReady(): Promise<readonly WireMessage[]> {
    const messages: WireMessage[] = [];
    for (;;) {
      const message = await this.next();
      if (message === null) return messages;
      messages.push(message);
      if (message.tag === "Z") return messages;
    }
  }

  /** Messages up to the end of the connection. */
  async untilClosed(): Promise<readonly WireMessage[]> {
    const messages: WireMessage[] = [];
    for (let next = await this.next(); next !== null; next = await this.next()) messages.push(next);
    return messages;
  }

  /** Sends a simple query and answers what came back, said shortly. */
  async query(text: string): Promise<readonly string[]> {
    this.send(serialize.query(text));
    return (await this.untilReady()).map(brief);
  }

  close(): void {
    this.socket.destroy();
  }

  private take(): WireMessage | null {
    if (this.received.length < 5) return null;
    const length = this.received.readInt32BE(1) + 1;
    if (this.received.length < length) return null;
    const tag = this.received.toString("latin1", 0, 1);
    const body = this.received.subarray(5, length);
    this.received = this.received.subarray(length);
    return { tag, body };
  }

  private notify(): void {
    const { wake } = this;
    this.wake = null;
    wake?.();
  }
}

function cstring(body: Buffer, start = 0): string {
  return body.toString("utf8", start, body.indexOf(0, start));
}

/** Fields of an ErrorResponse or NoticeResponse by their letter. */
export function reportFields(body: Buffer): Readonly<Record<string, string>> {
  const fields: Record<string, string> = {};
  for (let at = 0; body[at] !== 0 && at < body.length;) {
    const value = cstring(body, at + 1);
    fields[String.fromCharCode(body[at] ?? 0)] = value;
    at += Buffer.byteLength(value) + 2;
  }
  return fields;
}

/** The values of a DataRow as text. */
export function rowValues(body: Buffer): readonly (string | null)[] {
  const values: (string | null)[] = [];
  let at = 2;
  for (let left = body.readUInt16BE(0); left > 0; left--) {
    const length = body.readInt32BE(at);
    at += 4;
    values.push(length < 0 ? null : body.toString("utf8", at, at + Math.max(0, length)));
    at += Math.max(0, length);
  }
  return values;
}

function columnNames(body: Buffer): string {
  const names: string[] = [];
  let at = 2;
  for (let left = body.readUInt16BE(0); left > 0; left--) {
    const name = cstring(body, at);
    at += Buffer.byteLength(name) + 1;
    names.push(
      `${name}:${String(body.readUInt32BE(at + 6))}:${String(body.readUInt16BE(at + 16))}`,
    );
    at += 18;
  }
  return names.join(",");
}

/** A message in a word or two, for comparing whole conversations. */
export function brief({ tag, body }: WireMessage): string {
  switch (tag) {
    case "T":
      return `T ${columnNames(body)}`;
    case "D":
      return `D ${rowValues(body)
        .map((value) => value ?? "NULL")
        .join(",")}`;
    case "C":
      return `C ${cstring(body)}`;
    case "Z":
      return `Z ${body.toString("latin1")}`;
    case "S":
      return `S ${cstring(body)}=${cstring(body, body.indexOf(0) + 1)}`;
    case "E":
    case "N": {
      const { S = "", C = "", M = "" } = reportFields(body);
      return `${tag} ${S} ${C} ${M}`;
    }
    case "t": {
      const oids: number[] = [];
      for (let at = 2; at < body.length; at += 4) oids.push(body.readUInt32BE(at));
      return `t ${oids.join(",")}`;
    }
    default:
      return tag;
  }
}
