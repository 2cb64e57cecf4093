/** A whole number from 0, below a bound. */
export type Random = (below: number) => number;

/** Numbers of a linear congruential row: the same for the same seed. */
export function generator(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * Math.max(below, 1));
  };
}
