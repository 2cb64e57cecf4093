import type { Expression } from "../../plan/index.js";
import { physicalTypeOf, sqlType, type TypeName } from "../../types/index.js";
import {
  aggregateFunction,
  custom,
  lowered,
  type AggregateFunction,
  type AggregateOverload,
} from "../aggregate-overload.js";

const TYPES: readonly TypeName[] = [
  "int8",
  "int4",
  "int2",
  "oid",
  "float4",
  "float8",
  "date",
  "time",
  "timestamp",
  "timestamptz",
  "interval",
  "text",
  "numeric",
  "bpchar",
];

/** min or max: a decimal keeps its form; char(n) ignores its padding. */
function extreme(name: "min" | "max", type: TypeName): AggregateOverload {
  const native = type === "bpchar" ? `bpchar_${name}` : name;
  return custom([type], type, (args: readonly Expression[]) =>
    lowered(native, args, type, {
      physical: args[0]?.physical ?? physicalTypeOf(sqlType(type)),
    }),
  );
}

/** Arrays compare as their bytes do. */
function extremeArray(name: "min" | "max"): AggregateOverload {
  return custom(["anyarray"], "_text", (args: readonly Expression[]) => {
    const type = args[0]?.type ?? sqlType("_text");
    return { ...lowered(name, args, "_text"), type };
  });
}

export const extremes: readonly AggregateFunction[] = (["min", "max"] as const).map((name) =>
  aggregateFunction(name, [...TYPES.map((type) => extreme(name, type)), extremeArray(name)]),
);
