/** The Node versions of env's interfaces; only main and tests construct them. */
export { NodeClock } from "./clock.js";
export { createNodeLog } from "./log.js";
export { NodeNetwork } from "./network.js";
export { NodeRandom } from "./random.js";
export { NodeTimeZones } from "./time-zones.js";
