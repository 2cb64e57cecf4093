import { addDecimals } from "../decimal.js";
import { argument, firstArgument, op, operator, overload, reordered } from "../overload.js";
import { numberPairs } from "./arithmetic-lowering.js";

const add = op("add");
/** A time of day turns over at midnight: it cannot go out of range. */
const turn = op("add", { fallible: false });
const swapped = reordered([1, 0], add);
const stable = { volatility: "stable" } as const;

export const addition = operator("+", [
  ...numberPairs("add"),
  overload(["numeric", "numeric"], "numeric", (args) =>
    addDecimals("add", argument(args, 0), argument(args, 1)),
  ),
  overload(["date", "int4"], "date", add),
  overload(["int4", "date"], "date", swapped),
  overload(["date", "interval"], "timestamp", add),
  overload(["interval", "date"], "timestamp", swapped),
  overload(["date", "time"], "timestamp", add),
  overload(["time", "date"], "timestamp", swapped),
  overload(["timestamp", "interval"], "timestamp", add),
  overload(["interval", "timestamp"], "timestamp", swapped),
  overload(["timestamptz", "interval"], "timestamptz", add, stable),
  overload(["interval", "timestamptz"], "timestamptz", swapped, stable),
  overload(["time", "interval"], "time", turn),
  overload(["interval", "time"], "time", reordered([1, 0], turn)),
  overload(["interval", "interval"], "interval", add),
  ...(["int2", "int4", "int8", "float4", "float8", "numeric"] as const).map((type) =>
    overload([type], type, firstArgument),
  ),
]);
