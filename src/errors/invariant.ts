import { SqlError } from "./sql-error.js";

/** Ends the statement with XX000 when our own reasoning was wrong. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new SqlError("internalError", message);
}

/** For the end of an exhaustive switch: the compiler rejects a missing case. */
export function unreachable(value: never): never {
  throw new SqlError("internalError", `unreachable case: ${JSON.stringify(value)}`);
}
