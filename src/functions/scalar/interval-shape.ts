import type { TypeName } from "../../types/index.js";
import { op, overload, scalarFunction, type ScalarFunction } from "../overload.js";

const FINITE: readonly TypeName[] = ["date", "timestamp", "timestamptz", "interval"];

export const intervalShapes: readonly ScalarFunction[] = [
  ...["justify_days", "justify_hours", "justify_interval"].map((name) =>
    scalarFunction(name, [overload(["interval"], "interval", op(name))]),
  ),
  scalarFunction(
    "isfinite",
    FINITE.map((type) => overload([type], "bool", op("isfinite", { fallible: false }))),
  ),
];
