import { addDecimals } from "../decimal.js";
import { absent, argument, op, operator, overload } from "../overload.js";
import { numberPairs } from "./arithmetic-lowering.js";

const subtract = op("sub");
/** A time of day turns over at midnight: it cannot go out of range. */
const turn = op("sub", { fallible: false });

export const subtraction = operator("-", [
  ...numberPairs("sub"),
  overload(["numeric", "numeric"], "numeric", (args) =>
    addDecimals("sub", argument(args, 0), argument(args, 1)),
  ),
  overload(["date", "int4"], "date", subtract),
  overload(["date", "date"], "int4", subtract),
  overload(["date", "interval"], "timestamp", subtract),
  overload(["timestamp", "interval"], "timestamp", subtract),
  overload(["timestamp", "timestamp"], "interval", subtract),
  overload(["timestamptz", "interval"], "timestamptz", subtract, { volatility: "stable" }),
  overload(["timestamptz", "timestamptz"], "interval", subtract),
  overload(["time", "interval"], "time", turn),
  overload(["time", "time"], "interval", turn),
  overload(["interval", "interval"], "interval", subtract),
  absent(["jsonb", "text"]),
  absent(["jsonb", "int4"]),
]);
