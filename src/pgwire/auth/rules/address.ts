import { isIPv4, isIPv6 } from "node:net";

/** A network of addresses: the first `prefix` bits are the same. */
export interface AddressRange {
  readonly bytes: Uint8Array;
  readonly prefix: number;
}

/** Bytes of an address: 4 or 16; an IPv4 address inside IPv6 is that IPv4 address. Null: none. */
export function addressBytes(text: string): Uint8Array | null {
  if (isIPv4(text)) return Uint8Array.from(text.split(".").map(Number));
  const bare = text.replace(/%.*$/, "");
  if (!isIPv6(bare)) return null;
  const bytes = ipv6Bytes(bare);
  const mapped = bytes.subarray(0, 10).every((byte) => byte === 0);
  return mapped && bytes[10] === 255 && bytes[11] === 255 ? bytes.subarray(12) : bytes;
}

function ipv6Bytes(text: string): Uint8Array {
  const tail = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  let plain = text;
  if (tail !== null) {
    const [a = 0, b = 0, c = 0, d = 0] = tail.slice(1).map(Number);
    const groups = [a * 256 + b, c * 256 + d].map((group) => group.toString(16)).join(":");
    plain = text.slice(0, tail.index) + groups;
  }
  const [head = "", rest] = plain.split("::");
  const groupsOf = (part: string): readonly string[] => (part === "" ? [] : part.split(":"));
  const before = groupsOf(head);
  const after = rest === undefined ? [] : groupsOf(rest);
  const zeros = new Array<string>(8 - before.length - after.length).fill("0");
  const words = [...before, ...zeros, ...after].map((word) => parseInt(word, 16));
  return Uint8Array.from(words.flatMap((word) => [word >> 8, word & 255]));
}

/** `address/bits`; null where it is none. */
export function parseRange(text: string): AddressRange | null {
  const slash = text.indexOf("/");
  const bytes = addressBytes(slash < 0 ? text : text.slice(0, slash));
  if (bytes === null || slash < 0) return null;
  const digits = text.slice(slash + 1);
  const prefix = /^\d{1,3}$/.test(digits) ? Number(digits) : -1;
  return prefix < 0 || prefix > bytes.length * 8 ? null : { bytes, prefix };
}

/** An address and a mask written out, as interfaces and the older form of rules have it. */
export function rangeOfMask(address: string, mask: string): AddressRange | null {
  const bytes = addressBytes(address);
  const maskBytes = addressBytes(mask);
  if (bytes === null || maskBytes?.length !== bytes.length) return null;
  const bits = [...maskBytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const match = /^(1*)0*$/.exec(bits);
  return match === null ? null : { bytes, prefix: match[1]?.length ?? 0 };
}

export function inRange(address: Uint8Array, { bytes, prefix }: AddressRange): boolean {
  if (address.length !== bytes.length) return false;
  for (let bit = 0; bit < prefix; bit += 8) {
    const mask = bit + 8 <= prefix ? 0xff : 0xff & (0xff << (8 - (prefix - bit)));
    if ((((address[bit / 8] ?? 0) ^ (bytes[bit / 8] ?? 0)) & mask) !== 0) return false;
  }
  return true;
}

/** Whether every address of the range is the machine's own. */
export function isLoopbackRange(range: AddressRange): boolean {
  if (range.bytes.length === 4) return range.bytes[0] === 127 && range.prefix >= 8;
  return range.prefix === 128 && isLoopbackAddress(range.bytes);
}

export function isLoopbackAddress(bytes: Uint8Array): boolean {
  if (bytes.length === 4) return bytes[0] === 127;
  return bytes.every((byte, index) => byte === (index === 15 ? 1 : 0));
}
