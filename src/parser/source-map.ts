/** From the grammar's UTF-8 byte offsets to characters; a table is built only where they differ. */
export class SourceMap {
  readonly text: string;
  readonly #ascii: boolean;
  readonly #hidden_chars: number;
  #chars: Uint32Array | undefined;
  #units: Uint32Array | undefined;

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
    this.#units ?? this.#build();
    return this.#units?.[byte_offset] ?? this.text.length;
  }

  #charsBefore(byte_offset: number): number {
    if (this.#ascii) return byte_offset;
    this.#chars ?? this.#build();
    return this.#chars?.[byte_offset] ?? 0;
  }

  #build(): void {
    const size_bytes = new TextEncoder().encode(this.text).length;
    const chars = new Uint32Array(size_bytes + 1);
    const units = new Uint32Array(size_bytes + 1);
    let byte = 0;
    let unit = 0;
    let char = 0;
    for (const character of this.text) {
      const end = byte + utf8Length(character.codePointAt(0) ?? 0);
      chars.fill(char, byte, end);
      units.fill(unit, byte, end);
      byte = end;
      unit += character.length;
      char += 1;
    }
    chars[size_bytes] = char;
    units[size_bytes] = unit;
    this.#chars = chars;
    this.#units = units;
  }
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
