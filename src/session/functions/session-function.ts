import type { TypeName } from "../../types/index.js";
import type { SessionState } from "../session-state.js";

/** A value as text, a truth value, or NULL; a function of type void answers "". */
export type CallResult = string | boolean | null;

/** What a call may work on. */
export interface CallContext {
  readonly state: SessionState;
  /** Aborted when the statement is to end. */
  readonly signal: AbortSignal;
}

/** A function whose effect is the session's or the server's, and no value of data. */
export interface SessionFunction {
  readonly name: string;
  /** One list of types an overload; overloads differ in length. */
  readonly parameters: readonly (readonly TypeName[])[];
  readonly result: TypeName;
  /** What it is called with instead of its only argument `$1`: seconds, as float8. */
  readonly seconds?: string;
  /** Whether it is called with NULL; otherwise it answers NULL then. */
  readonly takesNull?: boolean;
  run(values: readonly (string | null)[], context: CallContext): CallResult | Promise<CallResult>;
}
