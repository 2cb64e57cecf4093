import { op, overload, scalarFunction, type ScalarFunction } from "../overload.js";

const stable = { volatility: "stable" } as const;

export const makers: readonly ScalarFunction[] = [
  scalarFunction("make_date", [
    overload(["int4", "int4", "int4"], "date", op("make_date"), {
      argumentNames: ["year", "month", "day"],
    }),
  ]),
  scalarFunction("make_time", [
    overload(["int4", "int4", "float8"], "time", op("make_time"), {
      argumentNames: ["hour", "min", "sec"],
    }),
  ]),
  scalarFunction("make_timestamp", [
    overload(
      ["int4", "int4", "int4", "int4", "int4", "float8"],
      "timestamp",
      op("make_timestamp"),
      { argumentNames: ["year", "month", "mday", "hour", "min", "sec"] },
    ),
  ]),
  scalarFunction("make_timestamptz", [
    overload(
      ["int4", "int4", "int4", "int4", "int4", "float8"],
      "timestamptz",
      op("make_timestamptz"),
      { ...stable, argumentNames: ["year", "month", "mday", "hour", "min", "sec"] },
    ),
    overload(
      ["int4", "int4", "int4", "int4", "int4", "float8", "text"],
      "timestamptz",
      op("make_timestamptz"),
      { ...stable, argumentNames: ["year", "month", "mday", "hour", "min", "sec", "timezone"] },
    ),
  ]),
  scalarFunction("make_interval", [
    overload(
      ["int4", "int4", "int4", "int4", "int4", "int4", "float8"],
      "interval",
      op("make_interval"),
      {
        argumentNames: ["years", "months", "weeks", "days", "hours", "mins", "secs"],
        defaults: ["0", "0", "0", "0", "0", "0", "0"],
      },
    ),
  ]),
];
