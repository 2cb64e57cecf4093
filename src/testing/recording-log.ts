import type { Log, LogFields } from "../env/index.js";

/** A log that keeps its warnings and errors for the test to look at. */
export class RecordingLog implements Log {
  readonly problems: { readonly message: string; readonly fields: LogFields }[] = [];

  debug(): void {
    // Not a problem.
  }

  info(): void {
    // Not a problem.
  }

  warn(message: string, fields: LogFields = {}): void {
    this.problems.push({ message, fields });
  }

  error(message: string, fields: LogFields = {}): void {
    this.problems.push({ message, fields });
  }

  child(): Log {
    return this;
  }
}
