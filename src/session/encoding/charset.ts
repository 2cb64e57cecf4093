import { noEquivalent } from "../../errors/index.js";
import { SINGLE_BYTE_TABLES } from "./tables.js";

const REPLACEMENT = 0x3f;
const FIRST_HIGH = 0x80;

/** A client's encoding of one byte a character, of which the lower half is ASCII. */
export class Charset {
  /** Characters of the upper half; 0 where a byte means nothing. */
  private readonly characters: readonly number[];
  private readonly bytes: ReadonlyMap<number, number>;

  constructor(
    /** As client_encoding names it. */
    readonly name: string,
    upperHalf: readonly number[],
  ) {
    this.characters = upperHalf;
    this.bytes = new Map(upperHalf.map((character, i) => [character, FIRST_HIGH + i]));
  }

  /** Throws 22P05 at a byte that means nothing. */
  decode(from: Uint8Array): string {
    let text = "";
    for (const byte of from) text += String.fromCodePoint(this.characterOf(byte));
    return text;
  }

  /** For names and messages: what it cannot say becomes a question mark. */
  encodeLossy(text: string): Buffer {
    const bytes = Array.from(text, (each) => {
      const character = each.codePointAt(0) ?? 0;
      return character < FIRST_HIGH ? character : (this.bytes.get(character) ?? REPLACEMENT);
    });
    return Buffer.from(bytes);
  }

  /**
   * Writes UTF-8 text from `from[start, end)` to `to`, which may be shorter by what it saves; answers
   * the end. Throws 22P05 at a character that this has not.
   */
  transcode(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): number {
    let next = at;
    for (let i = start; i < end;) {
      const lead = from[i] ?? 0;
      if (lead < FIRST_HIGH) {
        to[next++] = lead;
        i += 1;
        continue;
      }
      const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
      const byte = this.bytes.get(characterAt(from, i, length));
      if (byte === undefined) {
        throw noEquivalent(from.subarray(i, Math.min(i + length, end)), "UTF8", this.name);
      }
      to[next++] = byte;
      i += length;
    }
    return next;
  }

  private characterOf(byte: number): number {
    if (byte < FIRST_HIGH) return byte;
    const character = this.characters[byte - FIRST_HIGH] ?? 0;
    if (character === 0) throw noEquivalent(Uint8Array.of(byte), this.name, "UTF8");
    return character;
  }
}

function characterAt(bytes: Uint8Array, at: number, length: number): number {
  const lead = bytes[at] ?? 0;
  let character = lead & (0xff >> (length + 1));
  for (let i = 1; i < length; i++) character = (character << 6) | ((bytes[at + i] ?? 0) & 0x3f);
  return character;
}

const known = new Map<string, Charset>();

/** The conversion for an encoding's canonical name; null where text is UTF-8 as it is. */
export function charsetOf(name: string): Charset | null {
  const table = SINGLE_BYTE_TABLES.get(name);
  if (table === undefined) return null;
  let charset = known.get(name);
  if (charset === undefined) {
    charset = new Charset(name, table());
    known.set(name, charset);
  }
  return charset;
}

/** Whether there is a conversion. */
export function hasCharset(name: string): boolean {
  return SINGLE_BYTE_TABLES.has(name);
}
