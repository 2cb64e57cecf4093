import type { CatalogSnapshot } from "../../catalog/index.js";
import type { SessionInfo } from "../../functions/index.js";
import type { StatementContext } from "../planner.js";
import type { PlanUses } from "./plan-uses.js";

/** What session functions answer in this statement; what only this session knows is noted. */
export function sessionInfo(
  { session, settings }: StatementContext,
  catalog: Pick<CatalogSnapshot, "hasSchema">,
  uses: PlanUses,
): SessionInfo {
  const own = <T>(value: T): T => {
    uses.session = true;
    return value;
  };
  return {
    get currentUser() {
      return own(settings.currentUser);
    },
    get sessionUser() {
      return own(settings.sessionUser);
    },
    currentDatabase: session.database,
    currentSchema: settings.searchPath.find((name) => catalog.hasSchema(name)) ?? null,
    version: session.versionText,
    get backendPid() {
      return own(session.processId);
    },
    setting: (name) => own(settings.get(name) ?? undefined),
  };
}
