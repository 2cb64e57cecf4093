import type { SqlError } from "../../errors/index.js";
import type { SessionIdentity } from "../planner.js";

/** What pg_stat_activity tells of a session's state. */
export type ActivityState =
  "active" | "idle" | "idle in transaction" | "idle in transaction (aborted)";

/** One session as others see it; times are µs from 2000-01-01 UTC. */
export interface SessionActivity {
  readonly identity: SessionIdentity;
  readonly applicationName: string;
  readonly startMicros: bigint;
  readonly transactionMicros: bigint | null;
  readonly queryMicros: bigint | null;
  readonly stateChangeMicros: bigint;
  readonly state: ActivityState;
  /** The statement that runs, or ran last. */
  readonly query: string;
}

/** A session, for those who look at it or end it. */
export interface RegisteredSession {
  readonly activity: SessionActivity;
  /** Ends the statement that runs. */
  cancel(): void;
  /** Ends the session. */
  terminate(reason: SqlError): void;
}

/** All sessions of a server by process number. */
export class SessionRegistry {
  private readonly sessions = new Map<number, RegisteredSession>();

  add(processId: number, session: RegisteredSession): void {
    this.sessions.set(processId, session);
  }

  remove(processId: number): void {
    this.sessions.delete(processId);
  }

  find(processId: number): RegisteredSession | undefined {
    return this.sessions.get(processId);
  }

  /** Every session, in the order in which they came. */
  get activities(): readonly SessionActivity[] {
    return [...this.sessions.values()].map(({ activity }) => activity);
  }
}
