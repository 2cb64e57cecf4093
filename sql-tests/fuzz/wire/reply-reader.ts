/** Types of message that a server may send, as PostgreSQL's protocol lists them. */
const SIGNAL_TAGS = new Set(["1", "2", "3", "n", "s", "I", "c"]);
const TEXT_TAGS = new Set(["A", "C", "S", "R", "v", "t", "H", "G", "d", "V"]);
const HEADER_BYTES = 5;

/** A reply that no server may send, or an error that says the server is at fault. */
export class BadReply extends Error {}

/** What an ErrorResponse or NoticeResponse said. */
export interface SaidReport {
  readonly severity: string;
  readonly sqlstate: string;
  readonly message: string;
}

/** Reads a server's messages strictly: each must be whole and of a known form. */
export class ReplyReader {
  /** ReadyForQuery messages so far. */
  readyCount = 0;
  readonly tags: string[] = [];
  /** BackendKeyData's body: process number and secret. */
  cancelKey: Buffer | null = null;
  /** What errors said. */
  readonly errors: SaidReport[] = [];
  #rest: Buffer = Buffer.alloc(0);

  /** Throws BadReply. */
  take(chunk: Buffer): void {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (bytes.length >= HEADER_BYTES) {
      const length = bytes.readInt32BE(1) + 1;
      if (length < HEADER_BYTES) throw new BadReply(`a length of ${String(length - 1)}`);
      if (bytes.length < length) break;
      this.#message(String.fromCharCode(bytes[0] ?? 0), bytes.subarray(HEADER_BYTES, length));
      bytes = bytes.subarray(length);
    }
    this.#rest = Buffer.from(bytes);
  }

  /** Throws BadReply where the stream ends inside a message. */
  end(): void {
    if (this.#rest.length > 0) throw new BadReply(`${String(this.#rest.length)} bytes are left`);
  }

  #message(tag: string, body: Buffer): void {
    this.tags.push(tag);
    if (SIGNAL_TAGS.has(tag)) {
      if (body.length > 0) throw new BadReply(`${tag} with a body`);
    } else if (tag === "Z") {
      if (!/^[ITE]$/.test(body.toString("latin1"))) throw new BadReply("Z of no known status");
      this.readyCount += 1;
    } else if (tag === "E" || tag === "N") {
      this.#report(tag, body);
    } else if (tag === "D") {
      checkRow(body);
    } else if (tag === "T") {
      checkDescription(body);
    } else if (tag === "K") {
      this.cancelKey = Buffer.from(body);
    } else if (!TEXT_TAGS.has(tag)) {
      throw new BadReply(`a message of type ${JSON.stringify(tag)}`);
    }
  }

  #report(tag: string, body: Buffer): void {
    const fields = new Map<string, string>();
    let at = 0;
    while (at < body.length && body[at] !== 0) {
      const end = body.indexOf(0, at + 1);
      if (end < 0) throw new BadReply("a report whose field does not end");
      fields.set(String.fromCharCode(body[at] ?? 0), body.toString("utf8", at + 1, end));
      at = end + 1;
    }
    if (at !== body.length - 1) throw new BadReply("a report that does not end where it says");
    const sqlstate = fields.get("C") ?? "";
    const message = fields.get("M") ?? "";
    if (!/^[0-9A-Z]{5}$/.test(sqlstate)) throw new BadReply(`SQLSTATE "${sqlstate}"`);
    if (sqlstate.startsWith("XX")) throw new BadReply(`${sqlstate}: ${message}`);
    if (tag === "E") this.errors.push({ severity: fields.get("S") ?? "", sqlstate, message });
  }
}

function checkRow(body: Buffer): void {
  let at = 2;
  for (let left = body.readUInt16BE(0); left > 0; left -= 1) {
    if (at + 4 > body.length) throw new BadReply("a row with fewer values than it says");
    at += 4 + Math.max(0, body.readInt32BE(at));
  }
  if (at !== body.length) throw new BadReply("a row whose values do not fill it");
}

/** Behind a column's name: table, number, type, size, modifier, format. */
const COLUMN_FACT_BYTES = 18;

function checkDescription(body: Buffer): void {
  let at = 2;
  for (let left = body.readUInt16BE(0); left > 0; left -= 1) {
    const end = body.indexOf(0, at);
    if (end < 0) throw new BadReply("a column whose name does not end");
    at = end + 1 + COLUMN_FACT_BYTES;
  }
  if (at !== body.length) throw new BadReply("a description whose columns do not fill it");
}
