import { SqlError } from "../sql-error.js";

/** 2201W. Without a place: PostgreSQL finds it as it runs. */
export function negativeLimit(): SqlError {
  return new SqlError("invalidRowCountInLimitClause", "LIMIT must not be negative");
}

/** 2201X. */
export function negativeOffset(): SqlError {
  return new SqlError("invalidRowCountInResultOffsetClause", "OFFSET must not be negative");
}
