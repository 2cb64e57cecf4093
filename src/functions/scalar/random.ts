import { featureNotSupported } from "../../errors/index.js";
import { op, overload, scalarFunction } from "../overload.js";

const volatile = { volatility: "volatile" } as const;

export const random = scalarFunction("random", [
  overload([], "float8", op("random", { fallible: false }), volatile),
]);

/** Rows are spread over threads and executors, so that no seed gives one order of numbers. */
export const setseed = scalarFunction("setseed", [
  overload(
    ["float8"],
    "void",
    (_, site) => {
      throw featureNotSupported("setseed() is not supported", site.position);
    },
    volatile,
  ),
]);
