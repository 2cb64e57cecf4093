import type { TypeName } from "../../types/index.js";
import { absent, op, overload, scalarFunction } from "../overload.js";

/** `value AT TIME ZONE zone` arrives as timezone(zone, value). */
export const timezone = scalarFunction("timezone", [
  ...(["text", "interval"] as const satisfies readonly TypeName[]).flatMap((zone) => [
    overload([zone, "timestamptz"], "timestamp", op("timezone")),
    overload([zone, "timestamp"], "timestamptz", op("timezone")),
    absent([zone, "time with time zone"]),
  ]),
]);
