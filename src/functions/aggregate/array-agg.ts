import type { Expression } from "../../plan/index.js";
import { arrayOf, elementOf, physicalTypeOf, sqlType } from "../../types/index.js";
import {
  aggregateFunction,
  type AggregateOverload,
  type LoweredAggregate,
} from "../aggregate-overload.js";
import { formOf, packed, stacked } from "../array-value.js";
import { callOp, literal } from "../construct.js";

const BYTEA = sqlType("bytea");
const NOTHING = literal("\\x", BYTEA);

/**
 * Planned as string_agg of each value's bytes as an element; what comes of it is read as an array.
 * So it is sorted, spilled and cut into groups as that is, and no state grows without bound.
 */
function lowerArrayAgg(args: readonly Expression[]): LoweredAggregate {
  const [value = NOTHING] = args;
  const { name } = value.type;
  const element = elementOf(name);
  const part = element === undefined ? value : { ...value, type: BYTEA };
  return {
    aggregate: "string_agg",
    args: [elementBytes(part), NOTHING],
    type: BYTEA,
    physical: physicalTypeOf(BYTEA),
    nullable: true,
    finish: (bytes, isDistinct) => {
      if (element === undefined) return arrayOfBytes(bytes, name, isDistinct);
      return stacked(arrayOfBytes(bytes, "bytea", isDistinct), element, true);
    },
  };
}

/** A value as the bytes of an element; those of several, put together, are an array's. */
export function elementBytes(value: Expression): Expression {
  return callOp("array_part", [packed(value)], { type: BYTEA, fallible: false, nullable: false });
}

/** Such bytes as an array; `isDistinct` drops an element that equals the one before it. */
export function arrayOfBytes(
  bytes: Expression,
  element: Parameters<typeof formOf>[0],
  isDistinct: boolean,
): Expression {
  const flag = literal(isDistinct ? "t" : "f", sqlType("bool"));
  return callOp("array_of_parts", [bytes, formOf(element), flag], {
    type: sqlType(arrayOf(element) ?? "_text"),
    fallible: true,
  });
}

const overloads: readonly AggregateOverload[] = (["anynonarray", "anyarray"] as const).map(
  (argument) => ({ args: [argument], returns: "bytea", ordered: true, lower: lowerArrayAgg }),
);

export const arrayAgg = aggregateFunction("array_agg", overloads);
