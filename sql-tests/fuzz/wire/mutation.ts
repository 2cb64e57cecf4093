import type { SeededRandom } from "../../../src/testing/seeded-random.js";

const HEADER_BYTES = 5;
const MOST_GARBAGE_BYTES = 40;
/** Lengths and counts at which readers go wrong. */
const BORDERS = [0, 1, -1, 3, 4, 5, 0x7fff, -0x8000, 0x7fffffff, -0x80000000, 0x3fffffff, 0x10000];

export function oneOf<T>(items: readonly T[], random: SeededRandom): T {
  return items[random.below(items.length)] as T;
}

/** The message with one thing wrong about it. */
export function mutated(message: Uint8Array, random: SeededRandom): Uint8Array {
  const bytes = Uint8Array.from(message);
  const view = new DataView(bytes.buffer);
  const at = random.below(bytes.length);
  switch (random.below(9)) {
    case 0:
      bytes[at] = random.below(256);
      return bytes;
    case 1:
      return bytes.subarray(0, at);
    case 2:
      if (bytes.length >= HEADER_BYTES) view.setInt32(1, oneOf(BORDERS, random));
      return bytes;
    case 3:
      return random.bytes(random.below(MOST_GARBAGE_BYTES));
    case 4:
      // Cut short with a length that fits: fields run past the end.
      return reframed(bytes.subarray(0, Math.max(HEADER_BYTES, at)));
    case 5:
      return reframed(Uint8Array.from([...bytes, ...random.bytes(1 + random.below(9))]));
    case 6:
      if (at + 4 <= bytes.length) view.setInt32(at, oneOf(BORDERS, random));
      return bytes;
    case 7:
      if (at + 2 <= bytes.length) view.setInt16(at, oneOf(BORDERS, random));
      return bytes;
    default:
      bytes[0] = random.below(256);
      return bytes;
  }
}

/** The same body behind the length it has. */
function reframed(message: Uint8Array): Uint8Array {
  const framed = Uint8Array.from(message);
  if (framed.length >= HEADER_BYTES) new DataView(framed.buffer).setInt32(1, framed.length - 1);
  return framed;
}
