import type { Clock, Log, TimeZones } from "../env/index.js";
import { onlyInTransaction, type SqlError } from "../errors/index.js";
import type { RowMemory } from "./cursor/row-memory.js";
import type { Planner, SessionIdentity, StatementContext } from "./planner.js";
import { Portals } from "./cursor/portals.js";
import { PreparedStatements } from "./prepared-statement.js";
import type { ReplySink } from "./reply-sink.js";
import type { StatementCache } from "./statement-cache.js";
import { SessionSettings } from "./settings/index.js";
import { Transaction } from "./transaction.js";

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
  /** Where cursors keep rows. */
  readonly rowMemory: RowMemory;
}

/** Messages of client_min_messages, most talkative first; those not listed are always sent. */
const NOTICE_LEVELS = ["debug", "log", "notice", "warning"] as const;

/** One session's state, shared by the parts that work on it. */
export class SessionState {
  readonly settings: SessionSettings;
  readonly transaction: Transaction;
  readonly statements = new PreparedStatements();
  readonly portals: Portals;
  /** A query string of several statements runs: they make a transaction block of their own. */
  severalStatements = false;
  private statementMicros = 0n;

  constructor(
    readonly environment: SessionEnvironment,
    readonly identity: SessionIdentity,
    readonly sink: ReplySink,
  ) {
    this.settings = new SessionSettings({
      server: environment.serverSettings,
      timeZones: environment.timeZones,
      user: identity.user,
    });
    this.portals = new Portals(environment.log);
    this.transaction = new Transaction(this.settings, () => this.portals.dropUnheld());
  }

  /** A message with a statement arrived: statement_timestamp() is now. */
  stampStatement(): void {
    this.statementMicros = this.environment.clock.nowMicros() - POSTGRES_EPOCH_MICROS;
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
