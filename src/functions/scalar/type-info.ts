import type { Expression } from "../../plan/index.js";
import { TYPE_FACTS } from "../../types/index.js";
import { callOp, integer, isNull, literal, caseWhen, INT4 } from "../construct.js";
import { argument, overload, scalarFunction, type CallSite, type Lower } from "../overload.js";

const typeOfArgument: Lower = (args, site) =>
  literal(TYPE_FACTS[argument(args, 0).type.name].display, site.type);

/** pg_typeof() answers regtype; its text is what matters here. */
export const pgTypeof = scalarFunction("pg_typeof", [
  overload(["any"], "text", typeOfArgument, { volatility: "stable", strict: false }),
  // A literal that nothing gives a type stays without one.
  overload(["unknown"], "text", typeOfArgument, { volatility: "stable", strict: false }),
]);

/** How many of the values are NULL, or are not. */
function countNulls(negated: boolean) {
  return (args: readonly Expression[], site: CallSite): Expression => {
    const ones = args.map((a) =>
      caseWhen([{ when: isNull(a, negated), then: integer(1) }], integer(0)),
    );
    return ones.reduce<Expression>(
      (sum, one) => callOp("add", [sum, one], { type: INT4, fallible: false }),
      literal("0", site.type),
    );
  };
}

const options = { strict: false, variadic: true } as const;
export const numNulls = scalarFunction("num_nulls", [
  overload(["any"], "int4", countNulls(false), options),
]);
export const numNonNulls = scalarFunction("num_nonnulls", [
  overload(["any"], "int4", countNulls(true), options),
]);
