import { create, toBinary, type MessageInitShape } from "@bufbuild/protobuf";
import { internalError, invariant } from "../errors/index.js";
import type { Column, EvaluationSettings, PhysicalOperator, PhysicalPlan } from "../plan/index.js";
import { Row, type OutputField } from "./encode-expression.js";
import { shownValues } from "./composite-output.js";
import { encodeOperator, type Cutting, type ExchangeReading } from "./encode-operator.js";
import {
  type CopyFormatSchema,
  CopyFormat_Kind,
  ExchangeSink_Kind,
  FragmentSchema,
  QuerySchema,
  SettingsSchema,
  type ExchangeSink,
  type Fragment,
  type Operator,
  type Query,
} from "./generated/fragment_pb.js";
import { verifyQuery } from "./verify-query.js";

/** What a query message needs to know besides its plan. */
export interface QuerySettings extends EvaluationSettings {
  /** Rows of a vector; 0 is the engine's default. */
  readonly vectorSize: number;
  /** 0 is all the executor has. */
  readonly threads: number;
  /** Whether operators are timed. */
  readonly timed?: boolean;
}

/** How COPY writes rows. `delimiter`, `quote` and `escape` are one byte each. */
export interface CopyFormat {
  readonly kind: "text" | "csv" | "binary";
  readonly delimiter: string;
  readonly null: string;
  readonly quote: string;
  readonly escape: string;
  /** A result column each: whether its values are always quoted. */
  readonly forceQuote: readonly boolean[];
}

/** How the result is to be written: a column of the root each, and its wire format. */
export interface ResultColumns {
  readonly columns: readonly Column[];
  /** 0 text, 1 binary; one a column. */
  readonly formats: readonly (0 | 1)[];
  /** Rows become CopyData messages. */
  readonly copy?: CopyFormat;
  /** Rows go into the session's table of that number, which must be open; the result has none. */
  readonly intoTable?: number;
}

const BINARY_OID = 2;

/** An oid is kept in eight bytes and has four in binary. */
function formatsOf({ columns, formats }: ResultColumns): number[] {
  return formats.map((format, index) => {
    return format === 1 && columns[index]?.type.name === "oid" ? BINARY_OID : format;
  });
}

const COPY_KINDS = {
  text: CopyFormat_Kind.TEXT,
  csv: CopyFormat_Kind.CSV,
  binary: CopyFormat_Kind.BINARY,
} as const;

/**
 * Cuts a physical plan at its exchanges and writes it as the message that executors read. The
 * fragments stand in the order in which they must run; the last one puts out the result.
 */
export function buildQuery(
  plan: PhysicalPlan,
  settings: QuerySettings,
  result: ResultColumns,
): Query {
  const query = buildFragments(plan, result);
  query.settings = create(SettingsSchema, settingsOf(settings));
  return query;
}

/** The message without the settings of a run: these may follow, see `querySettings`. */
export function buildFragments(plan: PhysicalPlan, result: ResultColumns): Query {
  invariant(result.columns.length === result.formats.length, "a result format is missing");
  const query = create(QuerySchema, { fragments: new Cutter(plan).cut(result) });
  verifyQuery(query);
  return query;
}

/** The format as a message. */
export function copyFormatOf(copy: CopyFormat): MessageInitShape<typeof CopyFormatSchema> {
  return { ...copy, kind: COPY_KINDS[copy.kind], forceQuote: [...copy.forceQuote] };
}

function destinationOf({ copy, intoTable }: ResultColumns) {
  return {
    ...(copy === undefined ? {} : { copy: copyFormatOf(copy) }),
    ...(intoTable === undefined ? {} : { intoTable: BigInt(intoTable) }),
  };
}

/** Bytes that stand behind those of a query's fragments: messages one after the other are one. */
export function querySettings(settings: QuerySettings): Uint8Array {
  return toBinary(QuerySchema, create(QuerySchema, { settings: settingsOf(settings) }));
}

/** The settings as a message. */
export function settingsOf(settings: QuerySettings): MessageInitShape<typeof SettingsSchema> {
  return {
    timeZone: settings.timeZone,
    dateStyle: settings.dateStyle,
    intervalStyle: settings.intervalStyle,
    extraFloatDigits: settings.extraFloatDigits,
    byteaOutput: settings.byteaOutput,
    transactionTimestamp: settings.transactionTimestamp,
    statementTimestamp: settings.statementTimestamp,
    vectorSize: settings.vectorSize,
    threads: settings.threads,
    timed: settings.timed ?? false,
  };
}

const ROW_OPERATORS: ReadonlySet<string | undefined> = new Set(["project", "filter", "limit"]);

/** Whether the query is expressions over one row that is written in it, and reads nothing. */
export function isConstantQuery(query: Query): boolean {
  const [only, ...others] = query.fragments;
  if (only === undefined || others.length > 0) return false;
  let operator = only.root;
  while (operator !== undefined && ROW_OPERATORS.has(operator.form.case)) {
    const { value } = operator.form as { readonly value: { readonly input?: Operator } };
    operator = value.input;
  }
  return operator?.form.case === "values" && operator.form.value.tuples.length <= 1;
}

class Cutter implements Cutting {
  readonly #fragments: Fragment[] = [];
  readonly #shared = new Map<number, ExchangeReading>();
  #exchanges = 0;

  constructor(readonly plan: PhysicalPlan) {}

  cut(result: ResultColumns): Fragment[] {
    for (const { sharedId, plan } of this.plan.shared) {
      this.#shared.set(sharedId, this.#send(plan, { kind: ExchangeSink_Kind.BROADCAST }));
    }
    const encoded = encodeOperator(this.plan.root, this);
    const row = new Row(encoded.fields);
    const isShown = result.intoTable === undefined;
    const shown = isShown ? shownValues(this.plan.root, encoded, result) : undefined;
    const columns = result.columns.map((column, i) =>
      shown === undefined ? row.ordinalOf(column) : i,
    );
    const message = shown ?? encoded.message;
    this.#fragments.push(
      create(FragmentSchema, {
        id: this.#fragments.length,
        root: message,
        partitions: 1,
        sink: {
          case: "result",
          value: { formats: formatsOf(result), columns, ...destinationOf(result) },
        },
      }),
    );
    return this.#fragments;
  }

  readExchange = (exchange: PhysicalOperator & { kind: "exchange" }): ExchangeReading => {
    const { distribution, input } = exchange;
    if (distribution.kind !== "hash")
      return this.#send(input, { kind: ExchangeSink_Kind.BROADCAST });
    const { keys, partitions } = distribution;
    return this.#send(input, { kind: ExchangeSink_Kind.HASH, keys, partitions });
  };

  readShared = (sharedId: number): ExchangeReading => {
    const reading = this.#shared.get(sharedId);
    if (reading === undefined) throw internalError("a shared plan is read before it is made");
    return reading;
  };

  /** A fragment whose rows go into a new exchange. */
  #send(plan: PhysicalOperator, to: Destination): ExchangeReading {
    const { message, fields } = encodeOperator(plan, this);
    const exchangeId = ++this.#exchanges;
    const sink = exchangeSink(exchangeId, fields, to);
    this.#fragments.push(
      create(FragmentSchema, {
        id: this.#fragments.length,
        root: message,
        partitions: 1,
        sink: { case: "exchange", value: sink },
      }),
    );
    return { exchangeId, fields };
  }
}

type Destination =
  | { readonly kind: ExchangeSink_Kind.BROADCAST }
  | {
      readonly kind: ExchangeSink_Kind.HASH;
      readonly keys: readonly Column[];
      readonly partitions: number;
    };

type SinkFields = Pick<ExchangeSink, "exchangeId" | "kind" | "hashColumns" | "partitions">;

function exchangeSink(
  exchangeId: number,
  fields: readonly OutputField[],
  to: Destination,
): SinkFields {
  const row = new Row(fields);
  const isHash = to.kind === ExchangeSink_Kind.HASH;
  const hashColumns = isHash ? to.keys.map((key) => row.ordinalOf(key)) : [];
  return { exchangeId, kind: to.kind, hashColumns, partitions: isHash ? to.partitions : 1 };
}
