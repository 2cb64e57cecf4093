/** Whether two plans, or parts of them, are alike in every field. Columns are one by identity. */
export function sameStructure(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((element, i) => sameStructure(element, b[i]));
  }
  if (a instanceof Map || b instanceof Map || a instanceof Set || b instanceof Set) return false;
  const left = Object.entries(a);
  if (left.length !== Object.keys(b).length) return false;
  const other = new Map<string, unknown>(Object.entries(b));
  return left.every(([key, value]) => other.has(key) && sameStructure(value, other.get(key)));
}
