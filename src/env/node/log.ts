import { destination, pino, type Logger } from "pino";
import type { Log, LogFields, LogLevel } from "../log.js";

class PinoLog implements Log {
  constructor(private readonly logger: Logger) {}

  debug(message: string, fields: LogFields = {}): void {
    this.logger.debug(fields, message);
  }

  info(message: string, fields: LogFields = {}): void {
    this.logger.info(fields, message);
  }

  warn(message: string, fields: LogFields = {}): void {
    this.logger.warn(fields, message);
  }

  error(message: string, fields: LogFields = {}): void {
    this.logger.error(fields, message);
  }

  child(fields: LogFields): Log {
    return new PinoLog(this.logger.child(fields));
  }
}

/** JSON lines on standard error: standard output belongs to the ready line. */
export function createNodeLog(level: LogLevel): Log {
  return new PinoLog(
    pino({ name: "millrace", level, timestamp: true }, destination({ dest: 2, sync: true })),
  );
}
