import type { LiveRow, LiveView } from "../../catalog/index.js";
import { timeText } from "../live/live-relation.js";
import type { SharedState } from "../session-state.js";
import type { SeenLock } from "./advisory-locks.js";
import type { SessionActivity } from "./session-registry.js";

/** The functions behind pg_stat_activity and pg_locks, and what else is told of the sessions. */
export const ACTIVITY_FUNCTION = "pg_stat_get_activity";
export const LOCK_FUNCTION = "pg_lock_status";
const COUNTERS = "database_counters";

/** The one database, as PostgreSQL numbers its first. */
const DATABASE_OID = 5;
/** From 1970 to 2000, from which PostgreSQL counts. */
const EPOCH_MICROS = 946_684_800_000_000n;

/** What queries of the system catalog see of the server that they are sent to. */
export function liveViews(
  { registry, advisoryLocks, transactions }: SharedState,
  roleOid: (name: string) => number | null,
): readonly LiveView[] {
  return [
    {
      functionName: ACTIVITY_FUNCTION,
      mentionedAs: new Set([
        "pg_stat_activity",
        "pg_stat_ssl",
        "pg_stat_gssapi",
        ACTIVITY_FUNCTION,
      ]),
      rows: () => {
        const waiting = new Set(
          advisoryLocks.seen
            .filter(({ waitsSinceMicros }) => waitsSinceMicros !== null)
            .map(({ processId }) => processId),
        );
        return registry.activities.map((each) => activityRow(each, roleOid, waiting));
      },
    },
    {
      functionName: LOCK_FUNCTION,
      mentionedAs: new Set(["pg_locks", "pg_blocking_pids", LOCK_FUNCTION]),
      rows: () => advisoryLocks.seen.map(lockRow),
    },
    {
      functionName: COUNTERS,
      mentionedAs: new Set([
        "pg_stat_database",
        "pg_stat_get_db_numbackends",
        "pg_stat_get_db_xact_commit",
        "pg_stat_get_db_xact_rollback",
      ]),
      rows: () => [
        {
          backends: registry.activities.length,
          commits: transactions.committed,
          rollbacks: transactions.rolledBack,
        },
      ],
    },
  ];
}

function activityRow(
  each: SessionActivity,
  roleOid: (name: string) => number | null,
  waiting: ReadonlySet<number>,
): LiveRow {
  const { identity, state } = each;
  const { tls } = identity;
  const awaited = waiting.has(identity.processId) ? ["Lock", "advisory"] : [null, null];
  const [waitType, wait] = state === "active" ? awaited : ["Client", "ClientRead"];
  return {
    datid: DATABASE_OID,
    pid: identity.processId,
    usesysid: roleOid(identity.user),
    application_name: each.applicationName,
    state,
    query: each.query,
    wait_event_type: waitType ?? null,
    wait_event: wait ?? null,
    xact_start: timeText(each.transactionMicros),
    query_start: timeText(each.queryMicros),
    backend_start: timeText(each.startMicros),
    state_change: timeText(each.stateChangeMicros),
    client_addr: identity.client?.host ?? null,
    client_port: identity.client?.port ?? null,
    backend_type: "client backend",
    ssl: tls !== undefined && tls !== null,
    sslversion: tls?.version ?? null,
    sslcipher: tls?.cipher ?? null,
    sslbits: tls === undefined || tls === null ? null : keyBits(tls.cipher),
    ssl_client_dn: subject(tls?.clientCertificate?.distinguishedName),
    gss_auth: false,
    gss_enc: false,
    gss_delegation: false,
  };
}

/** CN=ann,O=us as this view has it: /O=us/CN=ann. */
function subject(distinguishedName: string | undefined): string | null {
  if (distinguishedName === undefined) return null;
  const parts = distinguishedName.match(/(\\.|[^,\\])+/g) ?? [];
  return parts
    .map((part) => `/${part.replace(/\\(.)/g, "$1")}`)
    .toReversed()
    .join("");
}

/** As its name says: TLS_AES_256_GCM_SHA384. */
function keyBits(cipher: string): number {
  return cipher.includes("128") ? 128 : 256;
}

/** A row of pg_locks: where PostgreSQL shows the halves of a bigint, or two integers. */
function lockRow({ key, processId, mode, waitsSinceMicros }: SeenLock): LiveRow {
  const [first = "0", second] = key.numbers;
  const isWhole = second === undefined;
  const whole = BigInt.asUintN(64, BigInt(first));
  const half = (value: string): number => Number(BigInt.asUintN(32, BigInt(value)));
  return {
    locktype: "advisory",
    database: DATABASE_OID,
    classid: isWhole ? Number(whole >> 32n) : half(first),
    objid: isWhole ? Number(whole & 0xffff_ffffn) : half(second),
    objsubid: isWhole ? 1 : 2,
    virtualtransaction: `${String(processId)}/0`,
    pid: processId,
    mode: mode === "shared" ? "ShareLock" : "ExclusiveLock",
    granted: waitsSinceMicros === null,
    fastpath: false,
    waitstart: waitsSinceMicros === null ? null : timeText(waitsSinceMicros - EPOCH_MICROS),
  };
}
