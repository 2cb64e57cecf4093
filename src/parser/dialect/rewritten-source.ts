import { SourceMap } from "../source-map.js";

/** A rewritten text whose positions are told in the text that the client wrote. */
export class RewrittenSource extends SourceMap {
  readonly #written: string;
  readonly #sourceOf: (offset: number) => number;
  #chars: Uint32Array | undefined;

  /** `sourceOf`: from an offset in `text` to one in `written`, both in UTF-16 units. */
  constructor(text: string, written: string, sourceOf: (offset: number) => number) {
    super(text);
    this.#written = written;
    this.#sourceOf = sourceOf;
  }

  override position(byte_offset: number | undefined): number | undefined {
    const offset = byte_offset ?? 0;
    if (offset < 0) return undefined;
    this.#chars ??= charsBefore(this.#written);
    return (this.#chars[this.#sourceOf(this.index(offset))] ?? 0) + 1;
  }
}

/** By UTF-16 unit: how many characters lie before. */
function charsBefore(text: string): Uint32Array {
  const chars = new Uint32Array(text.length + 1);
  let char = 0;
  for (let unit = 0; unit < text.length; unit += 1) {
    chars[unit] = char;
    const code = text.charCodeAt(unit);
    // The second half of a pair is no character of its own.
    if (code < 0xdc00 || code > 0xdfff) char += 1;
  }
  chars[text.length] = char;
  return chars;
}
