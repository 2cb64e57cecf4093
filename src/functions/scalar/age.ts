import { absent, op, overload, scalarFunction } from "../overload.js";

const stable = { volatility: "stable" } as const;

export const age = scalarFunction("age", [
  overload(["timestamp"], "interval", op("age"), stable),
  overload(["timestamptz"], "interval", op("age"), stable),
  overload(["timestamp", "timestamp"], "interval", op("age")),
  overload(["timestamptz", "timestamptz"], "interval", op("age")),
  absent(["xid"]),
]);
