import type { Log, LogFields } from "../env/index.js";

/** A log that keeps its warnings and errors for the test to look at. */
export class RecordingLog implements Log {
  /** All lines there were. */
  readonly entries: { readonly message: string; readonly fields: LogFields }[] = [];
  readonly problems: { readonly message: string; readonly fields: LogFields }[] = [];

  debug(message: string, fields: LogFields = {}): void {
    this.entries.push({ message, fields });
  }

  info(message: string, fields: LogFields = {}): void {
    this.entries.push({ message, fields });
  }

  warn(message: string, fields: LogFields = {}): void {
    this.entries.push({ message, fields });
    this.problems.push({ message, fields });
  }

  error(message: string, fields: LogFields = {}): void {
    this.entries.push({ message, fields });
    this.problems.push({ message, fields });
  }

  child(): Log {
    return this;
  }
}
