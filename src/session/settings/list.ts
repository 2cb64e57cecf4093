import { invalidParameterValue } from "../../errors/index.js";

/**
 * The items of a comma-separated list of identifiers: unquoted ones are folded to lower case, as
 * PostgreSQL's SplitIdentifierString does. Null where the syntax is wrong.
 */
export function splitIdentifiers(text: string): readonly string[] | null {
  const items: string[] = [];
  const item = /\s*(?:"((?:[^"]|"")*)"|([^\s,"]+))\s*(,|$)/y;
  if (text.trim() === "") return items;
  for (;;) {
    const match = item.exec(text);
    if (match === null) return null;
    const [, quoted, plain = "", separator] = match;
    items.push(quoted === undefined ? plain.toLowerCase() : quoted.replaceAll('""', '"'));
    if (separator === "") return items;
  }
}

/** The same with the case kept, for key words. */
export function splitList(text: string): readonly string[] | null {
  if (text.trim() === "") return [];
  const items = text.split(",").map((item) => item.trim());
  return items.includes("") ? null : items;
}

/** The check of a list of key words, of which each is one of those given. */
export function keywordList(
  parameter: string,
  words: readonly string[],
): (value: string) => string {
  return (value) => {
    const found = splitIdentifiers(value);
    if (found === null) {
      throw invalidParameterValue(parameter, value, { detail: "List syntax is invalid." });
    }
    const unknown = found.find((word) => !words.includes(word));
    if (unknown === undefined) return value;
    const detail = `Unrecognized key word: "${unknown}".`;
    throw invalidParameterValue(parameter, value, { detail });
  };
}

const PLAIN_IDENTIFIER = /^[a-z_][a-z0-9_$]*$/;

/** An identifier as it must be written; words of SQL are quoted only where that is needed. */
export function quoteIdentifier(name: string): string {
  return PLAIN_IDENTIFIER.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
