/**
 * env: what the server needs from the machine, as interfaces, and their Node versions in `node/`.
 *
 * May import only errors. Invariant: clocks, timers, randomness, sockets and the log reach every other
 * room through these interfaces, handed down from main, so that tests replace them.
 * Start reading at network.ts.
 */
export type { Clock, Timer } from "./clock.js";
export type { Log, LogFields, LogLevel } from "./log.js";
export type {
  Address,
  ClientCertificate,
  Listener,
  Network,
  Socket,
  SocketHandler,
  TlsContext,
  TlsFacts,
  TlsIdentity,
} from "./network.js";
export type { Random } from "./random.js";
export type { TimeZones } from "./time-zones.js";
