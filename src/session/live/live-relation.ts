import type { TypeName } from "../../types/index.js";
import type { SessionState } from "../session-state.js";

/** A value as its type reads it. */
export type LiveValue = string | null;

/** A relation of the system whose rows are what the server and this session are doing now. */
export interface LiveRelation {
  readonly name: string;
  readonly columns: readonly (readonly [name: string, type: TypeName])[];
  /** One value a column. */
  rows(state: SessionState): readonly (readonly LiveValue[])[];
}

export function truth(value: boolean): LiveValue {
  return value ? "t" : "f";
}

const EPOCH_MS = 946_684_800_000n;

/** µs from 2000-01-01 UTC as a timestamp's text. */
export function timeText(micros: bigint | null): LiveValue {
  if (micros === null) return null;
  const inSecond = micros % 1_000_000n;
  const wholeSecond = new Date(Number((micros - inSecond) / 1000n + EPOCH_MS)).toISOString();
  return `${wholeSecond.slice(0, 19)}.${inSecond.toString().padStart(6, "0")}+00`;
}
