import type { RelationAccess } from "../../../binder/index.js";
import type { CatalogVersion } from "../../../catalog/index.js";
import type { StatementContext } from "../../planner.js";
import { Rights } from "./rights.js";

/**
 * Throws 42501 unless all that a statement reads may be read: by the current user what it names
 * itself, by a view's owner what the view names.
 */
export function checkAccesses(
  accesses: readonly RelationAccess[],
  version: CatalogVersion,
  context: StatementContext,
): void {
  if (accesses.length === 0) return;
  const { security } = version;
  const own = Rights.of(context, version);
  const { database } = context.session;
  for (const access of accesses) {
    const { insideView, columns } = access;
    const rights =
      insideView === undefined ? own : new Rights(version, security.ownerOf(insideView), database);
    rights.checkSelect(access, columns);
  }
}
