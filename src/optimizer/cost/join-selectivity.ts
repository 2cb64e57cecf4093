/** The share of pairs with equal values: the rarer value set is contained in the other. */
export function equalitySelectivity(leftDistinct: number, rightDistinct: number): number {
  return 1 / Math.max(1, leftDistinct, rightDistinct);
}

export interface KeyDistinct {
  readonly left: number;
  readonly right: number;
}

/**
 * The share of pairs that agree in all keys. Several keys together take no more values than a side
 * has rows; the smaller of the two counts stands for both, since keys that refer to each other hold
 * the same pairs however many each alone could form.
 */
export function joinSelectivity(
  keys: readonly KeyDistinct[],
  leftRows: number,
  rightRows: number,
): number {
  if (keys.length === 0) return 1;
  const [only] = keys;
  if (keys.length === 1 && only !== undefined) return equalitySelectivity(only.left, only.right);
  const product = (side: "left" | "right"): number =>
    keys.reduce((sum, key) => sum * Math.max(1, key[side]), 1);
  const left = Math.min(product("left"), Math.max(1, leftRows));
  const right = Math.min(product("right"), Math.max(1, rightRows));
  const single = keys.reduce((most, key) => Math.max(most, key.left, key.right), 1);
  return 1 / Math.max(1, single, Math.min(left, right));
}
