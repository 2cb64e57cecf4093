import { SqlError } from "../sql-error.js";

/** 2201W. */
export function negativeLimit(position?: number): SqlError {
  return new SqlError("invalidRowCountInLimitClause", "LIMIT must not be negative").at(position);
}

/** 2201X. */
export function negativeOffset(position?: number): SqlError {
  return new SqlError("invalidRowCountInResultOffsetClause", "OFFSET must not be negative").at(
    position,
  );
}
