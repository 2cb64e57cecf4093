import { SQLSTATE, type ConditionName } from "./sqlstate.js";

export type Severity =
  "ERROR" | "FATAL" | "PANIC" | "WARNING" | "NOTICE" | "INFO" | "LOG" | "DEBUG";

/** Optional fields of an ErrorResponse. `position` counts characters from 1. */
export interface ErrorFields {
  readonly severity?: Severity;
  readonly detail?: string;
  readonly hint?: string;
  readonly position?: number;
  readonly where?: string;
  readonly schema?: string;
  readonly table?: string;
  readonly column?: string;
  readonly dataType?: string;
  readonly constraint?: string;
}

/** An error the client sees. Made by the constructors in `conditions/`, never at a call site. */
export class SqlError extends Error {
  readonly sqlstate: string;
  readonly fields: ErrorFields;

  constructor(condition: ConditionName, message: string, fields: ErrorFields = {}) {
    super(message);
    this.name = "SqlError";
    this.sqlstate = SQLSTATE[condition];
    this.fields = fields;
  }

  /** The same error at a position, unless it already has one. */
  at(position: number | undefined): this {
    if (position !== undefined && this.fields.position === undefined) {
      Object.assign(this, { fields: { ...this.fields, position } });
    }
    return this;
  }
}
