import { parseIn, type Dialect, type ParsedStatement } from "../parser/index.js";

/**
 * Bounds of what is kept: texts, and their characters in all. A character of a text stands for some
 * 200 bytes of trees and plans that hang on it, so this is about 50 MiB.
 */
const MOST_TEXTS = 2048;
const MOST_CHARS = 256 * 1024;
/** A longer text is seldom sent twice and would push out many others. */
const MOST_TEXT_CHARS = 16 * 1024;

/**
 * Texts that sessions have sent, parsed. Trees never change, so all sessions share them, and what
 * was found out about a tree can be kept by the tree itself (see query-planner/plan-cache.ts): it goes
 * with the text that was used least recently.
 */
export class StatementCache {
  /** By dialect and text: no text has a zero byte, so no two are one key. */
  private readonly byText = new Map<string, readonly ParsedStatement[]>();
  private chars = 0;

  /** The statements of a text, as `parseIn` answers them. */
  parsed(dialect: Dialect, text: string): readonly ParsedStatement[] {
    const key = dialect === "postgres" ? text : `${dialect}\0${text}`;
    const known = this.byText.get(key);
    if (known !== undefined) {
      // A Map remembers the order of insertion: the first is the one used least recently.
      this.byText.delete(key);
      this.byText.set(key, known);
      return known;
    }
    const statements = parseIn(dialect, text);
    if (text.length <= MOST_TEXT_CHARS) this.keep(key, statements);
    return statements;
  }

  private keep(key: string, statements: readonly ParsedStatement[]): void {
    this.byText.set(key, statements);
    this.chars += key.length;
    for (const oldest of this.byText.keys()) {
      if (this.byText.size <= MOST_TEXTS && this.chars <= MOST_CHARS) break;
      this.byText.delete(oldest);
      this.chars -= oldest.length;
    }
  }
}
