/** What a LIKE pattern with backslash escapes asks, once it is taken apart. */
export type LikeShape =
  | { readonly kind: "exact" | "prefix" | "suffix" | "contains"; readonly piece: string }
  /** Literal pieces with % between, before or after them; `pattern` holds no _ and no escape. */
  | { readonly kind: "parts"; readonly pattern: string }
  | { readonly kind: "anything" }
  | { readonly kind: "general" };

/**
 * The shape of a constant pattern. General where it has _, ends in an escape, or has a literal % or
 * backslash in a place where `parts` could not say so.
 */
export function likeShape(pattern: string): LikeShape {
  const pieces = piecesOf(pattern);
  if (pieces === undefined) return { kind: "general" };
  const [first = "", ...rest] = pieces;
  if (rest.length === 0) return { kind: "exact", piece: first };
  const last = rest.at(-1) ?? "";
  const inner = pieces.filter((piece) => piece !== "");
  const [only = ""] = inner;
  if (inner.length === 0) return { kind: "anything" };
  if (inner.length === 1) {
    if (first !== "") return { kind: "prefix", piece: only };
    return last !== "" ? { kind: "suffix", piece: only } : { kind: "contains", piece: only };
  }
  if (inner.some((piece) => /[%\\_]/.test(piece))) return { kind: "general" };
  return {
    kind: "parts",
    pattern: `${first}%${inner
      .slice(first === "" ? 0 : 1, last === "" ? undefined : -1)
      .map((p) => `${p}%`)
      .join("")}${last}`,
  };
}

/** Literal text between the % of a pattern, escapes resolved; undefined where it has _ or ends so. */
function piecesOf(pattern: string): readonly string[] | undefined {
  const pieces: string[] = [];
  let piece = "";
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern.charAt(at);
    if (char === "_") return undefined;
    if (char === "%") {
      pieces.push(piece);
      piece = "";
      continue;
    }
    if (char !== "\\") {
      piece += char;
      continue;
    }
    at += 1;
    if (at === pattern.length) return undefined;
    piece += pattern.charAt(at);
  }
  return [...pieces, piece];
}
