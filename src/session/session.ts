import type { Charset } from "./encoding/charset.js";
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
import { andThen, attempt, type Eventual } from "./eventual.js";
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

  /** What the client's text is converted by; null: it is UTF-8. */
  get charset(): Charset | null {
    return this.state.settings.snapshot().charset;
  }

  /** Settings to report to the client now: at first all that are reported, later the changed. */
  takeReports(): readonly ShownSetting[] {
    return this.state.settings.takeReports();
  }

  /** The simple protocol: all statements of a text, up to the first that fails. */
  simpleQuery(text: string): Eventual<void> {
    const { state } = this;
    return this.guard(() => {
      state.beginWork(text);
      state.statements.remove("");
      state.portals.drop("");
      state.enterTransaction();
      const parsed = this.parsed(text);
      if (parsed.length === 0) state.sink.emptyQuery();
      state.severalStatements = parsed.length > 1;
      return andThen(this.runAll(text, parsed), () => this.leave());
    });
  }

  /** Parse. */
  prepare(name: string, text: string, declaredOids: readonly number[]): Eventual<void> {
    const { state } = this;
    return this.guard(() => {
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
      const prepared = this.interrupts.during(controller, () =>
        this.runner.prepare(name, text, statement, declaredOids, signal),
      );
      return andThen(prepared, (made) => state.statements.add(made));
    });
  }

  /** Bind. `formats`: none for all text, one for all columns, or one for each. */
  bind(
    portalName: string,
    statementName: string,
    parameters: readonly BoundParameter[],
    formats: readonly Format[],
  ): Eventual<void> {
    const { state } = this;
    return this.guard(() => {
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
      const current = this.interrupts.during(controller, () =>
        this.runner.current(prepared, controller.signal),
      );
      return andThen(current, (statement) => {
        state.portals.add(this.newPortal(portalName, statement, parameters, formats));
      });
    });
  }

  /** Describe of a statement. */
  describeStatement(name: string): StatementDescription {
    return this.guardNow(() => {
      const { parameterOids, columns } = this.state.statements.get(name);
      if (columns !== null) this.state.transaction.checkUsable();
      return { parameterOids, columns };
    });
  }

  /** Describe of a portal. */
  describePortal(name: string): PortalDescription {
    return this.guardNow(() => {
      const { columns, formats } = this.state.portals.get(name);
      if (columns !== null) this.state.transaction.checkUsable();
      return columns === null ? null : { columns, formats };
    });
  }

  /** Execute: at most `maxRows` rows, 0 for all. */
  execute(portalName: string, maxRows: number): Eventual<void> {
    const { state } = this;
    return this.guard(() => {
      const portal = state.portals.get(portalName);
      state.beginWork(portal.statement.text);
      const { statement } = portal.statement;
      if (statement === null) {
        state.sink.emptyQuery();
        return;
      }
      this.checkUsable(statement);
      this.startTimeout();
      state.enterTransaction();
      const text = portal.statement.text.trim();
      const ran = attempt(
        () => this.runPortal(portal, text, maxRows),
        (error) => {
          state.portals.drop(portalName);
          throw error;
        },
      );
      return andThen(ran, () => this.interrupts.stopTimeout());
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
  sync(): Eventual<void> {
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

  private runAll(text: string, statements: readonly ParsedStatement[]): Eventual<void> {
    const [only] = statements;
    if (statements.length > 1 || only === undefined) return this.runSeveral(text, statements);
    this.state.endsQueryString = true;
    return this.runSimple(text, only);
  }

  /** One after the other; where one changes the dialect, what follows it is read anew. */
  private async runSeveral(text: string, statements: readonly ParsedStatement[]): Promise<void> {
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

  private runSimple(
    text: string,
    { statement, text: statementText }: ParsedStatement,
  ): Eventual<void> {
    const { state, runner } = this;
    this.checkUsable(statement);
    this.startTimeout();
    state.enterTransaction();
    const controller = this.interrupts.controller();
    const prepared = this.interrupts.during(controller, () =>
      runner.prepare("", text, statement, null, controller.signal),
    );
    return andThen(prepared, (made) => {
      // A query's run is over with this statement; a cursor's is not.
      const abort = statement.kind === "query" ? controller : new AbortController();
      const portal = this.newPortal("", made, [], this.simpleFormats(statement), abort);
      return this.runOnce(portal, statementText);
    });
  }

  /** Runs a portal of the simple protocol to its end. */
  private runOnce(portal: Portal, text: string): Eventual<void> {
    const { sink } = this.state;
    const describe = (): void => {
      if (portal.columns !== null) sink.rowDescription(portal.columns, portal.formats);
    };
    const ran = attempt(
      () => this.runPortal(portal, text, 0, describe),
      async (error) => {
        await portal.close();
        throw error;
      },
    );
    return andThen(ran, () => andThen(portal.close(), () => this.interrupts.stopTimeout()));
  }

  /** The simple protocol answers in text, unless a cursor was declared BINARY. */
  private simpleFormats(statement: Statement): readonly Format[] {
    const isFetch = statement.kind === "fetch";
    const cursor = isFetch ? this.state.portals.find(statement.cursor) : undefined;
    return cursor?.options.binary === true ? [1] : [];
  }

  /** Ends an implicit transaction. */
  private leave(): Eventual<void> {
    const { transaction } = this.state;
    if (!this.hasWorkBeforeCommit) {
      transaction.leave();
      return;
    }
    const controller = this.interrupts.controller();
    const done = this.interrupts.during(controller, () =>
      this.runner.beforeCommit(controller.signal),
    );
    return andThen(done, () => transaction.leave());
  }

  /** Whether the end of an implicit transaction keeps rows, tells others, or changes definitions. */
  private get hasWorkBeforeCommit(): boolean {
    const { transaction, portals, notifications } = this.state;
    const has = portals.hasToHold || notifications.hasPending || transaction.draft !== null;
    return has && !transaction.isExplicit;
  }

  private runPortal(
    portal: Portal,
    text: string,
    maxRows: number,
    opened: () => void = () => undefined,
  ): Eventual<void> {
    const open = (): Eventual<Opened> =>
      andThen(this.runner.open(portal), (result) => {
        opened();
        return result;
      });
    const { environment, identity, sink } = this.state;
    const { clock, shared } = environment;
    const startMs = clock.monotonicMs();
    return this.interrupts.during(portal.abort, () =>
      andThen(portal.run(open, maxRows, sink), (rowCount) => {
        const { user, database } = identity;
        const use = { user, database, text };
        shared.statistics.record(use, clock.monotonicMs() - startMs, rowCount);
      }),
    );
  }

  private newPortal(
    name: string,
    prepared: PreparedStatement,
    parameters: readonly BoundParameter[],
    formats: readonly Format[],
    given?: AbortController,
  ): Portal {
    const { columns } = prepared;
    const count = columns?.length ?? 0;
    if (columns !== null && formats.length > 1 && formats.length !== count) {
      throw wrongResultFormatCount(formats.length, count);
    }
    const all = formats.length === count ? formats : new Array<Format>(count).fill(formats[0] ?? 0);
    const { portals, environment, statementTimestamp } = this.state;
    const { interrupts } = this;
    const abort = given ?? interrupts.portalController();
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
      ...(given === undefined ? { onClosed: () => interrupts.giveBack(abort) } : {}),
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
  private guard<T>(work: () => Eventual<T>): Eventual<T> {
    this.state.stampStatement();
    const done = attempt(work, (error) => {
      this.state.severalStatements = false;
      this.state.endsQueryString = false;
      throw this.failedOf(error);
    });
    return andThen(done, (value) => {
      this.state.severalStatements = false;
      this.state.endsQueryString = false;
      return value;
    });
  }

  /** The same for work that waits for nothing. */
  private guardNow<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw this.failedOf(error);
    }
  }

  private failedOf(error: unknown): SqlError {
    const reported = this.reportable(error);
    this.failed();
    return reported;
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
