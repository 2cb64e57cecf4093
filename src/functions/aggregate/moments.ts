import type { Expression } from "../../plan/index.js";
import type { TypeName } from "../../types/index.js";
import {
  aggregateFunction,
  custom,
  direct,
  lowered,
  type AggregateFunction,
  type AggregateOverload,
} from "../aggregate-overload.js";
import { withScale } from "../decimal.js";

/** avg, variance and deviation: numeric of exact numbers, float8 of floats. */
function overNumbers(native: string): readonly AggregateOverload[] {
  const exact = (args: readonly Expression[]) =>
    lowered(native, args.flatMap(withScale), "numeric");
  const exactTypes: readonly TypeName[] = ["int2", "int4", "int8", "numeric"];
  return [
    ...exactTypes.map((type) => custom([type], "numeric", exact)),
    direct(native, ["float4"], "float8"),
    direct(native, ["float8"], "float8"),
  ];
}

const ALIASES: readonly (readonly [string, string])[] = [
  ["stddev", "stddev_samp"],
  ["stddev_samp", "stddev_samp"],
  ["stddev_pop", "stddev_pop"],
  ["variance", "var_samp"],
  ["var_samp", "var_samp"],
  ["var_pop", "var_pop"],
];

export const moments: readonly AggregateFunction[] = [
  aggregateFunction("avg", [...overNumbers("avg"), direct("avg", ["interval"], "interval")]),
  ...ALIASES.map(([name, native]) => aggregateFunction(name, overNumbers(native))),
];
