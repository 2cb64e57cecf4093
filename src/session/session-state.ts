import type { Clock, Log, TimeZones } from "../env/index.js";
import { onlyInTransaction, type SqlError } from "../errors/index.js";
import { RowMemory } from "./cursor/row-memory.js";
import { NotificationHub } from "./notifications/notification-hub.js";
import { SessionNotifications } from "./notifications/session-notifications.js";
import { AdvisoryLocks } from "./activity/advisory-locks.js";
import { StatementStatistics } from "./activity/statement-statistics.js";
import { TransactionCounts } from "./activity/transaction-counts.js";
import { SessionRegistry, type SessionActivity } from "./activity/session-registry.js";
import type { Planner, SessionIdentity, StatementContext } from "./planner.js";
import { Portals } from "./cursor/portals.js";
import { PreparedStatements } from "./prepared-statement.js";
import type { ReplySink } from "./reply-sink.js";
import type { StatementCache } from "./statement-cache.js";
import { SessionSettings, type Authority } from "./settings/index.js";
import { TemporaryOids, TemporaryRelations } from "./temporary/index.js";
import { Transaction, TransactionParts } from "./transaction.js";

/** Seconds from 1970-01-01 to 2000-01-01, from which PostgreSQL counts. */
const POSTGRES_EPOCH_S = 946_684_800n;
const POSTGRES_EPOCH_MICROS = POSTGRES_EPOCH_S * 1_000_000n;

/** What sessions share. */
export interface SessionEnvironment {
  readonly planner: Planner;
  readonly clock: Clock;
  readonly log: Log;
  readonly timeZones: TimeZones;
  readonly statements: StatementCache;
  /** Canonical values by key that the server was started with. */
  readonly serverSettings: ReadonlyMap<string, string>;
  /** What version() answers. */
  readonly versionText: string;
  readonly shared: SharedState;
}

/** What sessions share of themselves. */
export class SharedState {
  readonly registry = new SessionRegistry();
  readonly notifications = new NotificationHub();
  readonly statistics = new StatementStatistics();
  readonly transactions = new TransactionCounts();
  readonly advisoryLocks: AdvisoryLocks;
  readonly temporaryOids = new TemporaryOids();
  /** Where cursors keep rows. */
  readonly rowMemory: RowMemory;

  constructor(clock: Clock, rowMemoryBytes: number) {
    this.advisoryLocks = new AdvisoryLocks(clock);
    this.rowMemory = new RowMemory(rowMemoryBytes);
  }
}

/** Messages of client_min_messages, most talkative first; those not listed are always sent. */
const NOTICE_LEVELS = ["debug", "log", "notice", "warning"] as const;

const IDLE_STATES = {
  idle: "idle",
  active: "idle in transaction",
  failed: "idle in transaction (aborted)",
} as const;

/** One session's state, shared by the parts that work on it. */
export class SessionState {
  readonly settings: SessionSettings;
  readonly transaction: Transaction;
  readonly statements = new PreparedStatements();
  readonly portals: Portals;
  /** A query string of several statements runs: they make a transaction block of their own. */
  severalStatements = false;
  /** What runs is the last statement of a query string: it is told as done once it is committed. */
  endsQueryString = false;
  readonly notifications: SessionNotifications;
  /** Tables and views that are the session's own. */
  readonly temporary: TemporaryRelations;
  /** Who may act as whom; without one, everybody. */
  private readonly authority: Authority | undefined;
  private statementMicros = 0n;
  private readonly startMicros: bigint;
  private changedMicros: bigint;
  private working = false;
  private statementText = "";

  constructor(
    readonly environment: SessionEnvironment,
    readonly identity: SessionIdentity,
    readonly sink: ReplySink,
  ) {
    this.authority = environment.planner.authorityOf?.(identity, () => {
      return this.transaction.draft;
    });
    this.settings = new SessionSettings({
      server: environment.serverSettings,
      timeZones: environment.timeZones,
      user: identity.user,
      authority: this.authority,
    });
    this.portals = new Portals(environment.log);
    const { notifications, advisoryLocks } = environment.shared;
    this.temporary = new TemporaryRelations(
      environment.planner.temporary?.segments,
      environment.shared.temporaryOids,
      (oid) => this.portals.reads(oid),
    );
    const heard = new SessionNotifications(notifications, identity.processId, () =>
      sink.notified(),
    );
    this.notifications = heard;
    const parts = new TransactionParts([heard, advisoryLocks.partOf(this), this.temporary]);
    this.transaction = new Transaction(this.settings, {
      get mark() {
        return parts.mark;
      },
      rollbackTo: (mark) => parts.rollbackTo(mark),
      end: (committed) => {
        this.portals.dropUnheld();
        environment.shared.transactions.ended(committed);
        parts.end(committed);
      },
    });
    this.startMicros = this.nowMicros();
    this.changedMicros = this.startMicros;
  }

  /** A message with a statement arrived: statement_timestamp() is now. */
  stampStatement(): void {
    this.statementMicros = this.nowMicros();
  }

  /** Work on a statement begins, as others see it. */
  beginWork(text: string): void {
    this.statementText = text;
    this.working = true;
    this.changedMicros = this.statementMicros;
  }

  /** The client is to say what comes next. */
  endWork(): void {
    if (!this.working) return;
    this.working = false;
    this.changedMicros = this.nowMicros();
  }

  /** Whether the current user may act for another, by a role of those who may or by being a member. */
  mayActFor(user: string, predefinedRole: string): boolean {
    const { authority } = this;
    if (authority === undefined) return true;
    const { currentUser } = this.settings.snapshot();
    return (
      authority.hasRightsOf(currentUser, user) || authority.hasRightsOf(currentUser, predefinedRole)
    );
  }

  /** Whether a user is a superuser; the current one where none is named. */
  isSuperuser(user = this.settings.snapshot().currentUser): boolean {
    return this.authority?.isSuperuser(user) ?? true;
  }

  /** What others see of the session. */
  get activity(): SessionActivity {
    const { identity, transaction, startMicros, statementMicros } = this;
    return {
      identity,
      applicationName: this.settings.snapshot().get("application_name") ?? "",
      startMicros,
      transactionMicros: transaction.runningSince,
      queryMicros: this.statementText === "" ? null : statementMicros,
      stateChangeMicros: this.changedMicros,
      state: this.working ? "active" : IDLE_STATES[transaction.status],
      query: this.statementText,
    };
  }

  /** Lets go of what the session holds of others'. */
  leaveOthers(): void {
    const { registry, advisoryLocks } = this.environment.shared;
    registry.remove(this.identity.processId);
    advisoryLocks.release(this, "all");
    this.notifications.close();
    this.temporary.close();
  }

  /** When the message with the statement arrived: µs from 2000-01-01 UTC. */
  get statementTimestamp(): bigint {
    return this.statementMicros;
  }

  /** Joins the running transaction or starts an implicit one. */
  enterTransaction(): void {
    this.transaction.enter(this.statementMicros);
  }

  /** Throws 25P01 unless statements after this one share its transaction. */
  requireBlock(command: string): void {
    if (!this.transaction.isExplicit && !this.severalStatements) throw onlyInTransaction(command);
  }

  /** AND CHAIN: the next transaction starts with the modes of the one that ended. */
  chainTransaction(modes: ReturnType<Transaction["currentModes"]>): void {
    this.transaction.chained(modes, this.statementMicros);
  }

  /** What a run of a statement may depend on; only inside a transaction. */
  context(text: string, signal: AbortSignal): StatementContext {
    const settings = this.settings.snapshot();
    return {
      session: this.identity,
      settings,
      transaction: this.transaction.scope,
      temporary: this.temporary,
      evaluation: {
        timeZone: settings.timeZone,
        dateStyle: settings.dateStyle,
        intervalStyle: settings.intervalStyle,
        extraFloatDigits: settings.extraFloatDigits,
        byteaOutput: settings.byteaOutput,
        transactionTimestamp: this.transaction.startMicros,
        statementTimestamp: this.statementMicros,
      },
      text,
      signal,
      notice: (condition) => this.notice(condition),
    };
  }

  private nowMicros(): bigint {
    return this.environment.clock.nowMicros() - POSTGRES_EPOCH_MICROS;
  }

  /** Sends a notice unless client_min_messages holds it back. */
  notice(condition: SqlError): void {
    const severity = (condition.fields.severity ?? "NOTICE").toLowerCase();
    const rank = rankOf(severity);
    const wanted = rankOf(this.settings.snapshot().clientMinMessages);
    if (severity === "info" || rank >= wanted) this.sink.notice(condition);
  }
}

function rankOf(level: string): number {
  const name = level.startsWith("debug") ? "debug" : level;
  const rank = NOTICE_LEVELS.findIndex((each) => each === name);
  return rank < 0 ? NOTICE_LEVELS.length : rank;
}
