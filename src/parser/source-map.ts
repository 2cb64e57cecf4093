/** From the grammar's UTF-8 byte offsets to characters; a table is built only where they differ. */
export class SourceMap {
  readonly text: string;
  readonly #ascii: boolean;
  readonly #hidden_chars: number;
  #offsets: Offsets | undefined;

  /** `hidden_chars`: length of an ASCII prefix that the user did not write. */
  constructor(text: string, hidden_chars = 0) {
    this.text = text;
    this.#ascii = isAscii(text);
    this.#hidden_chars = hidden_chars;
  }

  /**
   * Character position from 1 of a byte offset. The grammar leaves out offsets that are 0, so
   * undefined is the text's start; negative offsets stand for "nowhere".
   */
  position(byte_offset: number | undefined): number | undefined {
    const offset = byte_offset ?? 0;
    if (offset < 0) return undefined;
    const position = this.#charsBefore(offset) + 1 - this.#hidden_chars;
    return position > 0 ? position : undefined;
  }

  /** Index into `text` (UTF-16 units) of a byte offset. */
  index(byte_offset: number): number {
    if (this.#ascii) return Math.min(byte_offset, this.text.length);
    this.#offsets ??= offsetsOf(this.text);
    return this.#offsets.units[byte_offset] ?? this.text.length;
  }

  #charsBefore(byte_offset: number): number {
    if (this.#ascii) return byte_offset;
    this.#offsets ??= offsetsOf(this.text);
    return this.#offsets.chars[byte_offset] ?? 0;
  }
}

/** By byte: how many characters and how many UTF-16 units lie before. */
interface Offsets {
  readonly chars: Uint32Array;
  readonly units: Uint32Array;
}

function offsetsOf(text: string): Offsets {
  const size_bytes = new TextEncoder().encode(text).length;
  const chars = new Uint32Array(size_bytes + 1);
  const units = new Uint32Array(size_bytes + 1);
  let byte = 0;
  let unit = 0;
  let char = 0;
  for (const character of text) {
    const end = byte + utf8Length(character.codePointAt(0) ?? 0);
    chars.fill(char, byte, end);
    units.fill(unit, byte, end);
    byte = end;
    unit += character.length;
    char += 1;
  }
  chars[size_bytes] = char;
  units[size_bytes] = unit;
  return { chars, units };
}

function utf8Length(code_point: number): number {
  if (code_point < 0x80) return 1;
  if (code_point < 0x800) return 2;
  return code_point < 0x10000 ? 3 : 4;
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) > 0x7f) return false;
  }
  return true;
}
