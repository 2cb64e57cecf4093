import type { LiveRow, LiveView } from "../../catalog/index.js";
import { timeText } from "../live/live-relation.js";
import type { SessionActivity, SessionRegistry } from "./session-registry.js";

/** What queries of the system catalog see of the sessions: the function behind pg_stat_activity. */
export const ACTIVITY_FUNCTION = "pg_stat_get_activity";
/** The one database, as PostgreSQL numbers its first. */
const DATABASE_OID = 5;

export function activityView(
  registry: SessionRegistry,
  roleOid: (name: string) => number | null,
): LiveView {
  return {
    functionName: ACTIVITY_FUNCTION,
    mentionedAs: new Set(["pg_stat_activity", ACTIVITY_FUNCTION]),
    rows: () => registry.activities.map((each) => row(each, roleOid)),
  };
}

function row(each: SessionActivity, roleOid: (name: string) => number | null): LiveRow {
  const { identity, state } = each;
  return {
    datid: DATABASE_OID,
    pid: identity.processId,
    usesysid: roleOid(identity.user),
    application_name: each.applicationName,
    state,
    query: each.query,
    wait_event_type: state === "active" ? null : "Client",
    wait_event: state === "active" ? null : "ClientRead",
    xact_start: timeText(each.transactionMicros),
    query_start: timeText(each.queryMicros),
    backend_start: timeText(each.startMicros),
    state_change: timeText(each.stateChangeMicros),
    client_addr: identity.client?.host ?? null,
    client_port: identity.client?.port ?? null,
    backend_type: "client backend",
  };
}
