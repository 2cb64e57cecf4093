import { timingSafeEqual } from "node:crypto";
import type { Random } from "../env/index.js";

/** What BackendKeyData gives a client, to name its session in a CancelRequest. */
export interface CancelKey {
  readonly processId: number;
  readonly secretKey: Uint8Array;
}

interface Entry {
  readonly secretKey: Uint8Array;
  readonly cancel: () => void;
}

/** Bytes of a secret, which clients of protocol 3.0 cannot have longer. */
const SHORT_SECRET_BYTES = 4;
const LONG_SECRET_BYTES = 32;
const LAST_PROCESS_ID = 2 ** 31 - 1;

/** Sessions by process number, for those who know their secret. */
export class CancelRegistry {
  private readonly entries = new Map<number, Entry>();
  private lastProcessId = 0;

  constructor(private readonly random: Random) {}

  /** A number no other session has, and its secret. */
  add(cancel: () => void, isLong = false): CancelKey {
    do {
      this.lastProcessId = (this.lastProcessId % LAST_PROCESS_ID) + 1;
    } while (this.entries.has(this.lastProcessId));
    const processId = this.lastProcessId;
    const secretKey = this.random.bytes(isLong ? LONG_SECRET_BYTES : SHORT_SECRET_BYTES);
    this.entries.set(processId, { secretKey, cancel });
    return { processId, secretKey };
  }

  remove(processId: number): void {
    this.entries.delete(processId);
  }

  /** Cancels what the session runs; a wrong key is ignored, as nobody waits for an answer. */
  cancel(processId: number, secretKey: Uint8Array): void {
    const entry = this.entries.get(processId);
    if (entry?.secretKey.length !== secretKey.length) return;
    if (timingSafeEqual(entry.secretKey, secretKey)) entry.cancel();
  }
}
