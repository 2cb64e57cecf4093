import type { CatalogSnapshot } from "../../catalog/index.js";
import type { SessionInfo } from "../../functions/index.js";
import type { StatementContext } from "../planner.js";

/** What session functions answer in this statement. */
export function sessionInfo(
  { session, settings }: StatementContext,
  catalog: Pick<CatalogSnapshot, "hasSchema">,
): SessionInfo {
  return {
    currentUser: session.user,
    sessionUser: session.user,
    currentDatabase: session.database,
    currentSchema: settings.searchPath.find((name) => catalog.hasSchema(name)) ?? null,
    version: session.versionText,
    backendPid: session.processId,
    setting: (name) => settings.get(name) ?? undefined,
  };
}
