import type { Expression } from "../../plan/index.js";
import { decimalType, MAX_DECIMAL_DIGITS } from "../../types/index.js";
import {
  aggregateFunction,
  custom,
  direct,
  lowered,
  type LoweredAggregate,
} from "../aggregate-overload.js";
import { isDecimal } from "../decimal.js";

/** A sum of decimals keeps their scale; one of bigint is a numeric of scale 0. */
function sumNumeric(args: readonly Expression[]): LoweredAggregate {
  const [value] = args;
  if (value === undefined || value.physical.kind === "numeric") {
    return lowered("sum", args, "numeric");
  }
  const scale = isDecimal(value) ? value.physical.scale : 0;
  return lowered("sum", args, "numeric", { physical: decimalType(MAX_DECIMAL_DIGITS, scale) });
}

export const sum = aggregateFunction("sum", [
  direct("sum", ["int2"], "int8"),
  direct("sum", ["int4"], "int8"),
  custom(["int8"], "numeric", sumNumeric),
  direct("sum", ["float4"], "float4"),
  direct("sum", ["float8"], "float8"),
  custom(["numeric"], "numeric", sumNumeric),
  direct("sum", ["interval"], "interval"),
]);
