import { invariant } from "../../errors/index.js";
import type { CopyFormat } from "../../fragments/index.js";
import {
  parseExpression,
  type Expression,
  type Query,
  type Select,
  type SelectItem,
} from "../../parser/index.js";
import { TYPE_FACTS } from "../../types/index.js";
import { copiedRows } from "../copy/copied-rows.js";
import { releasePage } from "../cursor/page-cut.js";
import { castTo } from "../execute-arguments.js";
import type {
  BoundParameter,
  Format,
  PlannedQuery,
  ResultColumn,
  ResultPage,
  ResultStream,
  StatementContext,
} from "../planner.js";
import { dataRow, valuesOf, type WireValue } from "../data-row.js";
import type { SessionState } from "../session-state.js";
import { SESSION_FUNCTIONS } from "./list.js";
import type { CallResult, SessionFunction } from "./session-function.js";

/** An item of the select list: a column of the inner query, or a call over several. */
type Item =
  | { readonly kind: "column"; readonly at: number }
  | {
      readonly kind: "call";
      readonly at: number;
      readonly count: number;
      readonly called: SessionFunction;
      readonly name: string;
    };

/** A query that calls session functions: the query of their arguments, and what to make of it. */
export interface SessionCalls {
  readonly inner: Query;
  readonly items: readonly Item[];
}

/**
 * Takes apart a query whose select list calls session functions, themselves and not inside other
 * expressions; null for every other query. They are called row by row, once for each row of the answer.
 */
export function sessionCalls(query: Query): SessionCalls | null {
  const { body } = query;
  if (body.kind !== "select" || !body.items.some(({ value }) => functionOf(value) !== null)) {
    return null;
  }
  const byNumber = query.orderBy.some(({ expression }) => expression.kind === "integerLiteral");
  const isPlain = body.distinct === undefined && body.groupBy.length === 0 && !byNumber;
  if (!isPlain || body.items.some(({ value }) => value.kind === "star")) return null;
  const items: Item[] = [];
  const inner: SelectItem[] = [];
  for (const item of body.items) {
    const at = inner.length;
    const found = functionOf(item.value);
    if (found === null) {
      items.push({ kind: "column", at });
      inner.push(item);
      continue;
    }
    const { called, given, types } = found;
    const name = item.alias ?? called.name;
    items.push({ kind: "call", at, count: given.length, called, name });
    for (const [i, value] of given.entries()) {
      const cast = castTo(value, TYPE_FACTS[types[i] ?? "text"].oid);
      const argument = called.seconds === undefined ? cast : secondsOf(called.seconds, cast.value);
      // A name that nobody's ORDER BY can mean.
      inner.push({ ...argument, alias: `?argument ${String(at + i)}?` });
    }
  }
  const select: Select = { ...body, items: inner };
  return { inner: { ...query, body: select }, items };
}

/** A formula over `$1` with that value for it. */
function secondsOf(formula: string, value: Expression): SelectItem {
  const replaced = (node: unknown): unknown => {
    if (typeof node !== "object" || node === null) return node;
    if (Array.isArray(node)) return node.map(replaced);
    if ("kind" in node && node.kind === "parameter") return value;
    const parts = Object.entries(node).map(([name, part]) => {
      return [name, name === "position" ? value.position : replaced(part)] as const;
    });
    return Object.fromEntries(parts);
  };
  return castTo(replaced(parseExpression(formula)) as Expression, TYPE_FACTS.float8.oid);
}

function functionOf(value: Expression): {
  readonly called: SessionFunction;
  readonly given: readonly Expression[];
  readonly types: SessionFunction["parameters"][number];
} | null {
  if (value.kind !== "functionCall" || value.star || value.distinct || value.variadic) return null;
  if (value.over !== undefined || value.filter !== undefined || value.orderBy.length > 0) {
    return null;
  }
  const [name = "", schema = "pg_catalog"] = [...value.name].reverse();
  const called = schema === "pg_catalog" ? SESSION_FUNCTIONS.get(name) : undefined;
  const types = called?.parameters.find(({ length }) => length === value.arguments.length);
  const isNamed = value.arguments.some((argument) => argument.name !== undefined);
  if (called === undefined || types === undefined || isNamed) return null;
  return { called, types, given: value.arguments.map((argument) => argument.value) };
}

/** The plan of a query that calls session functions, over the plan of its arguments. */
export class SessionCallPlan implements PlannedQuery {
  readonly columns: readonly ResultColumn[];
  readonly parameterOids: readonly number[];

  constructor(
    private readonly inner: PlannedQuery,
    private readonly items: readonly Item[],
    private readonly state: SessionState,
  ) {
    this.parameterOids = inner.parameterOids;
    this.columns = items.map((item) => columnOf(item, inner.columns));
  }

  isCurrent(context: StatementContext): boolean {
    return this.inner.isCurrent(context);
  }

  start(
    parameters: readonly BoundParameter[],
    resultFormats: readonly Format[],
    context: StatementContext,
    copy?: CopyFormat,
  ): ResultStream {
    const called = this.called(parameters, resultFormats, context);
    return copy === undefined ? called : copiedRows(called, copy);
  }

  private called(
    parameters: readonly BoundParameter[],
    resultFormats: readonly Format[],
    context: StatementContext,
  ): ResultStream {
    const formats: Format[] = this.inner.columns.map(() => 0);
    this.items.forEach((item, i) => {
      if (item.kind === "column") formats[item.at] = resultFormats[i] ?? 0;
    });
    const rows = this.inner.start(parameters, formats, context);
    return {
      next: async () => {
        const page = await rows.next();
        return page === null ? null : this.pageOf(page, resultFormats, context.signal);
      },
      close: () => rows.close(),
    };
  }

  private async pageOf(
    page: ResultPage,
    formats: readonly Format[],
    signal: AbortSignal,
  ): Promise<ResultPage> {
    const rows: Uint8Array[] = [];
    try {
      for (const values of valuesOf(page)) rows.push(await this.row(values, formats, signal));
    } finally {
      releasePage(page);
    }
    return {
      kind: "encoded",
      bytes: Buffer.concat(rows),
      rowCount: rows.length,
      release: () => undefined,
    };
  }

  private async row(
    values: readonly WireValue[],
    formats: readonly Format[],
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const answers: WireValue[] = [];
    for (const [i, item] of this.items.entries()) {
      if (item.kind === "column") {
        answers.push(values[item.at] ?? null);
        continue;
      }
      const { called, at, count } = item;
      const given = values
        .slice(at, at + count)
        .map((value) => (value === null ? null : Buffer.from(value).toString("utf8")));
      const isNull = called.takesNull !== true && given.includes(null);
      const answer = isNull ? null : await called.run(given, { state: this.state, signal });
      answers.push(encoded(answer, formats[i] ?? 0));
    }
    return dataRow(answers);
  }
}

function columnOf(item: Item, columns: readonly ResultColumn[]): ResultColumn {
  if (item.kind === "column") {
    const column = columns[item.at];
    invariant(column !== undefined, "a column of the inner query");
    return column;
  }
  const { oid, size } = TYPE_FACTS[item.called.result];
  const { name } = item;
  return { name, typeOid: oid, typeSize: size, typmod: -1, tableOid: 0, columnNumber: 0 };
}

function encoded(answer: CallResult, format: Format): WireValue {
  if (answer === null) return null;
  if (typeof answer === "string") return Buffer.from(answer, "utf8");
  if (format === 1) return Buffer.from([answer ? 1 : 0]);
  return Buffer.from(answer ? "t" : "f");
}
