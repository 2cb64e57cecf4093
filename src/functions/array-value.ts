import type {
  ConstantEvaluator,
  EvaluationSettings,
  Expression,
  LiteralExpression,
} from "../plan/index.js";
import {
  arrayOf,
  elementForm,
  elementOf,
  hasUnequalForms,
  sqlType,
  TYPE_FACTS,
  type SqlType,
  type TypeName,
} from "../types/index.js";
import { callOp, integer, literal } from "./construct.js";
import { toSelfScaled } from "./decimal.js";

/** The number of the form in which elements of this type lie in arrays. */
export function formOf(element: TypeName): Expression {
  return integer(elementForm(element));
}

/** The value, NULL too, as an array of it alone: how the engine takes single elements. */
export function packed(value: Expression): Expression {
  const element = value.type.name === "unknown" ? "text" : value.type.name;
  return callOp("array_pack", [toSelfScaled(value), formOf(element)], {
    type: sqlType(arrayOf(element) ?? "_text"),
    fallible: false,
    nullable: false,
  });
}

/** What of an array or a row decides comparisons, as bytes that are no array: equal for equal ones. */
export function comparable(value: Expression): Expression {
  if (!hasUnequalForms(value.type.name)) return value;
  return callOp("array_key", [value], { type: sqlType("bytea"), fallible: false });
}

/** ARRAY[a, b] of values of one type. */
export function arrayOfValues(values: readonly Expression[], element: TypeName): Expression {
  const type = sqlType(arrayOf(element) ?? "_text");
  if (values.length === 0) return emptyArray(element);
  return { ...joined(values.map(packed), type), type };
}

/** By halves, so that long lists make no deep trees. */
function joined(arrays: readonly Expression[], type: SqlType): Expression {
  const [first] = arrays;
  if (first !== undefined && arrays.length === 1) return first;
  const half = arrays.length >> 1;
  const halves = [joined(arrays.slice(0, half), type), joined(arrays.slice(half), type)];
  return callOp("array_join", halves, { type, fallible: false });
}

/** '{}' of that element type. */
export function emptyArray(element: TypeName): Expression {
  return callOp("array_in", [literal("{}", sqlType("text")), formOf(element)], {
    type: sqlType(arrayOf(element) ?? "_text"),
    fallible: false,
  });
}

/** Arrays of one type as elements of one of a dimension more. */
export function stacked(list: Expression, element: TypeName, isAggregate: boolean): Expression {
  const bool = literal(isAggregate ? "t" : "f", sqlType("bool"));
  return callOp("array_stack", [list, formOf(element), bool], {
    type: sqlType(arrayOf(element) ?? "_text"),
    fallible: true,
  });
}

/** The element at an offset in storage order; numerics are self-scaled. */
export function elementAt(array: Expression, offset: Expression): Expression {
  const element = elementOf(array.type.name) ?? "text";
  const typmod = element === "numeric" ? -1 : array.type.typmod;
  return callOp("array_at", [array, offset], {
    type: sqlType(element, typmod),
    fallible: false,
    nullable: true,
  });
}

/** ROW(…): the values with their types. */
export function recordOf(values: readonly Expression[]): Expression {
  const type = sqlType("record");
  const none: Expression = callOp("record_new", [], { type, fallible: false, nullable: false });
  return values.reduce<Expression>(
    (record, value) =>
      callOp("record_add", [record, packed(value), integer(TYPE_FACTS[value.type.name].oid)], {
        type,
        fallible: false,
        nullable: false,
      }),
    none,
  );
}

/** The bytes that decide a comparison of two rows, once their columns have proved alike. */
export function comparableRecords(
  left: Expression,
  right: Expression,
): readonly [Expression, Expression] {
  const matched = callOp("record_matched", [left, right], {
    type: sqlType("bytea"),
    fallible: true,
  });
  return [matched, comparable(right)];
}

/** An array's constant with the text that shows it. */
export function withShownText(
  constant: LiteralExpression,
  evaluator: ConstantEvaluator,
  settings: EvaluationSettings,
): LiteralExpression {
  if (constant.text === null || elementOf(constant.type.name) === undefined) return constant;
  const call = callOp("array_literal", [constant], { type: sqlType("text"), fallible: false });
  const shown = evaluator.evaluate(call, settings);
  return shown === null ? constant : { ...constant, shown };
}
