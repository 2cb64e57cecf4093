/** What a text is made of. */
export type TokenKind = "word" | "name" | "string" | "number" | "parameter" | "symbol";

/** One token; blanks and comments are none. */
export interface Token {
  readonly kind: TokenKind;
  /** As written. */
  readonly text: string;
  /** A word in lower case, a name or string without quotes and escapes; else the text. */
  readonly value: string;
  /** UTF-16 units of the text, from 0. */
  readonly start: number;
  readonly end: number;
}

/** Whether a token is one of these words, written without quotes. */
export function isWord(token: Token | undefined, ...words: readonly string[]): boolean {
  return token?.kind === "word" && words.includes(token.value);
}

export function isSymbol(token: Token | undefined, symbol: string): boolean {
  return token?.kind === "symbol" && token.text === symbol;
}
