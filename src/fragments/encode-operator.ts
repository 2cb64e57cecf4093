import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { invariant, unreachable } from "../errors/index.js";
import {
  setColumns,
  type Column,
  type HashAggregate,
  type HashJoin,
  type JoinKind,
  type NestedLoopJoin,
  type PhysicalOperator,
  type TableScan,
} from "../plan/index.js";
import {
  encodeAggregate,
  encodeExpression,
  encodeField,
  encodeMerge,
  encodeSortKey,
  Row,
  type OutputField,
} from "./encode-expression.js";
import {
  AggregatePhase,
  JoinKind as JoinKindMessage,
  OperatorSchema,
  SetOperation_Kind,
  type Operator,
} from "./generated/fragment_pb.js";

/** An operator as a message, and what it puts out. */
export interface EncodedOperator {
  readonly message: Operator;
  readonly fields: readonly OutputField[];
}

/** What encoding asks of the cutting into fragments. */
export interface Cutting {
  /** Makes a fragment of the exchange's input and answers how to read it. */
  readonly readExchange: (exchange: PhysicalOperator & { kind: "exchange" }) => ExchangeReading;
  readonly readShared: (sharedId: number) => ExchangeReading;
}

export interface ExchangeReading {
  readonly exchangeId: number;
  readonly fields: readonly OutputField[];
}

type Form = NonNullable<MessageInitShape<typeof OperatorSchema>["form"]>;

export function encodeOperator(plan: PhysicalOperator, cutting: Cutting): EncodedOperator {
  const { form, fields } = encodeForm(plan, cutting);
  const message = create(OperatorSchema, { id: plan.id, estimatedRows: plan.rows, form });
  return { message, fields };
}

interface Encoded {
  readonly form: Form;
  readonly fields: readonly OutputField[];
}

const IN_ORDER: Readonly<Record<JoinKind | "build-semi" | "build-anti", JoinKindMessage>> = {
  inner: JoinKindMessage.INNER,
  left: JoinKindMessage.LEFT,
  right: JoinKindMessage.RIGHT,
  full: JoinKindMessage.FULL,
  semi: JoinKindMessage.SEMI,
  anti: JoinKindMessage.ANTI,
  mark: JoinKindMessage.MARK,
  single: JoinKindMessage.SINGLE,
  "build-semi": JoinKindMessage.BUILD_SEMI,
  "build-anti": JoinKindMessage.BUILD_ANTI,
};

function encodeForm(plan: PhysicalOperator, cutting: Cutting): Encoded {
  switch (plan.kind) {
    case "table-scan":
      return encodeScan(plan);
    case "values":
      return encodeValues(plan);
    case "filter": {
      const input = encodeOperator(plan.input, cutting);
      const condition = encodeExpression(plan.condition, new Row(input.fields));
      return {
        form: { case: "filter", value: { input: input.message, condition } },
        fields: input.fields,
      };
    }
    case "project": {
      const input = encodeOperator(plan.input, cutting);
      const row = new Row(input.fields);
      const expressions = plan.items.map((item) => encodeExpression(item.expression, row));
      const fields = plan.items.map(({ column }, i) => ({
        column,
        nullable: expressions[i]?.nullable ?? true,
      }));
      return { form: { case: "project", value: { input: input.message, expressions } }, fields };
    }
    case "project-set":
      return encodeProjectSet(plan, cutting);
    case "hash-join":
      return encodeHashJoin(plan, cutting);
    case "nested-loop-join":
      return encodeNestedLoop(plan, cutting);
    case "hash-aggregate":
      return encodeGrouping(plan, cutting);
    case "string-aggregate": {
      const { message: input, fields } = encodeOperator(plan.input, cutting);
      const orderBy = plan.orderBy.map((key) => encodeSortKey(key, new Row(fields)));
      const { keyCount } = plan;
      const texts = plan.columns
        .slice(keyCount)
        .map((column): OutputField => ({ column, nullable: true }));
      return {
        form: { case: "stringAggregate", value: { input, keyCount, orderBy } },
        fields: [...fields.slice(0, keyCount), ...texts],
      };
    }
    case "sort":
    case "top-n":
    case "distinct-on":
    case "partition-limit":
    case "limit":
      return encodeOrdering(plan, cutting);
    case "union-all":
    case "set-operation":
      return encodeSet(plan, cutting);
    case "exchange":
      return encodeReading(cutting.readExchange(plan));
    case "shared-scan":
      return encodeSharedScan(plan, cutting);
    default:
      return unreachable(plan);
  }
}

type SharedScan = PhysicalOperator & { kind: "shared-scan" };

/** A shared plan's rows; where one of its columns has several names, each gets its own. */
function encodeSharedScan(plan: SharedScan, cutting: Cutting): Encoded {
  const { form, fields } = encodeReading(cutting.readShared(plan.sharedId));
  const isPlain = new Set(plan.sources.map((source) => source.id)).size === plan.sources.length;
  if (isPlain) return { form, fields: renameFields(plan, fields) };
  const row = new Row(fields);
  const input = create(OperatorSchema, { id: plan.id, estimatedRows: plan.rows, form });
  const renamed = plan.sources.map((source, i): OutputField => {
    const { column, nullable } = row.fieldOf(source);
    return { column: plan.columns[i] ?? column, nullable };
  });
  const expressions = renamed.map((field, i) => ({
    type: encodeField(field).type,
    nullable: field.nullable,
    form: { case: "column" as const, value: row.ordinalOf(plan.sources[i] ?? field.column) },
  }));
  return { form: { case: "project", value: { input, expressions } }, fields: renamed };
}

/** Fields of a shared plan under the reader's names; those it does not read keep theirs. */
function renameFields(plan: SharedScan, fields: readonly OutputField[]): readonly OutputField[] {
  const names = new Map(plan.sources.map((source, i) => [source.id, plan.columns[i]]));
  return fields.map(({ column, nullable }) => ({
    column: names.get(column.id) ?? column,
    nullable,
  }));
}

function encodeReading({ exchangeId, fields }: ExchangeReading): Encoded {
  const columns = fields.map(encodeField);
  return { form: { case: "exchange", value: { exchangeId, columns } }, fields };
}

function encodeScan(plan: TableScan): Encoded {
  const { relation } = plan;
  const fields = plan.scanned.map((column) => ({ column, nullable: column.nullable }));
  const row = new Row(fields);
  const fileColumns = plan.ordinals.map((ordinal) => {
    const column = relation.columns[ordinal];
    invariant(column !== undefined, `${relation.name} has no column ${String(ordinal)}`);
    return column.fileColumn;
  });
  const files = relation.files.map(({ path, sizeBytes, mtimeNs, rowCount }) => ({
    path,
    sizeBytes,
    mtimeNs,
    rowCount,
  }));
  return {
    form: {
      case: "scan",
      value: {
        format: relation.format,
        files,
        fileColumns,
        columns: fields.map(encodeField),
        conditions: plan.conditions.map((condition) => encodeExpression(condition, row)),
        runtimeFilters: plan.runtimeFilters.map(({ filterId, column }) => ({
          filterId,
          column: row.ordinalOf(column),
        })),
        relation: `${relation.schema}.${relation.name}`,
      },
    },
    fields,
  };
}

function encodeValues(plan: PhysicalOperator & { kind: "values" }): Encoded {
  const nothing = new Row([]);
  const tuples = plan.tuples.map((tuple) => ({
    values: tuple.map((value) => encodeExpression(value, nothing)),
  }));
  const fields = plan.columns.map((column, i) => ({
    column,
    nullable: tuples.some((tuple) => tuple.values[i]?.nullable ?? true),
  }));
  return { form: { case: "values", value: { columns: fields.map(encodeField), tuples } }, fields };
}

function encodeProjectSet(
  plan: PhysicalOperator & { kind: "project-set" },
  cutting: Cutting,
): Encoded {
  const { message: input, fields: available } = encodeOperator(plan.input, cutting);
  const row = new Row(available);
  const { ordinality, keepsEmpty } = plan;
  const added = setColumns(plan);
  const kept = plan.columns.slice(0, plan.columns.length - added.length);
  const pads = plan.sets.length > 1 || keepsEmpty;
  const sets = plan.sets.map(({ functionName, args, column }) => ({
    function: functionName,
    args: args.map((arg) => encodeExpression(arg, row)),
    output: encodeField({ column, nullable: column.nullable }),
  }));
  const fields = added.map((column) => ({
    column,
    nullable: column === ordinality ? keepsEmpty : column.nullable || pads,
  }));
  const columns = kept.map((column) => row.ordinalOf(column));
  return {
    form: {
      case: "projectSet",
      value: { input, columns, sets, ordinality: ordinality !== null, keepsEmpty },
    },
    fields: [...kept.map((column) => row.fieldOf(column)), ...fields],
  };
}

/** The joined row: the streaming side's columns, then the stored side's or the mark. */
interface JoinedRow {
  readonly row: Row;
  /** The row that a condition sees: both sides, whatever the kind puts out. */
  readonly pair: Row;
}

function joinedRow(
  first: readonly OutputField[],
  second: readonly OutputField[],
  kind: HashJoin["joinKind"],
  mark: Column | null,
): JoinedRow {
  const opened = (fields: readonly OutputField[], opens: boolean): readonly OutputField[] =>
    opens ? fields.map((field) => ({ ...field, nullable: true })) : fields;
  const opensFirst = kind === "right" || kind === "full";
  const opensSecond = kind === "left" || kind === "full" || kind === "single";
  const pair = new Row([...first, ...second]);
  if (mark !== null) return { row: new Row([...first, { column: mark, nullable: true }]), pair };
  return { row: new Row([...opened(first, opensFirst), ...opened(second, opensSecond)]), pair };
}

function encodeHashJoin(plan: HashJoin, cutting: Cutting): Encoded {
  const probe = encodeOperator(plan.probe, cutting);
  const build = encodeOperator(plan.build, cutting);
  const { row, pair } = joinedRow(probe.fields, build.fields, plan.joinKind, plan.mark);
  const [probeRow, buildRow] = [new Row(probe.fields), new Row(build.fields)];
  const keys = plan.keys.map((key) => ({
    probe: encodeExpression(key.probe, probeRow),
    build: encodeExpression(key.build, buildRow),
    nullsEqual: key.nullsEqual,
    unknownOnNull: key.unknownOnNull,
  }));
  const value = {
    kind: IN_ORDER[plan.joinKind],
    probe: probe.message,
    build: build.message,
    keys,
    ...(plan.residual === null ? {} : { residual: encodeExpression(plan.residual, pair) }),
    buildUnique: plan.buildUnique,
    publishes: plan.publishes.map(({ filterId, keyIndex }) => ({ filterId, keyIndex })),
    output: plan.columns.map((column) => row.ordinalOf(column)),
  };
  return { form: { case: "hashJoin", value }, fields: plan.columns.map((c) => row.fieldOf(c)) };
}

function encodeNestedLoop(plan: NestedLoopJoin, cutting: Cutting): Encoded {
  const outer = encodeOperator(plan.outer, cutting);
  const inner = encodeOperator(plan.inner, cutting);
  const { row, pair } = joinedRow(outer.fields, inner.fields, plan.joinKind, plan.mark);
  const value = {
    kind: IN_ORDER[plan.joinKind],
    outer: outer.message,
    inner: inner.message,
    ...(plan.condition === null ? {} : { condition: encodeExpression(plan.condition, pair) }),
    output: plan.columns.map((column) => row.ordinalOf(column)),
  };
  return {
    form: { case: "nestedLoopJoin", value },
    fields: plan.columns.map((c) => row.fieldOf(c)),
  };
}

const PHASES: Readonly<Record<HashAggregate["phase"], AggregatePhase>> = {
  single: AggregatePhase.SINGLE_PHASE,
  partial: AggregatePhase.PARTIAL,
  final: AggregatePhase.FINAL,
};

function encodeGrouping(plan: HashAggregate, cutting: Cutting): Encoded {
  const input = encodeOperator(plan.input, cutting);
  const row = new Row(input.fields);
  const keys = plan.keys.map((key) => encodeExpression(key.expression, row));
  const keyFields = plan.keys.map(({ column }, i) => ({
    column,
    nullable: keys[i]?.nullable ?? true,
  }));
  const outputs = plan.aggregates.map(({ column }) => ({
    column,
    nullable: plan.phase !== "partial",
  }));
  const aggregates = plan.aggregates.map(({ call, column }, i) => {
    const output = outputs[i] ?? { column, nullable: true };
    if (plan.phase === "final") return encodeMerge(call, output);
    return encodeAggregate(call, resultField(plan, i, output), row);
  });
  const estimatedGroups = BigInt(Math.max(0, Math.round(plan.estimatedGroups)));
  const value = {
    input: input.message,
    phase: PHASES[plan.phase],
    keys,
    aggregates,
    estimatedGroups,
  };
  return { form: { case: "aggregate", value }, fields: [...keyFields, ...outputs] };
}

/** A partial aggregate names its overload by the result it leads to, not by the state. */
function resultField(plan: HashAggregate, index: number, output: OutputField): OutputField {
  const result = plan.results[index];
  return result === undefined ? output : { column: result, nullable: true };
}

function limitOf(count: bigint | Column, row: Row) {
  if (typeof count === "bigint") return { case: "limit", value: count } as const;
  return { case: "limitColumn", value: row.ordinalOf(count) } as const;
}

function offsetOf(count: bigint | Column, row: Row) {
  if (typeof count === "bigint") return { case: "offset", value: count } as const;
  return { case: "offsetColumn", value: row.ordinalOf(count) } as const;
}

type Ordering = PhysicalOperator & {
  kind: "sort" | "top-n" | "distinct-on" | "partition-limit" | "limit";
};

function encodeOrdering(plan: Ordering, cutting: Cutting): Encoded {
  const { message: input, fields } = encodeOperator(plan.input, cutting);
  const row = new Row(fields);
  switch (plan.kind) {
    case "sort": {
      const keys = plan.keys.map((key) => encodeSortKey(key, row));
      return { form: { case: "sort", value: { input, keys } }, fields };
    }
    case "top-n": {
      const keys = plan.keys.map((key) => encodeSortKey(key, row));
      const { limit, offset, withTies } = plan;
      return { form: { case: "topN", value: { input, keys, limit, offset, withTies } }, fields };
    }
    case "distinct-on": {
      const keys = plan.keys.map((key) => encodeExpression(key, row));
      const orderBy = plan.orderBy.map((key) => encodeSortKey(key, row));
      return { form: { case: "distinctOn", value: { input, keys, orderBy } }, fields };
    }
    case "partition-limit": {
      const { limit, offset, withTies } = plan;
      const keys = plan.keys.map((key) => encodeExpression(key, row));
      const orderBy = plan.orderBy.map((key) => encodeSortKey(key, row));
      const value = {
        input,
        keys,
        orderBy,
        withTies,
        ...(limit === null ? {} : { count: limitOf(limit, row) }),
        skipped: offsetOf(offset, row),
      };
      return { form: { case: "partitionLimit", value }, fields };
    }
    case "limit": {
      const { limit, offset } = plan;
      const value = { input, hasLimit: limit !== null, limit: limit ?? 0n, offset };
      return { form: { case: "limit", value }, fields };
    }
    default:
      return unreachable(plan);
  }
}

type SetPlan = PhysicalOperator & { kind: "union-all" | "set-operation" };

function encodeSet(plan: SetPlan, cutting: Cutting): Encoded {
  const inputs = plan.kind === "union-all" ? plan.inputs : [plan.left, plan.right];
  const sources = plan.kind === "union-all" ? plan.sources : [plan.leftColumns, plan.rightColumns];
  const encoded = inputs.map((input, i) =>
    chosen(encodeOperator(input, cutting), sources[i] ?? [], input),
  );
  const fields = plan.columns.map((column, i) => ({
    column,
    nullable: encoded.some((input) => input.fields[i]?.nullable ?? true),
  }));
  const messages = encoded.map((input) => input.message);
  if (plan.kind === "union-all") {
    return { form: { case: "unionAll", value: { inputs: messages } }, fields };
  }
  const [left, right] = messages;
  invariant(left !== undefined && right !== undefined, "a set operation of one input");
  const kind =
    plan.operation === "intersect" ? SetOperation_Kind.INTERSECT : SetOperation_Kind.EXCEPT;
  return { form: { case: "setOperation", value: { kind, all: plan.all, left, right } }, fields };
}

/** The input's columns in the order of the set operation. */
function chosen(
  input: EncodedOperator,
  columns: readonly Column[],
  plan: PhysicalOperator,
): EncodedOperator {
  const row = new Row(input.fields);
  const ordinals = columns.map((column) => row.ordinalOf(column));
  const isWhole = ordinals.length === input.fields.length && ordinals.every((o, i) => o === i);
  if (isWhole) return input;
  const fields = columns.map((column) => row.fieldOf(column));
  const expressions = fields.map(({ column, nullable }) => ({
    type: encodeField({ column, nullable }).type,
    nullable,
    form: { case: "column" as const, value: row.ordinalOf(column) },
  }));
  const form: Form = { case: "project", value: { input: input.message, expressions } };
  return {
    message: create(OperatorSchema, { id: plan.id, estimatedRows: plan.rows, form }),
    fields,
  };
}
