import type { Expression, Volatility } from "../../plan/index.js";
import type { TypeName } from "../../types/index.js";
import { callOp, BOOL } from "../construct.js";
import { absent, argument, overload, scalarFunction, type ScalarOverload } from "../overload.js";

/** The end of a period given as start and interval. */
function endOf(start: Expression, end: Expression): Expression {
  if (end.type.name !== "interval") return end;
  const volatility = start.type.name === "timestamptz" ? "stable" : "immutable";
  return callOp("add", [start, end], { type: start.type, fallible: true, volatility });
}

function lowerOverlaps(args: readonly Expression[]): Expression {
  const firstStart = argument(args, 0);
  const secondStart = argument(args, 2);
  const periods = [
    firstStart,
    endOf(firstStart, argument(args, 1)),
    secondStart,
    endOf(secondStart, argument(args, 3)),
  ];
  return callOp("overlaps", periods, { type: BOOL, fallible: false, nullable: true });
}

function over(type: TypeName): readonly ScalarOverload[] {
  const volatility: Volatility = type === "timestamptz" ? "stable" : "immutable";
  const ends = [type, "interval"] as const;
  return ends.flatMap((first) =>
    ends.map((second) =>
      overload([type, first, type, second], "bool", lowerOverlaps, { volatility, strict: false }),
    ),
  );
}

const withZone = "time with time zone";

export const overlaps = scalarFunction("overlaps", [
  ...over("timestamptz"),
  ...over("timestamp"),
  ...over("time"),
  absent([withZone, withZone, withZone, withZone]),
]);
