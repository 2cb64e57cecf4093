import { aggregateFunction, direct, type AggregateFunction } from "../aggregate-overload.js";

const NAMES = [
  "corr",
  "covar_pop",
  "covar_samp",
  "regr_avgx",
  "regr_avgy",
  "regr_intercept",
  "regr_r2",
  "regr_slope",
  "regr_sxx",
  "regr_sxy",
  "regr_syy",
] as const;

export const regressions: readonly AggregateFunction[] = [
  ...NAMES.map((name) => aggregateFunction(name, [direct(name, ["float8", "float8"], "float8")])),
  aggregateFunction("regr_count", [
    direct("regr_count", ["float8", "float8"], "int8", { nullable: false }),
  ]),
];
