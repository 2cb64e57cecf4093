import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { internalError, invariant, unreachable } from "../errors/index.js";
import type { AggregateCall, Column, ColumnId, Expression, SortKey } from "../plan/index.js";
import type { PhysicalKind, PhysicalType } from "../types/index.js";
import {
  AggregateCallSchema,
  ExpressionSchema,
  FieldSchema,
  SortKeySchema,
  TypeKind,
  TypeSchema,
  type AggregateCall as AggregateCallMessage,
  type Expression as ExpressionMessage,
  type Field,
  type SortKey as SortKeyMessage,
  type Type,
} from "./generated/fragment_pb.js";

const KINDS: Readonly<Record<PhysicalKind, TypeKind>> = {
  bool: TypeKind.BOOL,
  i16: TypeKind.I16,
  i32: TypeKind.I32,
  i64: TypeKind.I64,
  f32: TypeKind.F32,
  f64: TypeKind.F64,
  d64: TypeKind.D64,
  d128: TypeKind.D128,
  numeric: TypeKind.NUMERIC,
  date: TypeKind.DATE,
  time: TypeKind.TIME,
  timestamp: TypeKind.TIMESTAMP,
  timestamptz: TypeKind.TIMESTAMPTZ,
  interval: TypeKind.INTERVAL,
  uuid: TypeKind.UUID,
  text: TypeKind.TEXT,
  bytea: TypeKind.BYTEA,
};

export function encodeType(type: PhysicalType): Type {
  const { precision, scale } = type;
  return create(TypeSchema, { kind: KINDS[type.kind], precision, scale });
}

/** A column of an operator's output: where it stands, and whether it can be NULL there. */
export interface OutputField {
  readonly column: Column;
  readonly nullable: boolean;
}

export function encodeField({ column, nullable }: OutputField): Field {
  return create(FieldSchema, { name: column.name, type: encodeType(column.physical), nullable });
}

/** The columns an expression can mention, by ordinal. */
export class Row {
  readonly #ordinals = new Map<ColumnId, number>();

  constructor(readonly fields: readonly OutputField[]) {
    fields.forEach(({ column }, ordinal) => {
      if (!this.#ordinals.has(column.id)) this.#ordinals.set(column.id, ordinal);
    });
  }

  ordinalOf(column: Column): number {
    const ordinal = this.#ordinals.get(column.id);
    if (ordinal === undefined) {
      throw internalError(`column ${column.name}#${String(column.id)} is not in the input`);
    }
    return ordinal;
  }

  fieldOf(column: Column): OutputField {
    const field = this.fields[this.ordinalOf(column)];
    invariant(field !== undefined, "an ordinal outside the row");
    return field;
  }
}

type Form = NonNullable<MessageInitShape<typeof ExpressionSchema>["form"]>;

/**
 * The expression over ordinals of `row`. Whether it can be NULL is worked out again from the row: a
 * label made below an outer join may stand above it by now.
 */
export function encodeExpression(expression: Expression, row: Row): ExpressionMessage {
  const { form, nullable } = encodeForm(expression, row);
  return create(ExpressionSchema, {
    type: encodeType(expression.physical),
    nullable,
    position: expression.position ?? 0,
    form,
  });
}

interface Encoded {
  readonly form: Form;
  readonly nullable: boolean;
}

function encodeAll(expressions: readonly Expression[], row: Row): ExpressionMessage[] {
  return expressions.map((e) => encodeExpression(e, row));
}

function encodeForm(expression: Expression, row: Row): Encoded {
  switch (expression.kind) {
    case "column":
      return {
        form: { case: "column", value: row.ordinalOf(expression.column) },
        nullable: row.fieldOf(expression.column).nullable,
      };
    case "literal":
      return {
        form: {
          case: "literal",
          value: { isNull: expression.text === null, text: expression.text ?? "" },
        },
        nullable: expression.text === null,
      };
    case "call": {
      const args = encodeAll(expression.args, row);
      const nullable = isCallNullable(expression, args);
      return { form: { case: "call", value: { op: expression.op, args } }, nullable };
    }
    case "and":
    case "or":
    case "coalesce": {
      const args = encodeAll(expression.args, row);
      const nullable =
        expression.kind === "coalesce"
          ? args.every((a) => a.nullable)
          : args.some((a) => a.nullable);
      return { form: { case: expression.kind, value: { args } }, nullable };
    }
    case "not": {
      const value = encodeExpression(expression.operand, row);
      return { form: { case: "not", value }, nullable: value.nullable };
    }
    case "is-null": {
      const operand = encodeExpression(expression.operand, row);
      return {
        form: { case: "isNull", value: { operand, negated: expression.negated } },
        nullable: false,
      };
    }
    case "case":
      return encodeCase(expression, row);
    case "in-list":
      return encodeInList(expression, row);
    case "parameter":
      throw internalError(`parameter $${String(expression.index)} has no value`);
    case "scalar-subquery":
    case "exists":
    case "any-subquery":
      throw internalError("a subquery was not unnested");
    default:
      return unreachable(expression);
  }
}

/** A label other than its arguments' says that the operation answers NULL by itself, or never. */
function isCallNullable(
  call: Expression & { kind: "call" },
  args: readonly ExpressionMessage[],
): boolean {
  const labelled = call.args.some((a) => a.nullable);
  if (call.nullable !== labelled) return call.nullable;
  return call.nullable || args.some((a) => a.nullable);
}

function encodeCase(expression: Expression & { kind: "case" }, row: Row): Encoded {
  const branches = expression.branches.map((branch) => ({
    when: encodeExpression(branch.when, row),
    then: encodeExpression(branch.then, row),
  }));
  const otherwise = encodeExpression(expression.otherwise, row);
  return {
    form: { case: "case", value: { branches, otherwise } },
    nullable: otherwise.nullable || branches.some((b) => b.then.nullable),
  };
}

function encodeInList(expression: Expression & { kind: "in-list" }, row: Row): Encoded {
  const operand = encodeExpression(expression.operand, row);
  const items = expression.items.map(({ text }) => ({ isNull: text === null, text: text ?? "" }));
  return {
    form: { case: "inList", value: { operand, items, negated: expression.negated } },
    nullable: operand.nullable || items.some((i) => i.isNull),
  };
}

export function encodeSortKey(key: SortKey, row: Row): SortKeyMessage {
  return create(SortKeySchema, {
    expression: encodeExpression(key.expression, row),
    descending: key.descending,
    nullsFirst: key.nullsFirst,
  });
}

/** An aggregate over rows. */
export function encodeAggregate(
  call: AggregateCall,
  output: OutputField,
  row: Row,
): AggregateCallMessage {
  if (call.distinct) throw internalError("a DISTINCT aggregate was not planned away");
  return create(AggregateCallSchema, {
    aggregate: call.aggregate,
    args: encodeAll(call.args, row),
    ...(call.filter === null ? {} : { filter: encodeExpression(call.filter, row) }),
    orderBy: call.orderBy.map((key) => encodeSortKey(key, row)),
    output: encodeField(output),
  });
}

/** The same over states: arguments only tell which overload it is, so they are NULLs. */
export function encodeMerge(call: AggregateCall, output: OutputField): AggregateCallMessage {
  const args = call.args.map((arg) =>
    create(ExpressionSchema, {
      type: encodeType(arg.physical),
      nullable: true,
      form: { case: "literal", value: { isNull: true, text: "" } },
    }),
  );
  return create(AggregateCallSchema, {
    aggregate: call.aggregate,
    args,
    output: encodeField(output),
  });
}
