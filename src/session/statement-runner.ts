import {
  cachedPlanChangedType,
  featureNotSupported,
  notInTransaction,
  readOnlyTransaction,
  undefinedType,
  unreachable,
} from "../errors/index.js";
import {
  type AccessControl,
  type Copy,
  type CreateTableAs,
  type Execute,
  type Explain,
  type Query,
  type Prepare,
  type ShowVariable,
  type Statement,
  type TypeName as AstTypeName,
} from "../parser/index.js";
import { arrayOf, TYPE_FACTS, type TypeName } from "../types/index.js";
import { labelled } from "./column-labels.js";
import { commandTag } from "./command-tag.js";
import { CopyIn } from "./copy/copy-in.js";
import { startCopy } from "./copy/copy.js";
import { declareCursor, fetchFromCursor, holdCursors } from "./cursor/commands.js";
import { evaluateArguments } from "./execute-arguments.js";
import { SessionCallPlan, sessionCalls } from "./functions/call-plan.js";
import { isLiveQuery, withLiveRows } from "./live/live-query.js";
import { momentary } from "./momentary-plan.js";
import { andThen, type Eventual } from "./eventual.js";
import { throwIfAborted, type Interrupts } from "./interrupts.js";
import type {
  BoundParameter,
  Format,
  PlannedInsert,
  PlannedQuery,
  Planner,
  ResultColumn,
  ResultStream,
  StatementContext,
  TemporaryPlanner,
  UtilityStatement,
} from "./planner.js";
import type { Opened, Portal } from "./cursor/portal.js";
import type { PreparedStatement } from "./prepared-statement.js";
import { commandNotSupported, runSessionCommand } from "./session-commands.js";
import type { SessionState } from "./session-state.js";

const TEXT = TYPE_FACTS.text;

function textColumn(name: string): ResultColumn {
  return {
    name,
    typeOid: TEXT.oid,
    typeSize: TEXT.size,
    typmod: -1,
    tableOid: 0,
    columnNumber: 0,
  };
}

/** A run with its inputs, as portals and EXECUTE start it. */
interface Start {
  readonly prepared: PreparedStatement;
  readonly parameters: readonly BoundParameter[];
  readonly formats: readonly Format[];
  readonly signal: AbortSignal;
}

/** Sends each kind of statement where it belongs: the planner, the catalog, the session itself. */
export class StatementRunner {
  constructor(
    private readonly state: SessionState,
    private readonly interrupts: Interrupts,
  ) {}

  /** Finds out all there is to know of a statement before it runs. */
  prepare(
    name: string,
    text: string,
    statement: Statement | null,
    declaredOids: readonly number[] | null,
    signal: AbortSignal,
  ): Eventual<PreparedStatement> {
    const preparedMicros = this.state.statementTimestamp;
    // Spelled out: every statement is made here.
    const made = (
      parameterOids: readonly number[],
      columns: PreparedStatement["columns"],
      plan: PlannedQuery | null,
    ): PreparedStatement => ({
      name,
      text,
      statement,
      declaredOids,
      parameterOids,
      columns,
      preparedMicros,
      fromSql: false,
      plan,
    });
    if (statement?.kind === "explain" && statement.statement.kind === "execute") {
      const inner = this.explained(statement, statement.statement.name, signal);
      return andThen(inner, ({ columns, plan }) => made(declaredOids ?? [], columns, plan));
    }
    if (statement?.kind === "query" || statement?.kind === "explain") {
      const context = this.state.context(text, signal);
      return andThen(this.plan(statement, declaredOids, context), (plan) => {
        throwIfAborted(signal);
        const columns =
          statement.kind === "query" ? labelled(statement, plan.columns) : plan.columns;
        return made(plan.parameterOids, columns, plan);
      });
    }
    if (statement?.kind === "insert") {
      const context = this.state.context(text, signal);
      const planned = this.temporaryFor(statement).planInsert(statement, declaredOids, context);
      return planned.then((plan) => {
        throwIfAborted(signal);
        return made(plan.parameterOids, null, plan);
      });
    }
    if (statement?.kind === "declareCursor") {
      const context = this.state.context(text, signal);
      return andThen(this.plan(statement.query, declaredOids, context), (plan) => {
        throwIfAborted(signal);
        return made(plan.parameterOids, null, plan);
      });
    }
    const columns = statement === null ? null : this.columnsOf(statement);
    return made(declaredOids ?? [], columns, null);
  }

  /** EXPLAIN of the query that was prepared under a name. */
  private explained(
    explain: Explain,
    preparedName: string,
    signal: AbortSignal,
  ): Eventual<PreparedStatement> {
    const { name, text, statement, parameterOids } = this.state.statements.get(preparedName);
    if (statement?.kind !== "query") {
      throw featureNotSupported("EXPLAIN of a statement that is no query is not supported");
    }
    return this.prepare(name, text, { ...explain, statement }, parameterOids, signal);
  }

  private plan(
    statement: Query | Explain,
    declaredOids: readonly number[] | null,
    context: StatementContext,
  ): Eventual<PlannedQuery> {
    if (statement.kind === "query" && isLiveQuery(statement)) {
      return andThen(this.plan(this.withLiveRows(statement), declaredOids, context), momentary);
    }
    const calls = statement.kind === "query" ? sessionCalls(statement) : null;
    if (calls === null) return this.planner.plan(statement, declaredOids, context);
    return andThen(
      this.planner.plan(calls.inner, declaredOids, context),
      (inner) => new SessionCallPlan(inner, calls.items, this.state),
    );
  }

  /** The statement with a plan that holds now; 0A000 where its result would look different. */
  current(prepared: PreparedStatement, signal: AbortSignal): Eventual<PreparedStatement> {
    const context = this.state.context(prepared.text, signal);
    const { name, text, statement, declaredOids, parameterOids } = prepared;
    if (statement?.kind === "fetch") return { ...prepared, columns: this.columnsOf(statement) };
    if (prepared.plan === null || prepared.plan.isCurrent(context)) return prepared;
    // The client was told these types: inferring others now would change what it binds.
    const oids = parameterOids.length > 0 ? parameterOids : declaredOids;
    return andThen(this.prepare(name, text, statement, oids, signal), (renewed) => {
      if (!sameColumns(prepared.columns, renewed.columns)) throw cachedPlanChangedType();
      this.state.statements.replace(prepared, renewed);
      return renewed;
    });
  }

  /** Runs a portal's statement, or starts it where it answers rows. */
  open(portal: Portal): Eventual<Opened> {
    const { statement, parameters, formats, abort } = portal;
    const start = { prepared: statement, parameters, formats, signal: abort.signal };
    return statement.statement?.kind === "query" ? this.startPlan(start, true) : this.start(start);
  }

  /** What must be done before the transaction commits; rolls back where it fails. */
  async beforeCommit(signal: AbortSignal): Promise<void> {
    const { transaction } = this.state;
    if (transaction.status === "failed") return;
    try {
      await holdCursors(signal, (portal) => this.open(portal), this.state);
      this.state.notifications.checkCommit();
      await this.commitDraft();
    } catch (error) {
      transaction.rollback();
      throw error;
    }
  }

  private async start(start: Start): Promise<Opened> {
    const { statement } = start.prepared;
    if (statement === null) return { kind: "done", tag: "" };
    switch (statement.kind) {
      case "query":
        return this.startPlan(start, true);
      case "explain": {
        const { statement: inner } = statement;
        const parameters =
          inner.kind === "execute" ? await this.argumentsOf(inner, start) : start.parameters;
        return this.startPlan({ ...start, parameters }, false);
      }
      case "insert":
        return this.insert(start);
      case "createTableAs":
        return this.createTableAs(statement, start);
      case "execute":
        return this.execute(statement, start);
      case "prepare":
        return this.prepareInSql(statement, start);
      case "copy":
        return this.startCopy(statement, start);
      case "showVariable":
        return showVariable(statement, this.state);
      case "createSchema":
      case "createForeignTable":
      case "createServer":
      case "importForeignSchema":
      case "createView":
      case "createTable":
      case "truncate":
      case "drop":
      case "analyze":
      case "vacuum":
      case "comment":
      case "accessControl":
        return this.runUtility(statement, start);
      case "declareCursor":
        return declareCursor(statement, start.prepared, start.parameters, this.state);
      case "fetch":
        return fetchFromCursor(
          statement,
          start.formats,
          start.signal,
          (portal) => this.open(portal),
          this.state,
        );
      case "commit":
        await this.beforeCommit(start.signal);
        return { kind: "done", tag: runSessionCommand(statement, this.state) };
      case "begin":
      case "rollback":
      case "savepoint":
      case "releaseSavepoint":
      case "rollbackToSavepoint":
      case "setVariable":
      case "setTransaction":
      case "resetVariable":
      case "deallocate":
      case "closeCursor":
      case "discard":
      case "listen":
      case "notify":
      case "unlisten":
      case "checkpoint":
        return { kind: "done", tag: runSessionCommand(statement, this.state) };
      case "unsupported":
        throw commandNotSupported(statement);
      default:
        return unreachable(statement);
    }
  }

  private startPlan(start: Start, counted: boolean): Opened {
    const { prepared, parameters, formats, signal } = start;
    const plan = prepared.plan as PlannedQuery;
    const context = this.state.context(prepared.text, signal);
    this.state.transaction.markQueried();
    const stream = plan.start(parameters, formats, context);
    const command = counted ? "SELECT" : "EXPLAIN";
    return { kind: "rows", stream, tag: { command, counted } };
  }

  private async insert({ prepared, parameters, signal }: Start): Promise<Opened> {
    const context = this.state.context(prepared.text, signal);
    this.state.transaction.markQueried();
    const rowCount = await (prepared.plan as PlannedInsert).insert(parameters, context);
    return { kind: "done", tag: `INSERT 0 ${String(rowCount)}` };
  }

  private async createTableAs(
    statement: CreateTableAs,
    { prepared, signal }: Start,
  ): Promise<Opened> {
    const tag = commandTag(statement);
    if (this.state.settings.snapshot().transactionReadOnly) throw readOnlyTransaction(tag);
    const context = this.state.context(prepared.text, signal);
    this.state.transaction.markQueried();
    const rowCount = await this.temporaryFor(statement).createTableAs(statement, context);
    return { kind: "done", tag: rowCount === null ? tag : `SELECT ${String(rowCount)}` };
  }

  private async startCopy(statement: Copy, start: Start): Promise<Opened> {
    const context = this.state.context(start.prepared.text, start.signal);
    this.state.transaction.markQueried();
    if (statement.direction === "from" && statement.endpoint === "client") {
      const target = await this.planner.temporary?.copyIntoTable(statement, context);
      if (target) return { kind: "copyIn", copy: new CopyIn(target) };
    }
    const planner = {
      plan: (query: Query) => this.plan(query, null, context),
    };
    return { kind: "copyOut", copy: await startCopy(statement, planner, context) };
  }

  private async execute(statement: Execute, outer: Start): Promise<Opened> {
    const found = this.state.statements.get(statement.name);
    const prepared = await this.current(found, outer.signal);
    const parameters = await this.argumentsOf(statement, outer);
    return this.start({ ...outer, prepared, parameters });
  }

  /** The values that an EXECUTE gives to the statement it names. */
  private argumentsOf(statement: Execute, outer: Start): Promise<readonly BoundParameter[]> {
    const { parameterOids } = this.state.statements.get(statement.name);
    // As in PostgreSQL, values for a statement that takes none are not looked at.
    if (parameterOids.length === 0) return Promise.resolve([]);
    const context = this.state.context(outer.prepared.text, outer.signal);
    return evaluateArguments(statement, parameterOids, this.planner, context);
  }

  private async prepareInSql(statement: Prepare, start: Start): Promise<Opened> {
    const { statements } = this.state;
    statements.checkFree(statement.name);
    const oids = statement.parameterTypes.map(oidOfType);
    const { text } = start.prepared;
    const prepared = await this.prepare(
      statement.name,
      text,
      statement.statement,
      oids,
      start.signal,
    );
    statements.add({ ...prepared, fromSql: true });
    return { kind: "done", tag: commandTag(statement) };
  }

  private async runUtility(statement: UtilityStatement, start: Start): Promise<Opened> {
    const tag = commandTag(statement);
    const changesCatalog = statement.kind !== "analyze" && statement.kind !== "vacuum";
    if (changesCatalog && this.state.settings.snapshot().transactionReadOnly) {
      throw readOnlyTransaction(tag);
    }
    const { transaction, severalStatements, endsQueryString } = this.state;
    if (statement.kind === "vacuum" && (transaction.isExplicit || severalStatements)) {
      throw notInTransaction(tag);
    }
    const settled = statement.kind === "accessControl" ? this.withSetting(statement) : statement;
    const context = this.state.context(start.prepared.text, start.signal);
    await this.interrupts.shelter(() => this.planner.runUtility(settled, context));
    if (endsQueryString && !transaction.isExplicit) await this.beforeCommit(start.signal);
    return { kind: "done", tag };
  }

  /** Makes what the transaction changed of definitions durable; it goes on if the client leaves. */
  private async commitDraft(): Promise<void> {
    const { transaction } = this.state;
    const { draft } = transaction;
    if (draft === null) return;
    await this.interrupts.shelter(() => this.planner.commit(draft));
    transaction.scope.draft = null;
  }

  /** ALTER ROLE … SET takes what SET takes; under the name that SHOW shows. */
  private withSetting(statement: AccessControl): AccessControl {
    const { command } = statement;
    if (command.kind !== "alterRoleSet" || command.name === undefined) return statement;
    const { settings } = this.state;
    const mark = settings.mark();
    try {
      settings.set(command.name, command.values, false);
      if (command.values === undefined) return statement;
      const { name, value } = settings.show(command.name);
      // Names and intervals need the quotes that SHOW gives them.
      const isPlain = name !== "search_path" && !command.values[0]?.startsWith("INTERVAL ");
      const values = isPlain ? command.values : [value];
      return { ...statement, command: { ...command, name, values } };
    } finally {
      settings.rollbackTo(mark);
    }
  }

  /** Columns of a statement that the session itself answers; null where there are none. */
  private columnsOf(statement: Statement): readonly ResultColumn[] | null {
    switch (statement.kind) {
      case "showVariable":
        return statement.name === undefined
          ? ["name", "setting", "description"].map(textColumn)
          : [textColumn(this.state.settings.show(statement.name).name)];
      case "execute":
        return this.state.statements.get(statement.name).columns;
      case "fetch":
        return statement.move ? null : (this.state.portals.find(statement.cursor)?.columns ?? null);
      case "unsupported":
        throw commandNotSupported(statement);
      default:
        return null;
    }
  }

  private withLiveRows(query: Query): Query {
    return isLiveQuery(query) ? withLiveRows(query, this.state) : query;
  }

  private temporaryFor(statement: Statement): TemporaryPlanner {
    const { temporary } = this.planner;
    if (temporary === undefined) throw commandNotSupported(statement);
    return temporary;
  }

  private get planner(): Planner {
    return this.state.environment.planner;
  }
}

function showVariable(statement: ShowVariable, state: SessionState): Opened {
  const { settings } = state;
  const rows =
    statement.name === undefined
      ? settings.showAll().map(({ name, value, description }) => [name, value, description])
      : [[settings.show(statement.name).value]];
  const tag = { command: commandTag(statement), counted: false };
  return { kind: "rows", stream: rowsStream(rows), tag };
}

/** Rows that are there already. */
function rowsStream(rows: readonly (readonly string[])[]): ResultStream {
  let page: { readonly kind: "text"; readonly rows: typeof rows } | null = { kind: "text", rows };
  return {
    next: () => {
      const only = page;
      page = null;
      return Promise.resolve(only);
    },
    close: () => Promise.resolve(),
  };
}

function sameColumns(
  before: readonly ResultColumn[] | null,
  now: readonly ResultColumn[] | null,
): boolean {
  if (before === null || now === null) return before === now;
  if (before.length !== now.length) return false;
  return before.every((column, index) => {
    const other = now[index];
    return (
      other !== undefined &&
      column.name === other.name &&
      column.typeOid === other.typeOid &&
      column.typmod === other.typmod
    );
  });
}

/** The OID of a declared parameter type. */
function oidOfType(type: AstTypeName): number {
  const known = Object.hasOwn(TYPE_FACTS, type.name) ? (type.name as TypeName) : undefined;
  const inCatalog = type.schema === undefined || type.schema === "pg_catalog";
  const declared = known && type.arrayDimensions > 0 ? arrayOf(known) : known;
  if (declared === undefined || !inCatalog) throw undefinedType(type.name, type.position);
  return TYPE_FACTS[declared].oid;
}
