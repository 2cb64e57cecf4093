import { featureNotSupported, malformedArrayLiteral } from "../errors/index.js";

/** The elements of `{a,"b c",NULL}`: texts, or null. Nested arrays are not supported. */
export function arrayElements(
  text: string,
  position: number | undefined,
): readonly (string | null)[] {
  const trimmed = text.trim();
  if (!trimmed.startsWith("{") || !trimmed.endsWith("}"))
    throw malformedArrayLiteral(text, position);
  const body = trimmed.slice(1, -1);
  if (body.trim() === "") return [];
  const elements: (string | null)[] = [];
  const element = /\s*(?:"((?:[^"\\]|\\.)*)"|((?:[^",{}\\]|\\.)+?))\s*(?:,|$)/suy;
  while (element.lastIndex < body.length) {
    if (/^\s*\{/.test(body.slice(element.lastIndex))) {
      throw featureNotSupported("arrays of arrays are not supported", position);
    }
    const match = element.exec(body);
    if (match === null) throw malformedArrayLiteral(text, position);
    const [, quoted, bare] = match;
    if (quoted === undefined && bare?.toUpperCase() === "NULL") elements.push(null);
    else elements.push((quoted ?? bare ?? "").replace(/\\(.)/gsu, "$1"));
  }
  if (body.trimEnd().endsWith(",")) throw malformedArrayLiteral(text, position);
  return elements;
}
