import { create, toBinary } from "@bufbuild/protobuf";
import type { EvaluationSettings, Expression } from "../plan/index.js";
import type { PhysicalType } from "../types/index.js";
import { encodeExpression, encodeType, Row } from "./encode-expression.js";
import { ExpressionSchema, SettingsSchema, TypeSchema } from "./generated/fragment_pb.js";

/** An expression that mentions no column, as the bytes of millrace.plan.Expression. */
export function constantBytes(expression: Expression): Uint8Array {
  return toBinary(ExpressionSchema, encodeExpression(expression, new Row([])));
}

/** Bytes of millrace.plan.Type. */
export function typeBytes(type: PhysicalType): Uint8Array {
  return toBinary(TypeSchema, encodeType(type));
}

/** Bytes of millrace.plan.Settings for values outside a query. */
export function settingsBytes(settings: EvaluationSettings): Uint8Array {
  const {
    timeZone,
    dateStyle,
    intervalStyle,
    extraFloatDigits,
    byteaOutput,
    transactionTimestamp,
    statementTimestamp,
  } = settings;
  return toBinary(
    SettingsSchema,
    create(SettingsSchema, {
      timeZone,
      dateStyle,
      intervalStyle,
      extraFloatDigits,
      byteaOutput,
      transactionTimestamp,
      statementTimestamp,
    }),
  );
}
