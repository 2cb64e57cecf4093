import { SqlError } from "../sql-error.js";

export function emptyChannelName(): SqlError {
  return new SqlError("invalidParameterValue", "channel name cannot be empty");
}

export function channelNameTooLong(): SqlError {
  return new SqlError("invalidParameterValue", "channel name too long");
}

export function payloadTooLong(): SqlError {
  return new SqlError("invalidParameterValue", "payload string too long");
}

/** 54000: sessions that listen have not taken what was sent before. */
export function tooManyNotifications(): SqlError {
  return new SqlError("programLimitExceeded", "too many notifications in the NOTIFY queue");
}

/** WARNING, as pg_cancel_backend says it. */
export function notABackend(processId: string): SqlError {
  return new SqlError("warning", `PID ${processId} is not a PostgreSQL backend process`, {
    severity: "WARNING",
  });
}

/** WARNING, as pg_advisory_unlock says it; `mode`: "ExclusiveLock". */
export function lockNotOwned(mode: string): SqlError {
  return new SqlError("warning", `you don't own a lock of type ${mode}`, { severity: "WARNING" });
}

export function lockTimeout(): SqlError {
  return new SqlError("lockNotAvailable", "canceling statement due to lock timeout");
}

export function deadlockDetected(): SqlError {
  return new SqlError("deadlockDetected", "deadlock detected");
}

export function tooManyAdvisoryLocks(): SqlError {
  return new SqlError("outOfMemory", "out of shared memory", {
    hint: "You might need to increase max_locks_per_transaction.",
  });
}

/** 22004: set_config() of no name. */
export function settingNameMissing(): SqlError {
  return new SqlError("nullValueNotAllowed", "SET requires parameter name");
}

/** 42501, of pg_cancel_backend and pg_terminate_backend on somebody else's session. */
export function mayNotSignal(what: "cancel" | "terminate", isSuperuser: boolean): SqlError {
  const [query, done] = what === "cancel" ? ["query", "canceled"] : ["process", "terminated"];
  const message = isSuperuser
    ? `must be a superuser to ${what} superuser ${query}`
    : `must be a member of the role whose ${query} is being ${done} or member of pg_signal_backend`;
  return new SqlError("insufficientPrivilege", message);
}
