import type { SeededRandom } from "../../../src/testing/seeded-random.js";
import { TYPE_FACTS } from "../../../src/types/index.js";
import { oneOf } from "./mutation.js";

/** Types that parameters may be declared with, and some that nobody knows. */
const OIDS: readonly number[] = [
  ...Object.values(TYPE_FACTS).map(({ oid }) => oid),
  ...[0, 1, 114, 1009, 1007, 3802, 2287, 1266, 869, 600, 4_294_967_295],
];
const SIZES = [0, 1, 2, 3, 4, 5, 8, 12, 16, 17, 20, 64, 1000];
const FILLS = [0x00, 0x01, 0x7f, 0x80, 0xff];
const TEXTS = [
  "",
  " ",
  "0",
  "-1",
  "1e400",
  "NaN",
  "Infinity",
  "-infinity",
  "99999999999999999999999999999999999999999999",
  "2024-02-30",
  "294277-01-01",
  "4714-11-24 BC",
  "24:00:00",
  "P1Y2M",
  "178000000 years",
  "\\x0",
  "\\xgg",
  "{1,2}",
  "{{1},{2,3}}",
  "(1,2)",
  "true",
  "0x1F",
  "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
  "\u{1f600}",
];

interface Value {
  readonly format: 0 | 1;
  readonly bytes: Uint8Array | null;
}

/** Parse, Bind, Describe, Execute and Sync of a statement whose parameters are hostile. */
export function parameterBarrage(random: SeededRandom): readonly Uint8Array[] {
  const count = 1 + random.below(4);
  const oids = Array.from({ length: count }, () => oneOf(OIDS, random));
  const places = oids.map((_, i) => `$${String(i + 1)}`);
  const text = random.below(3) === 0 ? `select coalesce(${places.join(", ")})` : useOf(places);
  const values = oids.map(() => valueOf(random));
  return [
    message("P", [cstring(""), cstring(text), int16(count), ...oids.map(int32)]),
    message("B", [
      ...[cstring(""), cstring(""), int16(count)],
      ...values.map(({ format }) => int16(format)),
      int16(count),
      ...values.map(({ bytes }) => counted(bytes)),
      ...[int16(1), int16(random.below(2))],
    ]),
    ...(random.below(2) === 0 ? [message("D", [Buffer.from("P\0")])] : []),
    message("E", [cstring(""), int32(random.below(3))]),
    message("S", []),
  ];
}

function useOf(places: readonly string[]): string {
  return `select ${places.join(", ")}`;
}

function valueOf(random: SeededRandom): Value {
  if (random.below(10) === 0) return { format: oneOf([0, 1], random), bytes: null };
  if (random.below(3) === 0) return { format: 0, bytes: Buffer.from(oneOf(TEXTS, random)) };
  return { format: 1, bytes: binary(random) };
}

function binary(random: SeededRandom): Uint8Array {
  const size = oneOf(SIZES, random);
  switch (random.below(4)) {
    case 0:
      return random.bytes(size);
    case 1:
      return new Uint8Array(size).fill(oneOf(FILLS, random));
    case 2:
      return numericBytes(random);
    default: {
      const bytes = new Uint8Array(size);
      if (size > 0) bytes[0] = oneOf(FILLS, random);
      return bytes;
    }
  }
}

/** A numeric in binary with counts, weights, signs and digits that may be anything. */
function numericBytes(random: SeededRandom): Uint8Array {
  const digits = random.below(6);
  const said = random.below(4) === 0 ? random.below(65_536) : digits;
  const signs = [0, 0x4000, 0xc000, 0xd000, 0xf000, 0x1234];
  const scales = [0, 2, 38, 1000, 0x3fff, 0x4000, 0xffff];
  const weights = [0, 1, 9, 100, 0x7fff, 0x8000, 0xffff];
  return Buffer.concat([
    ...[said, oneOf(weights, random), oneOf(signs, random), oneOf(scales, random)].map(int16),
    ...Array.from({ length: digits }, () => int16(oneOf([0, 1, 9999, 10_000, 65_535], random))),
  ]);
}

/** A message of a type with a body, behind its length. */
export function message(tag: string, parts: readonly Uint8Array[]): Uint8Array {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(tag), int32(body.length + 4), body]);
}

export function cstring(text: string): Uint8Array {
  return Buffer.from(`${text}\0`);
}

export function int16(value: number): Uint8Array {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value & 0xffff);
  return bytes;
}

export function int32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value | 0);
  return bytes;
}

function counted(bytes: Uint8Array | null): Uint8Array {
  return bytes === null ? int32(-1) : Buffer.concat([int32(bytes.length), bytes]);
}
