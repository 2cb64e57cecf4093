import {
  canceledByUser,
  connectionLost,
  internalError,
  severalCommandsPrepared,
  SqlError,
  wrongBoundParameterCount,
  wrongResultFormatCount,
} from "../errors/index.js";
import type { ParsedStatement, Statement } from "../parser/index.js";
import { endsFailure } from "./command-tag.js";
import { Portal, type Opened } from "./cursor/portal.js";
import { Interrupts } from "./interrupts.js";
import type { Notification } from "./notifications/notification-hub.js";
import type { BoundParameter, Format, ResultColumn, SessionIdentity } from "./planner.js";
import type { PreparedStatement } from "./prepared-statement.js";
import type { ReplySink } from "./reply-sink.js";
import { SessionState, type SessionEnvironment } from "./session-state.js";
import type { SettingsSnapshot, ShownSetting } from "./settings/index.js";
import { StatementRunner } from "./statement-runner.js";
import type { TransactionStatus } from "./transaction.js";

/** What Describe tells of a statement. */
export interface StatementDescription {
  readonly parameterOids: readonly number[];
  /** Null where it answers no rows. */
  readonly columns: readonly ResultColumn[] | null;
}

/** What Describe tells of a portal; null where it answers no rows. */
export type PortalDescription = {
  readonly columns: readonly ResultColumn[];
  readonly formats: readonly Format[];
} | null;

/**
 * One client's session. Each method is one message's work; the caller lets one finish before the
 * next and tells a rejection, always a SqlError, to the client. `cancel`, `terminate` may come any
 * time.
 */
export class Session {
  private readonly state: SessionState;
  private readonly runner: StatementRunner;
  private readonly interrupts: Interrupts;

  constructor(environment: SessionEnvironment, identity: SessionIdentity, sink: ReplySink) {
    this.state = new SessionState(environment, identity, sink);
    this.interrupts = new Interrupts(environment.clock);
    this.runner = new StatementRunner(this.state, this.interrupts);
    const { state } = this;
    environment.shared.registry.add(identity.processId, {
      get activity() {
        return state.activity;
      },
      cancel: () => this.cancel(),
      terminate: (reason) => sink.hangUp(reason),
    });
  }

  get identity(): SessionIdentity {
    return this.state.identity;
  }

  get status(): TransactionStatus {
    return this.state.transaction.status;
  }

  get settings(): SettingsSnapshot {
    return this.state.settings.snapshot();
  }

  /** A setting of the startup packet. */
  setAtStart(name: string, value: string): void {
    this.state.settings.setAtStart(name, value);
  }

  /** The client is told that it may go on. */
  ready(): void {
    this.state.endWork();
  }

  /** What NOTIFY sent here, to be told the client outside of transactions; each once. */
  takeNotifications(): readonly Notification[] {
    return this.state.notifications.take();
  }

  /** Settings to report to the client now: at first all that are reported, later the changed. */
  takeReports(): readonly ShownSetting[] {
    return this.state.settings.takeReports();
  }

  /** The simple protocol: all statements of a text, up to the first that fails. */
  simpleQuery(text: string): Promise<void> {
    const { state } = this;
    return this.guard(async () => {
      state.beginWork(text);
      state.statements.remove("");
      state.portals.drop("");
      state.enterTransaction();
      const parsed = this.parsed(text);
      if (parsed.length === 0) state.sink.emptyQuery();
      state.severalStatements = parsed.length > 1;
      await this.runAll(text, parsed);
      await this.leave();
    });
  }

  /** Parse. */
  prepare(name: string, text: string, declaredOids: readonly number[]): Promise<void> {
    const { state } = this;
    return this.guard(async () => {
      this.startTimeout();
      state.beginWork(text);
      if (name === "") state.statements.remove("");
      state.enterTransaction();
      const [first, ...rest] = this.parsed(text);
      if (rest.length > 0) throw severalCommandsPrepared();
      const statement = first?.statement ?? null;
      this.checkUsable(statement);
      state.statements.checkFree(name);
      const controller = this.interrupts.controller();
      const { signal } = controller;
      state.statements.add(
        await this.interrupts.during(controller, () =>
          this.runner.prepare(name, text, statement, declaredOids, signal),
        ),
      );
    });
  }

  /** Bind. `formats`: none for all text, one for all columns, or one for each. */
  bind(
    portalName: string,
    statementName: string,
    parameters: readonly BoundParameter[],
    formats: readonly Format[],
  ): Promise<void> {
    const { state } = this;
    return this.guard(async () => {
      this.startTimeout();
      const prepared = state.statements.get(statementName);
      state.beginWork(prepared.text);
      const required = prepared.parameterOids.length;
      if (parameters.length !== required) {
        throw wrongBoundParameterCount(statementName, parameters.length, required);
      }
      this.checkUsable(prepared.statement);
      state.enterTransaction();
      const controller = this.interrupts.controller();
      const current = await this.interrupts.during(controller, () =>
        this.runner.current(prepared, controller.signal),
      );
      state.portals.add(this.newPortal(portalName, current, parameters, formats));
    });
  }

  /** Describe of a statement. */
  describeStatement(name: string): Promise<StatementDescription> {
    return this.guard(() => {
      const { parameterOids, columns } = this.state.statements.get(name);
      if (columns !== null) this.state.transaction.checkUsable();
      return Promise.resolve({ parameterOids, columns });
    });
  }

  /** Describe of a portal. */
  describePortal(name: string): Promise<PortalDescription> {
    return this.guard(() => {
      const { columns, formats } = this.state.portals.get(name);
      if (columns !== null) this.state.transaction.checkUsable();
      return Promise.resolve(columns === null ? null : { columns, formats });
    });
  }

  /** Execute: at most `maxRows` rows, 0 for all. */
  execute(portalName: string, maxRows: number): Promise<void> {
    return this.guard(async () => {
      const portal = this.state.portals.get(portalName);
      this.state.beginWork(portal.statement.text);
      const { statement } = portal.statement;
      if (statement === null) {
        this.state.sink.emptyQuery();
        return;
      }
      this.checkUsable(statement);
      this.startTimeout();
      this.state.enterTransaction();
      try {
        await this.runPortal(portal, portal.statement.text.trim(), maxRows);
      } catch (error) {
        this.state.portals.drop(portalName);
        throw error;
      }
      this.interrupts.stopTimeout();
    });
  }

  /** Close; what does not exist is closed already. */
  closeStatement(name: string): void {
    this.state.statements.remove(name);
  }

  closePortal(name: string): void {
    this.state.portals.drop(name);
  }

  /** Sync: the pipeline and its implicit transaction are over. */
  sync(): Promise<void> {
    this.interrupts.stopTimeout();
    return this.guard(() => this.leave());
  }

  /** A message failed before it got here: the transaction has failed as with any error. */
  failed(): void {
    this.interrupts.stopTimeout();
    this.state.transaction.fail();
  }

  /** Ends the statement that runs, if one does. */
  cancel(): void {
    this.interrupts.cancel(canceledByUser());
  }

  /** Nobody reads answers any more: ends the statement that runs unless it changes something. */
  disconnected(): void {
    this.interrupts.disconnect(connectionLost());
  }

  /** Ends the statement that runs and every later one. */
  terminate(reason: SqlError): void {
    this.interrupts.end(reason);
  }

  /** Rolls back and frees everything; nothing may run. */
  async close(): Promise<void> {
    this.interrupts.stopTimeout();
    this.state.transaction.rollback();
    this.state.portals.dropAll();
    this.state.leaveOthers();
    await this.state.portals.settled();
  }

  /** A text in the dialect that the session has now. */
  private parsed(text: string): readonly ParsedStatement[] {
    const { environment, settings } = this.state;
    return environment.statements.parsed(settings.snapshot().dialect, text);
  }

  /** One after the other; where one changes the dialect, what follows it is read anew. */
  private async runAll(text: string, statements: readonly ParsedStatement[]): Promise<void> {
    const { settings } = this.state;
    const { dialect } = settings.snapshot();
    for (const [index, each] of statements.entries()) {
      this.state.endsQueryString = index === statements.length - 1;
      await this.runSimple(text, each);
      const next = statements[index + 1];
      if (next !== undefined && settings.snapshot().dialect !== dialect) {
        const rest = " ".repeat(next.start) + text.slice(next.start);
        await this.runAll(text, this.parsed(rest));
        return;
      }
    }
  }

  private async runSimple(
    text: string,
    { statement, text: statementText }: ParsedStatement,
  ): Promise<void> {
    const { state, runner } = this;
    this.checkUsable(statement);
    this.startTimeout();
    state.enterTransaction();
    const controller = this.interrupts.controller();
    const { signal } = controller;
    const prepared = await this.interrupts.during(controller, () =>
      runner.prepare("", text, statement, null, signal),
    );
    // A query's run is over with this statement; a cursor's is not.
    const abort = statement.kind === "query" ? controller : new AbortController();
    const portal = this.newPortal("", prepared, [], this.simpleFormats(statement), abort);
    try {
      await this.runPortal(portal, statementText, 0, () => {
        if (portal.columns !== null) state.sink.rowDescription(portal.columns, portal.formats);
      });
    } finally {
      await portal.close();
    }
    this.interrupts.stopTimeout();
  }

  /** The simple protocol answers in text, unless a cursor was declared BINARY. */
  private simpleFormats(statement: Statement): readonly Format[] {
    const isFetch = statement.kind === "fetch";
    const cursor = isFetch ? this.state.portals.find(statement.cursor) : undefined;
    return cursor?.options.binary === true ? [1] : [];
  }

  /** Ends an implicit transaction. */
  private async leave(): Promise<void> {
    const { transaction, portals, notifications } = this.state;
    const hasWork =
      portals.toHold.length > 0 || notifications.hasPending || transaction.draft !== null;
    if (!transaction.isExplicit && hasWork) {
      const controller = this.interrupts.controller();
      const { signal } = controller;
      await this.interrupts.during(controller, () => this.runner.beforeCommit(signal));
    }
    transaction.leave();
  }

  private runPortal(
    portal: Portal,
    text: string,
    maxRows: number,
    opened: () => void = () => undefined,
  ): Promise<void> {
    const open = async (): Promise<Opened> => {
      const result = await this.runner.open(portal);
      opened();
      return result;
    };
    const { environment, identity, sink } = this.state;
    const { clock, shared } = environment;
    const startMs = clock.monotonicMs();
    return this.interrupts.during(portal.abort, async () => {
      const rowCount = await portal.run(open, maxRows, sink);
      const { user, database } = identity;
      const use = { user, database, text };
      shared.statistics.record(use, clock.monotonicMs() - startMs, rowCount);
    });
  }

  private newPortal(
    name: string,
    prepared: PreparedStatement,
    parameters: readonly BoundParameter[],
    formats: readonly Format[],
    abort = new AbortController(),
  ): Portal {
    const { columns } = prepared;
    const count = columns?.length ?? 0;
    if (columns !== null && formats.length > 1 && formats.length !== count) {
      throw wrongResultFormatCount(formats.length, count);
    }
    const all = formats.length === count ? formats : new Array<Format>(count).fill(formats[0] ?? 0);
    const { portals, environment, statementTimestamp } = this.state;
    return new Portal({
      name,
      abort,
      number: portals.nextNumber(),
      statement: prepared,
      columns,
      parameters,
      formats: all,
      memory: environment.shared.rowMemory,
      options: {
        retention: "none",
        hold: false,
        binary: all.includes(1),
        statementText: prepared.text,
        createdMicros: statementTimestamp,
      },
    });
  }

  /** Throws 25P02 unless the transaction is fine or the statement ends its failure. */
  private checkUsable(statement: Statement | null): void {
    if (statement !== null && !endsFailure(statement)) this.state.transaction.checkUsable();
  }

  private startTimeout(): void {
    this.interrupts.startTimeout(this.state.settings.snapshot().statementTimeoutMs);
  }

  /** Runs one message's work; whatever it fails of ends the transaction and is a SqlError. */
  private async guard<T>(work: () => Promise<T>): Promise<T> {
    this.state.stampStatement();
    try {
      return await work();
    } catch (error) {
      const reported = this.reportable(error);
      this.failed();
      throw reported;
    } finally {
      this.state.severalStatements = false;
      this.state.endsQueryString = false;
    }
  }

  private reportable(error: unknown): SqlError {
    if (error instanceof SqlError) {
      if (error.sqlstate === "XX000") this.logBug(error);
      return error;
    }
    this.logBug(error);
    return internalError(error instanceof Error ? error.message : String(error));
  }

  private logBug(error: unknown): void {
    const { processId } = this.state.identity;
    this.state.environment.log.error("a statement failed of an internal error", {
      err: error,
      processId,
    });
  }
}
