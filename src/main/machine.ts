import { availableParallelism, totalmem } from "node:os";
import type { Clock, Log, Network, Random, TimeZones } from "../env/index.js";
import {
  createNodeLog,
  NodeClock,
  NodeNetwork,
  NodeRandom,
  NodeTimeZones,
} from "../env/node/index.js";

/** All that the server takes from the machine it runs on. */
export interface Machine {
  readonly clock: Clock;
  readonly random: Random;
  readonly network: Network;
  readonly log: Log;
  readonly timeZones: TimeZones;
  readonly coreCount: number;
  /** What this process may use, by the machine or by its container. */
  readonly memoryBytes: number;
}

/** The machine this process runs on. */
export function thisMachine(): Machine {
  // A limit that is not set reads as 0 or as more than there is.
  const limit = process.constrainedMemory();
  const total = totalmem();
  return {
    clock: new NodeClock(),
    random: new NodeRandom(),
    network: new NodeNetwork(),
    log: createNodeLog("warn"),
    timeZones: new NodeTimeZones(),
    coreCount: availableParallelism(),
    memoryBytes: limit > 0 ? Math.min(limit, total) : total,
  };
}
