import {
  cannotInsertIntoForeignTable,
  columnNotInCopy,
  columnTwice,
  copyFileForbidden,
  invariant,
  SqlError,
  undefinedColumn,
  undefinedColumnOfRelation,
} from "../../errors/index.js";
import { isSystemSchema } from "../../catalog/index.js";
import type { Eventual } from "../eventual.js";
import type { CopyFormat } from "../../fragments/index.js";
import {
  builtQuery,
  builtSelect,
  parse,
  type Copy,
  type Query,
  type SelectItem,
  type TableName,
} from "../../parser/index.js";
import type { PlannedQuery, StatementContext } from "../planner.js";
import { CopyOut } from "./copy-out.js";
import { readCopyOptions, type ColumnChoice, type CopyOptions } from "./options.js";

/** Plans what COPY sends. */
export interface CopyPlanner {
  plan(query: Query): Eventual<PlannedQuery>;
}

/** Plans and starts COPY … TO STDOUT; refuses the other ways of COPY. */
export async function startCopy(
  statement: Copy,
  planner: CopyPlanner,
  context: StatementContext,
): Promise<CopyOut> {
  const { source, direction, endpoint } = statement;
  if (endpoint !== "client") throw copyFileForbidden(direction, endpoint);
  if (source.kind === "table") await checkColumns(source, planner);
  if (direction === "from") {
    throw cannotInsertIntoForeignTable(source.kind === "table" ? source.table.name : "");
  }
  const options = readCopyOptions(statement.options, direction);
  const plan =
    source.kind === "query"
      ? await planner.plan(source.query)
      : await planTable(source.table, source.columns, planner);
  const format = formatOf(options, plan, source);
  const formats = plan.columns.map(() => (format.kind === "binary" ? 1 : 0));
  const stream = plan.start([], formats, context, format);
  const names = plan.columns.map(({ name }) => name);
  return new CopyOut(stream, names, format, options.header, options.isEncodingNamed);
}

/** Throws 42703 and 42701 for the columns that COPY names. */
async function checkColumns(
  { table, columns }: Extract<Copy["source"], { kind: "table" }>,
  planner: CopyPlanner,
): Promise<void> {
  const { columns: known } = await planTable(table, [], planner);
  columns.forEach((column, index) => {
    if (!known.some(({ name }) => name === column)) {
      throw undefinedColumnOfRelation(column, table.name);
    }
    if (columns.indexOf(column) < index) throw columnTwice(column);
  });
}

function formatOf(options: CopyOptions, plan: PlannedQuery, source: Copy["source"]): CopyFormat {
  const { format: kind, delimiter, null: nullText, quote, escape } = options;
  const names = plan.columns.map(({ name }) => name);
  const forceQuote = forced(options.forceQuote, names, source);
  return { kind, delimiter, null: nullText, quote, escape, forceQuote };
}

function forced(
  choice: ColumnChoice,
  names: readonly string[],
  source: Copy["source"],
): readonly boolean[] {
  if (choice === "all") return names.map(() => true);
  for (const column of choice) {
    if (names.includes(column)) continue;
    if (source.kind === "query") throw undefinedColumn(column, undefined, undefined);
    throw columnNotInCopy("FORCE_QUOTE", column);
  }
  return names.map((name) => choice.includes(name));
}

/** COPY's errors of a table have no position. */
async function planTable(
  table: TableName,
  columns: readonly string[],
  planner: CopyPlanner,
): Promise<PlannedQuery> {
  try {
    return await planner.plan(selectFrom(table, columns));
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    const { position: _, ...fields } = error.fields;
    throw Object.assign(error, { fields });
  }
}

/** `SELECT columns FROM table`, all columns where none is named. */
function selectFrom(named: TableName, columns: readonly string[]): Query {
  if (isSystemSchema(named.schema ?? "") || named.name.startsWith("pg_")) {
    return systemSelect(named, columns);
  }
  const position = undefined;
  const table = { ...named, position };
  const item = (value: SelectItem["value"]): SelectItem => {
    return { kind: "selectItem", value, alias: undefined, position };
  };
  const items =
    columns.length === 0
      ? [item({ kind: "star", qualifier: [], position })]
      : columns.map((name) => item({ kind: "columnReference", names: [name], position }));
  const from = { kind: "tableReference", table, only: false, alias: undefined, position } as const;
  return builtQuery(builtSelect({ items, from: [from] }));
}

/** The same where it may be one for the system catalog, which is asked in words. */
function systemSelect({ schema, name }: TableName, columns: readonly string[]): Query {
  const quoted = (each: string): string => `"${each.replaceAll('"', '""')}"`;
  const items = columns.length === 0 ? "*" : columns.map(quoted).join(", ");
  const table = schema === undefined ? quoted(name) : `${quoted(schema)}.${quoted(name)}`;
  const statement = parse(`SELECT ${items} FROM ${table}`)[0]?.statement;
  invariant(statement?.kind === "query", "SELECT is a query");
  return statement;
}
