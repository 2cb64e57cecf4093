export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";

/** What a line tells beside its message. Never passwords, never parameter values. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Structured log; a line is one message and its fields. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A log whose every line carries `fields`. */
  child(fields: LogFields): Log;
}
