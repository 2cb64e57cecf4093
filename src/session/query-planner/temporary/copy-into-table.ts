import { bindInsert, boundDefault, newBinding } from "../../../binder/index.js";
import {
  cannotCopyToView,
  columnNotInCopy,
  columnTwice,
  featureNotSupported,
  undefinedColumnOfRelation,
} from "../../../errors/index.js";
import type { CopyReading } from "../../../engine/index.js";
import {
  copyInputBytes,
  tableShapeBytes,
  type CopyInput,
  type CopyInputColumn,
} from "../../../fragments/index.js";
import {
  builtQuery,
  builtSelect,
  builtTypeName,
  type Copy,
  type Expression as AstExpression,
  type Query,
  type TypeName as AstTypeName,
} from "../../../parser/index.js";
import type { BoundQuery } from "../../../plan/index.js";
import {
  elementOf,
  formatType,
  isArray,
  precisionAndScale,
  sqlType,
  type SqlType,
} from "../../../types/index.js";
import { readCopyOptions, type CopyOptions } from "../../copy/options.js";
import type { CopyIntoTable, StatementContext } from "../../planner.js";
import {
  TEMPORARY_SCHEMA_NAME,
  type TemporaryColumn,
  type TemporaryTable,
} from "../../temporary/index.js";
import { Rights } from "../access/rights.js";
import { bindContextOf, finished } from "../binding.js";
import { isImmutableOrStable, PlanUses } from "../plan-uses.js";
import type { PlanningServices } from "../services.js";
import type { StatementSnapshots } from "../statement-snapshots.js";
import { findTemporary, nameParts } from "./find-table.js";
import { appendSegment, putRows } from "./put-rows.js";

type TableSource = Extract<Copy["source"], { kind: "table" }>;

/** Opens COPY … FROM STDIN into a temporary table; null where it is into another relation. */
export async function copyIntoTable(
  statement: Copy,
  context: StatementContext,
  services: PlanningServices,
  snapshots: StatementSnapshots,
): Promise<CopyIntoTable | null> {
  const { source } = statement;
  if (source.kind !== "table") return null;
  const table = findTemporary(nameParts(source.table), context, services);
  if (table === undefined) return null;
  if (table.kind === "view") throw cannotCopyToView(table.name);
  const given = givenColumns(source, table);
  const work = new CopyWork(statement, table, given, context, services, snapshots);
  const settled = await work.check();
  const options = readCopyOptions(statement.options, "from");
  checkForced("FORCE_NOT_NULL", options.forceNotNull, given, table);
  checkForced("FORCE_NULL", options.forceNull, given, table);
  if (options.format === "binary") checkBinary(given, table);
  return work.open(options, settled);
}

/** Ordinals of the columns that the input has, in its order. */
function givenColumns({ columns }: TableSource, table: TemporaryTable): readonly number[] {
  if (columns.length === 0) return table.columns.map((_, ordinal) => ordinal);
  return columns.map((name, i) => {
    const ordinal = table.columns.findIndex((column) => column.name === name);
    if (ordinal < 0) throw undefinedColumnOfRelation(name, table.name);
    if (columns.indexOf(name) < i) throw columnTwice(name);
    return ordinal;
  });
}

/** 0A000 for what the engine keeps in another form than the wire has. */
function checkBinary(given: readonly number[], table: TemporaryTable): void {
  for (const ordinal of given) {
    const type = table.columns[ordinal]?.type;
    if (type === undefined || (type.name !== "oid" && !isArray(type.name))) continue;
    const what = `COPY of type ${formatType({ ...type, typmod: -1 })} in binary format`;
    throw featureNotSupported(`${what} is not supported`);
  }
}

function checkForced(
  option: string,
  choice: CopyOptions["forceNull"],
  given: readonly number[],
  table: TemporaryTable,
): void {
  for (const name of choice === "all" ? [] : choice) {
    const ordinal = table.columns.findIndex((column) => column.name === name);
    if (ordinal < 0) throw undefinedColumnOfRelation(name, table.name);
    if (!given.includes(ordinal)) throw columnNotInCopy(option, name);
  }
}

/** Literal texts of what columns get that the input lacks; undefined: another one in each row. */
type Defaults = readonly (string | null | undefined)[];

class CopyWork {
  constructor(
    private readonly statement: Copy,
    private readonly table: TemporaryTable,
    private readonly given: readonly number[],
    private readonly context: StatementContext,
    private readonly services: PlanningServices,
    private readonly snapshots: StatementSnapshots,
  ) {}

  /** Finds fault with WHERE, and settles the defaults. */
  async check(): Promise<Defaults> {
    const { statement, table, context } = this;
    if (statement.where !== undefined) await this.selection(table)(false);
    const { evaluator } = this.services;
    const bound = await this.bindContext(table);
    return table.columns.map((column, ordinal) => {
      if (this.given.includes(ordinal) || column.defaultValue === undefined) return null;
      const value = boundDefault(newBinding(bound), column, bound.searchPath);
      if (!isImmutableOrStable(value)) return undefined;
      return evaluator.evaluate(value, context.evaluation);
    });
  }

  open(options: CopyOptions, defaults: Defaults): CopyIntoTable {
    const { table, statement, given } = this;
    const { tables } = this.services;
    const isPlain = statement.where === undefined && table.columns.every(isReadAsItIs);
    const isDirect = isPlain && !defaults.includes(undefined);
    const into = isDirect ? table : stagingOf(table, defaults);
    const number = tables.open(tableShapeBytes(table.name, into.columns));
    let reading: CopyReading;
    try {
      reading = tables.openCopy(number, copyInputBytes(this.input(options, defaults, into)));
    } catch (error) {
      tables.drop(number);
      throw error;
    }
    let isFinished = false;
    return {
      isBinary: options.format === "binary",
      isEncodingNamed: options.isEncodingNamed,
      columnCount: given.length,
      feed: async (bytes) => {
        await reading.feed(bytes);
      },
      finish: async () => {
        await reading.finish();
        isFinished = true;
        return this.finish(number, into);
      },
      close: () => {
        reading.close();
        if (!isFinished) tables.drop(number);
      },
    };
  }

  private input(options: CopyOptions, defaults: Defaults, into: TemporaryTable): CopyInput {
    const { format: kind, delimiter, null: nullText, quote, escape } = options;
    const isForced = (choice: CopyOptions["forceNull"], name: string): boolean =>
      choice === "all" || choice.includes(name);
    const ordinalOf = (name: string): number => {
      return into.columns.findIndex((column) => column.name === name);
    };
    const columns = this.given.map((at): CopyInputColumn => {
      const { name } = this.table.columns[at] as TemporaryColumn;
      const ordinal = ordinalOf(name);
      const { type } = into.columns[ordinal] as TemporaryColumn;
      const isSized = (type.name === "varchar" || type.name === "bpchar") && type.typmod >= 0;
      return {
        ordinal,
        name,
        mostCharacters: isSized ? type.typmod - 4 : 0,
        padded: type.name === "bpchar" && isSized,
        forceNotNull: isForced(options.forceNotNull, name),
        forceNull: isForced(options.forceNull, name),
      };
    });
    const byName = new Map(this.table.columns.map(({ name }, i) => [name, defaults[i] ?? null]));
    const headers = { none: "none", names: "skipped", match: "matched" } as const;
    return {
      format: { kind, delimiter, null: nullText, quote, escape, forceQuote: [] },
      header: headers[options.header],
      columns,
      defaults: into.columns.map(({ name }) => byName.get(name) ?? null),
      settings: { ...this.context.evaluation, vectorSize: 0, threads: 0 },
    };
  }

  private async finish(number: number, read: TemporaryTable): Promise<number> {
    const { table, context, services } = this;
    const { temporary } = context;
    const segment = { number, rowCount: services.tables.finish(number) };
    temporary.hold(segment);
    if (segment.rowCount === 0) return 0;
    if (read === table) {
      await appendSegment(table, segment, temporary, services);
      return segment.rowCount;
    }
    const staged = { ...read, segments: [segment] };
    const kept = await putRows(table, this.selection(staged), context, services);
    if (kept === null) return 0;
    await appendSegment(table, kept, temporary, services);
    return kept.rowCount;
  }

  /** The rows of `staged` that WHERE lets pass, as the table has them. */
  private selection(staged: TemporaryTable): (again: boolean) => Promise<BoundQuery> {
    const { table } = this;
    const columns = staged.columns.map(({ name }) => ({ name, position: undefined }));
    const query = selectFrom(table.name, staged.columns, table.columns, this.statement.where);
    return async () => {
      const bound = await this.bindContext(staged);
      const insert = { columns, source: { kind: "query", query } } as const;
      return finished(bindInsert(insert, table, bound), bound.catalog).query;
    };
  }

  /** Names as this session sees them, with a table of this one's name in its place. */
  private async bindContext(inPlace: TemporaryTable) {
    const { context, services } = this;
    const { state } = context.temporary;
    const seen = state.with({ ...inPlace, oid: this.table.oid });
    const snapshot = await this.snapshots.current(this.statement, context, seen);
    const rights = Rights.of(context, services.catalog.versionIn(context.transaction));
    return bindContextOf(snapshot, null, context, services.evaluator, rights, new PlanUses());
  }
}

/** Whether a type's input leaves a value in the form that the column keeps. */
function isReadAsItIs({ type }: TemporaryColumn): boolean {
  if (isArray(type.name)) return false;
  switch (type.name) {
    case "name":
    case "oid":
      return false;
    case "time":
    case "timestamp":
    case "timestamptz":
    case "interval":
      return type.typmod < 0;
    case "numeric": {
      const shape = precisionAndScale(type);
      return shape === undefined || (shape.precision <= 38 && shape.scale >= 0);
    }
    default:
      return true;
  }
}

/** A table for the input's values, before they are brought to the columns' own types. */
function stagingOf(table: TemporaryTable, defaults: Defaults): TemporaryTable {
  const columns = table.columns
    .filter((_, i) => defaults[i] !== undefined)
    .map((column) => (isReadAsItIs(column) ? column : { ...column, type: inputType(column.type) }))
    .map((column) => ({ ...column, nullable: true }));
  return { ...table, columns, segments: [], statistics: new Map() };
}

function inputType({ name }: SqlType): SqlType {
  if (name === "name" || isArray(name)) return sqlType("text");
  return sqlType(name === "oid" ? "int8" : name);
}

/** A type without its modifier, as it would be written. */
function written({ name }: SqlType): AstTypeName {
  const element = elementOf(name);
  return { ...builtTypeName(element ?? name), arrayDimensions: element === undefined ? 0 : 1 };
}

/** The staged columns by what they are in the table; names are those of the table's. */
function selectFrom(
  name: string,
  columns: readonly TemporaryColumn[],
  targets: readonly TemporaryColumn[],
  where: AstExpression | undefined,
): Query {
  const position = undefined;
  const table = {
    kind: "tableName",
    catalog: undefined,
    schema: TEMPORARY_SCHEMA_NAME,
    name,
    position,
  } as const;
  const items = columns.map(({ name: column, type }, i) => {
    const value = { kind: "columnReference" as const, names: [column], position };
    const wanted = targets.find((target) => target.name === column)?.type ?? type;
    const isCast = wanted.name !== type.name;
    return {
      kind: "selectItem" as const,
      value: isCast
        ? { kind: "cast" as const, operand: value, type: written(wanted), position }
        : value,
      alias: `c${String(i)}`,
      position,
    };
  });
  const from = [
    { kind: "tableReference" as const, table, only: false, alias: undefined, position },
  ];
  return builtQuery(builtSelect({ items, from, where }));
}
