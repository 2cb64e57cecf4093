import { randomBytes } from "node:crypto";
import type { Random } from "../random.js";

/** The system's cryptographic random source. */
export class NodeRandom implements Random {
  bytes(count: number): Uint8Array {
    return randomBytes(count);
  }
}
