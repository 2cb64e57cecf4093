import { op, overload, scalarFunction, type ScalarFunction } from "../overload.js";

const free = { fallible: false };
const stable = { volatility: "stable" } as const;
const volatile = { volatility: "volatile" } as const;

export const currentTimes: readonly ScalarFunction[] = [
  scalarFunction("now", [overload([], "timestamptz", op("now", free), stable)]),
  scalarFunction("transaction_timestamp", [
    overload([], "timestamptz", op("transaction_timestamp", free), stable),
  ]),
  scalarFunction("statement_timestamp", [
    overload([], "timestamptz", op("statement_timestamp", free), stable),
  ]),
  scalarFunction("clock_timestamp", [
    overload([], "timestamptz", op("clock_timestamp", free), volatile),
  ]),
  scalarFunction("timeofday", [overload([], "text", op("timeofday", free), volatile)]),
];
