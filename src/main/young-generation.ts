import { setFlagsFromString } from "node:v8";

/**
 * Lets the heap's young generation reach its full size (16 MiB) in one step instead of doubling
 * while clients come: a connection is weighed at some 15 KB then, at 20 to 28 KB otherwise, and the
 * server collects garbage less often from the start. To be called before work begins.
 */
export function growYoungGenerationAtOnce(): void {
  setFlagsFromString("--semi-space-growth-factor=16");
}
