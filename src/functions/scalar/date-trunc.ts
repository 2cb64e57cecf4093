import { op, overload, scalarFunction } from "../overload.js";

const stable = { volatility: "stable" } as const;

export const dateTrunc = scalarFunction("date_trunc", [
  overload(["text", "timestamptz"], "timestamptz", op("date_trunc"), stable),
  overload(["text", "timestamptz", "text"], "timestamptz", op("date_trunc"), stable),
  overload(["text", "timestamp"], "timestamp", op("date_trunc")),
  overload(["text", "interval"], "interval", op("date_trunc")),
]);

export const dateBin = scalarFunction("date_bin", [
  overload(["interval", "timestamp", "timestamp"], "timestamp", op("date_bin")),
  overload(["interval", "timestamptz", "timestamptz"], "timestamptz", op("date_bin")),
]);
