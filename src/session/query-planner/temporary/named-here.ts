import { snapshotRequest } from "../../../binder/index.js";
import type { Statement } from "../../../parser/index.js";
import { TEMPORARY_SCHEMA_NAME, type TemporaryState } from "../../temporary/index.js";

/**
 * The session's relations, if the statement may name one of them; undefined where it is as if there
 * were none.
 */
export function namedHere(statement: Statement, state: TemporaryState): TemporaryState | undefined {
  if (state.isEmpty) return undefined;
  const { relations } = snapshotRequest(statement, [TEMPORARY_SCHEMA_NAME]);
  return relations.some((name) => state.find(name) !== undefined) ? state : undefined;
}
