import { SqlError } from "../sql-error.js";

/** 2201W. Without a place: PostgreSQL finds it as it runs. */
export function negativeLimit(): SqlError {
  return new SqlError("invalidRowCountInLimitClause", "LIMIT must not be negative");
}

/** 2201X. */
export function negativeOffset(): SqlError {
  return new SqlError("invalidRowCountInResultOffsetClause", "OFFSET must not be negative");
}

/** 0A000, as PostgreSQL says it; a full join needs a key that tells which rows have no match. */
export function fullJoinCondition(): SqlError {
  return new SqlError(
    "featureNotSupported",
    "FULL JOIN is only supported with merge-joinable or hash-joinable join conditions",
  );
}
