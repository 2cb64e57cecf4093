import { create } from "@bufbuild/protobuf";
import { callOp, integer, TEXT } from "../functions/index.js";
import type { Column, Expression, PhysicalOperator } from "../plan/index.js";
import { elementOf, sqlType, TYPE_FACTS } from "../types/index.js";
import { encodeExpression, Row, type OutputField } from "./encode-expression.js";
import { OperatorSchema, type Operator } from "./generated/fragment_pb.js";

interface Encoded {
  readonly message: Operator;
  readonly fields: readonly OutputField[];
}

interface Results {
  readonly columns: readonly Column[];
  readonly formats: readonly (0 | 1)[];
}

/**
 * The result's columns with arrays and rows as what a client is sent: their text, or their binary
 * form as bytes. Undefined where there are none of them.
 */
export function shownValues(
  root: PhysicalOperator,
  { message, fields }: Encoded,
  result: Results,
): Operator | undefined {
  if (!result.columns.some(isComposite)) return undefined;
  const row = new Row(fields);
  const expressions = result.columns.map((column, i) =>
    encodeExpression(shownValue(column, result.formats[i] === 1), row),
  );
  return create(OperatorSchema, {
    id: root.id,
    estimatedRows: root.rows,
    form: { case: "project", value: { input: message, expressions } },
  });
}

function isComposite({ type }: Column): boolean {
  return elementOf(type.name) !== undefined || type.name === "record";
}

function shownValue(column: Column, isBinary: boolean): Expression {
  const { type, physical, nullable } = column;
  const value: Expression = { kind: "column", column, type, physical, nullable };
  if (!isComposite(column)) return value;
  const element = elementOf(type.name);
  if (!isBinary) {
    return callOp(element === undefined ? "record_out" : "array_out", [value], {
      type: TEXT,
      fallible: false,
    });
  }
  const bytea = sqlType("bytea");
  if (element === undefined)
    return callOp("record_send", [value], { type: bytea, fallible: false });
  const oid = integer(TYPE_FACTS[element].oid);
  return callOp("array_send", [value, oid], { type: bytea, fallible: false });
}
