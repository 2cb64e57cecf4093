import { featureNotSupported, SqlError, undefinedType } from "../errors/index.js";
import type { Expression, Query } from "../parser/index.js";
import type {
  BoundParameter,
  Format,
  PlannedQuery,
  Planner,
  ResultColumn,
  ResultPage,
  ResultStream,
  StatementContext,
  UtilityStatement,
} from "../session/index.js";
import { TYPE_FACTS, type TypeName } from "../types/index.js";

/** A value as text, or NULL; `type` decides its binary form. */
interface Cell {
  readonly text: string | null;
  readonly type: TypeName;
}

/** How large the fake's pages are and how many may be out at a time, as in the engine's ring. */
export interface FakeRing {
  readonly rowsPerPage: number;
  readonly pages: number;
}

function column(name: string, type: TypeName): ResultColumn {
  const { oid, size } = TYPE_FACTS[type];
  return { name, typeOid: oid, typeSize: size, typmod: -1, tableOid: 0, columnNumber: 0 };
}

function typeOf(oid: number): TypeName {
  const found = Object.entries(TYPE_FACTS).find(([, facts]) => facts.oid === oid);
  return (found?.[0] ?? "text") as TypeName;
}

function valueBytes(cell: Cell, format: Format): Buffer {
  const text = cell.text ?? "";
  if (format === 0 || cell.type !== "int4") return Buffer.from(text, "utf8");
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(Number(text));
  return bytes;
}

/** One DataRow message. */
export function dataRow(cells: readonly Cell[], formats: readonly Format[]): Buffer {
  const parts: Buffer[] = [];
  cells.forEach((cell, index) => {
    const length = Buffer.alloc(4);
    const bytes = valueBytes(cell, formats[index] ?? 0);
    length.writeInt32BE(cell.text === null ? -1 : bytes.length);
    parts.push(length);
    if (cell.text !== null) parts.push(bytes);
  });
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(7);
  head.write("D");
  head.writeInt32BE(body.length + 6, 1);
  head.writeInt16BE(cells.length, 5);
  return Buffer.concat([head, body]);
}

/** What a run answers: how many rows, each one, and whether it fails or stalls behind them. */
interface Rows {
  readonly count: number;
  readonly row: (index: number) => readonly Cell[];
  readonly after: "end" | "fail" | "stall";
}

/** Pages of a run, out of a ring of which no more than so many are out at a time. */
class FakeStream implements ResultStream {
  private sent = 0;
  private closed = false;
  private freed: (() => void) | null = null;

  constructor(
    private readonly planner: FakePlanner,
    private readonly rows: Rows,
    private readonly formats: readonly Format[],
    private readonly signal: AbortSignal,
  ) {
    planner.openStreams += 1;
  }

  async next(): Promise<ResultPage | null> {
    await this.aFreePage();
    const { ring } = this.planner;
    if (this.sent === this.rows.count) return this.end();
    const count = Math.min(ring.rowsPerPage, this.rows.count - this.sent);
    const rows: Buffer[] = [];
    for (let i = 0; i < count; i++) rows.push(dataRow(this.rows.row(this.sent + i), this.formats));
    this.sent += count;
    this.planner.takePage();
    let released = false;
    return {
      kind: "encoded",
      bytes: Buffer.concat(rows),
      rowCount: count,
      release: () => {
        if (released) throw new Error("a page was released twice");
        released = true;
        this.planner.givePage();
        this.freed?.();
      },
    };
  }

  close(): Promise<void> {
    if (!this.closed) this.planner.openStreams -= 1;
    this.closed = true;
    return Promise.resolve();
  }

  private async end(): Promise<null> {
    if (this.rows.after === "fail") throw new SqlError("divisionByZero", "division by zero");
    if (this.rows.after === "stall") await this.aborted();
    return null;
  }

  private async aFreePage(): Promise<void> {
    while (this.planner.pagesOut >= this.planner.ring.pages) {
      this.signal.throwIfAborted();
      await new Promise<void>((resolve) => {
        this.freed = resolve;
        this.signal.addEventListener("abort", () => resolve(), { once: true });
      });
    }
    this.signal.throwIfAborted();
  }

  private aborted(): Promise<never> {
    return new Promise((_, reject) => {
      const stop = (): void => reject(new Error("the run was aborted"));
      if (this.signal.aborted) stop();
      else this.signal.addEventListener("abort", stop, { once: true });
    });
  }
}

/**
 * A planner for tests of what stands in front of one. It reads select lists of constants, `$n`
 * and casts of them, and these table functions: `numbers(count, text)`: rows of int4 and text;
 * `failing(count)` and `stalling(count)`: the same, then an error or nothing until aborted.
 */
export class FakePlanner implements Planner {
  readonly utilities: string[] = [];
  readonly contexts: StatementContext[] = [];
  openStreams = 0;
  pagesOut = 0;
  mostPagesOut = 0;
  plans = 0;
  /** Plans made before the last increment hold no more. */
  catalogVersion = 0;
  /** What columns are called that have no name of their own. */
  alias: string | null = null;
  /** Runs inside a utility before it is done. */
  duringUtility: (context: StatementContext) => Promise<void> = () => Promise.resolve();

  constructor(readonly ring: FakeRing = { rowsPerPage: 100, pages: 4 }) {}

  plan(
    statement: Parameters<Planner["plan"]>[0],
    declaredOids: readonly number[] | null,
    context: StatementContext,
  ): Promise<PlannedQuery> {
    this.plans += 1;
    this.contexts.push(context);
    const declared = declaredOids ?? [];
    if (statement.kind === "explain") return Promise.resolve(this.explained());
    const parameters = new Map<number, number>();
    const { columns, rows } = this.read(statement, declared, parameters);
    if (declaredOids === null && parameters.size > 0) {
      throw new SqlError("undefinedParameter", "there is no parameter $1");
    }
    const count = Math.max(declared.length, ...parameters.keys());
    const parameterOids = Array.from({ length: Math.max(0, count) }, (_, index) => {
      return declared[index] || (parameters.get(index + 1) ?? TYPE_FACTS.text.oid);
    });
    const version = this.catalogVersion;
    return Promise.resolve({
      columns,
      parameterOids,
      isCurrent: () => this.catalogVersion === version,
      start: (bound, formats, { signal }) => new FakeStream(this, rows(bound), formats, signal),
    });
  }

  async runUtility(statement: UtilityStatement, context: StatementContext): Promise<void> {
    this.contexts.push(context);
    await this.duringUtility(context);
    this.utilities.push(statement.kind);
    this.catalogVersion += 1;
  }

  commit(): Promise<void> {
    return Promise.resolve();
  }

  takePage(): void {
    this.pagesOut += 1;
    this.mostPagesOut = Math.max(this.mostPagesOut, this.pagesOut);
  }

  givePage(): void {
    this.pagesOut -= 1;
  }

  private explained(): PlannedQuery {
    const page = { kind: "text", rows: [["Result"], ["  fake"]] } as const;
    let pages: ResultPage[] = [page];
    return {
      columns: [column("QUERY PLAN", "text")],
      parameterOids: [],
      isCurrent: () => true,
      start: () => {
        pages = [page];
        return {
          next: () => Promise.resolve(pages.pop() ?? null),
          close: () => Promise.resolve(),
        };
      },
    };
  }

  private read(
    query: Query,
    declared: readonly number[],
    parameters: Map<number, number>,
  ): {
    readonly columns: readonly ResultColumn[];
    readonly rows: (bound: readonly BoundParameter[]) => Rows;
  } {
    if (query.body.kind !== "select") throw featureNotSupported("the fake plans only SELECT");
    const [from] = query.body.from;
    if (from?.kind === "tableFunction") return tableFunction(from.functions[0]?.call);
    const items = query.body.items.map((item) => ({
      ...readExpression(item.value, declared, parameters),
      name: item.alias ?? this.alias ?? "?column?",
    }));
    const columns = items.map(({ name, type }) => column(name, type));
    const rows = (bound: readonly BoundParameter[]): Rows => ({
      count: 1,
      row: () => items.map(({ cell }) => cell(bound)),
      after: "end",
    });
    return { columns, rows };
  }
}

/** More than Bind can bring. */
const MAX_PARAMETERS = 65_535;

function typeNamed(name: string): TypeName {
  if (!Object.hasOwn(TYPE_FACTS, name)) throw undefinedType(name, undefined);
  return name as TypeName;
}

interface Read {
  readonly type: TypeName;
  readonly cell: (bound: readonly BoundParameter[]) => Cell;
}

function readExpression(
  expression: Expression,
  declared: readonly number[],
  parameters: Map<number, number>,
  wanted?: TypeName,
): Read {
  switch (expression.kind) {
    case "integerLiteral":
    case "stringLiteral": {
      const type = wanted ?? (expression.kind === "integerLiteral" ? "int4" : "text");
      return { type, cell: () => ({ text: expression.text, type }) };
    }
    case "nullLiteral": {
      const type = wanted ?? "text";
      return { type, cell: () => ({ text: null, type }) };
    }
    case "parameter": {
      const { number } = expression;
      if (number > MAX_PARAMETERS) throw featureNotSupported("the fake plans no such parameter");
      const known = declared[number - 1];
      const type = wanted ?? (known ? typeOf(known) : "text");
      parameters.set(number, known || TYPE_FACTS[type].oid);
      return { type, cell: (bound) => ({ text: parameterText(bound[number - 1], type), type }) };
    }
    case "cast":
      return readExpression(
        expression.operand,
        declared,
        parameters,
        typeNamed(expression.type.name),
      );
    default:
      throw featureNotSupported(`the fake plans no ${expression.kind}`, expression.position);
  }
}

function parameterText(parameter: BoundParameter | undefined, type: TypeName): string | null {
  if (parameter === undefined || parameter.bytes === null) return null;
  const bytes = Buffer.from(parameter.bytes);
  return parameter.format === 1 && type === "int4"
    ? String(bytes.readInt32BE(0))
    : bytes.toString("utf8");
}

function tableFunction(call: Expression | undefined): {
  readonly columns: readonly ResultColumn[];
  readonly rows: () => Rows;
} {
  if (call?.kind !== "functionCall") throw featureNotSupported("the fake plans no such FROM");
  const values = call.arguments.map(({ value }) =>
    value.kind === "integerLiteral" || value.kind === "stringLiteral" ? value.text : "",
  );
  const count = Number(values[0] ?? "0");
  const pad = values[1] ?? "row";
  const ends = { numbers: "end", failing: "fail", stalling: "stall" } as const;
  const name = call.name.at(-1) ?? "";
  if (!Object.hasOwn(ends, name)) {
    throw new SqlError("undefinedFunction", `function ${name} does not exist`).at(call.position);
  }
  return {
    columns: [column("n", "int4"), column("pad", "text")],
    rows: () => ({
      count,
      row: (index) => [
        { text: String(index + 1), type: "int4" },
        { text: pad, type: "text" },
      ],
      after: ends[name as keyof typeof ends],
    }),
  };
}
