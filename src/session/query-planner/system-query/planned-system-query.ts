import {
  REPLY_TAG,
  type CatalogAnswer,
  type LiveView,
  type StoredCatalog,
  type StoredMirror,
  type SystemCatalog,
} from "../../../catalog/index.js";
import { SqlError, systemCatalogRefused } from "../../../errors/index.js";
import type { CopyFormat } from "../../../fragments/index.js";
import type { SystemMention } from "../../../parser/index.js";
import { copiedRows } from "../../copy/copied-rows.js";
import type {
  BoundParameter,
  EncodedPage,
  Format,
  PlannedQuery,
  ResultColumn,
  ResultStream,
  StatementContext,
} from "../../planner.js";
import type { ExplainOptions } from "../explain/options.js";
import { sessionFrame } from "./session-frame.js";

/** What a catalog query is run with; shared by all sessions. */
export interface SystemServices {
  readonly systemCatalog: SystemCatalog;
  readonly liveViews: readonly LiveView[];
  /** How it sees the definitions of a transaction that has changed them. */
  readonly mirror: StoredMirror;
  readonly catalog: Pick<StoredCatalog, "versionIn">;
}

/** What the system catalog is asked. */
interface Question {
  readonly mention: SystemMention;
  /** Goes before the query's own text; ASCII. */
  readonly prefix: string;
}

/** A query that the system catalog answers, or explains. Its rows are passed on as they come, never read. */
export class PlannedSystemQuery implements PlannedQuery {
  private constructor(
    private readonly question: Question,
    readonly parameterOids: readonly number[],
    readonly columns: readonly ResultColumn[],
    private readonly planned: StatementContext,
    private readonly services: SystemServices,
    private readonly plannedVersion: bigint,
    /** Of a query that cannot have parameters: it ran when it was described. */
    private answer: CatalogAnswer | null,
  ) {}

  static async plan(
    mention: SystemMention,
    declaredOids: readonly number[] | null,
    context: StatementContext,
    services: SystemServices,
    explain?: ExplainOptions,
  ): Promise<PlannedSystemQuery> {
    const prefix = explain === undefined ? "" : explainCommand(explain);
    const question = { mention, prefix };
    const version = services.catalog.versionIn(context.transaction).number;
    const runsAtOnce = declaredOids === null;
    const answer = await run(question, context, services, (batch) => {
      batch.parse("", prefix + mention.text, declaredOids ?? []).describeStatement("");
      if (runsAtOnce) batch.bind("", []).execute();
    });
    const { reply, messages } = answer;
    const find = (tag: number) => messages.find((message) => message.tag === tag);
    const parameters = find(REPLY_TAG.parameterDescription);
    const row = find(REPLY_TAG.rowDescription);
    return new PlannedSystemQuery(
      question,
      parameters === undefined ? [] : reply.parameterOids(parameters),
      row === undefined ? [] : reply.columns(row),
      context,
      services,
      version,
      runsAtOnce ? answer : null,
    );
  }

  isCurrent(context: StatementContext): boolean {
    const { number } = this.services.catalog.versionIn(context.transaction);
    return context.settings === this.planned.settings && number === this.plannedVersion;
  }

  start(
    parameters: readonly BoundParameter[],
    resultFormats: readonly Format[],
    context: StatementContext,
    copy?: CopyFormat,
  ): ResultStream {
    const { answer, question, services, parameterOids } = this;
    this.answer = null;
    const isText = resultFormats.every((format) => format === 0);
    const rows = new AnswerStream(() => {
      if (answer !== null && isText) return Promise.resolve(answer);
      const text = question.prefix + question.mention.text;
      return run(question, context, services, (batch) => {
        batch.parse("", text, parameterOids).bind("", parameters, resultFormats).execute();
      });
    });
    return copy === undefined ? rows : copiedRows(rows, copy);
  }
}

/** EXPLAIN with all options said: their defaults differ from release to release. */
function explainCommand({ format, analyze, ...flags }: ExplainOptions): string {
  const { timing, wal, ...others } = flags;
  const said = Object.entries(analyze ? { analyze, timing, wal, ...others } : others);
  const options = said.map(([name, isOn]) => `${name} ${isOn ? "on" : "off"}`);
  return `EXPLAIN (${[...options, `format ${format}`].join(", ")}) `;
}

/** Runs messages in the session's frame; what goes wrong is told of the client's own text. */
async function run(
  question: Question,
  context: StatementContext,
  services: SystemServices,
  fill: Fill,
): Promise<CatalogAnswer> {
  try {
    return await runInFrame(question.mention, context, services, fill);
  } catch (error) {
    throw error instanceof SqlError ? atOwnPosition(error, question, context) : error;
  }
}

type Fill = Parameters<SystemCatalog["run"]>[0]["fill"];

/** Runs messages with the session's settings, but for `styles`. */
export async function runInFrame(
  mention: SystemMention,
  context: StatementContext,
  { systemCatalog, liveViews, mirror }: SystemServices,
  fill: Fill,
  styles: ReadonlyMap<string, string> = new Map(),
): Promise<CatalogAnswer> {
  const own = sessionFrame(context, mention, liveViews);
  const frame = { ...own, settings: new Map([...own.settings, ...styles]) };
  const { draft } = context.transaction;
  const source = draft === null ? {} : { source: mirror.of(draft.version) };
  const answer = await systemCatalog.run({ frame, fill, signal: context.signal, ...source });
  for (const notice of answer.reply.notices) context.notice(systemCatalogRefused(notice));
  return answer;
}

/** Positions count in all that the client sent. */
function atOwnPosition(
  error: SqlError,
  { mention: { start }, prefix }: Question,
  { text }: StatementContext,
): SqlError {
  const { position } = error.fields;
  if (position === undefined) return error;
  const before = [...text.slice(0, start)].length - prefix.length;
  return Object.assign(error, { fields: { ...error.fields, position: position + before } });
}

/** Rows of a catalog query: each run of DataRow messages is a page. */
class AnswerStream implements ResultStream {
  private pages: EncodedPage[] | null = null;

  constructor(private readonly open: () => Promise<CatalogAnswer>) {}

  async next(): Promise<EncodedPage | null> {
    this.pages ??= pagesOf(await this.open());
    return this.pages.shift() ?? null;
  }

  close(): Promise<void> {
    this.pages = [];
    return Promise.resolve();
  }
}

/** A page has at most about so many bytes, that a slow client's others wait where they are. */
const PAGE_BYTES = 256 * 1024;

function pagesOf({ reply, messages }: CatalogAnswer): EncodedPage[] {
  const pages: EncodedPage[] = [];
  let [start, end, rowCount] = [0, 0, 0];
  const flush = (): void => {
    if (rowCount > 0) {
      const bytes = reply.bytes.subarray(start, end);
      pages.push({ kind: "encoded", bytes, rowCount, release: () => undefined });
    }
    rowCount = 0;
  };
  for (const message of messages) {
    if (message.tag !== REPLY_TAG.dataRow) continue;
    if (message.start !== end || end - start > PAGE_BYTES) flush();
    if (rowCount === 0) start = message.start;
    end = message.end;
    rowCount += 1;
  }
  flush();
  return pages;
}
