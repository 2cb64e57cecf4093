import type { Expression } from "../../plan/index.js";
import { decimalType, MAX_DECIMAL_DIGITS } from "../../types/index.js";
import { callOp, constantText, integer, relabel } from "../construct.js";
import { isDecimal, NUMERIC, rescaleUp, toSelfScaled } from "../decimal.js";
import { absent, argument, op, overload, scalarFunction, type Lower } from "../overload.js";

/**
 * A decimal brought to `scale` digits after the point by one of the rescale operations; a scale not
 * below its own pads with zeros, as PostgreSQL does for round(x, n).
 */
function atScale(value: Expression, scale: number, operation: string): Expression | undefined {
  if (!isDecimal(value) || scale < 0) return undefined;
  const { precision, scale: own } = value.physical;
  if (scale >= own) {
    const grown = precision + scale - own;
    return grown <= MAX_DECIMAL_DIGITS ? unmodified(rescaleUp(value, grown, scale)) : undefined;
  }
  if (precision === MAX_DECIMAL_DIGITS || value.kind === "literal") return undefined;
  const cut = callOp(operation, [value, integer(own - scale)], {
    type: NUMERIC,
    physical: { ...value.physical, precision: precision + 1, scale },
    fallible: false,
  });
  const digits = Math.max(precision - own + scale + 1, scale, 1);
  const narrow = decimalType(digits, scale);
  if (narrow.kind === value.physical.kind) return { ...cut, physical: narrow };
  return callOp("narrow", [cut], { type: NUMERIC, physical: narrow, fallible: false });
}

/** The value as plain numeric: a column's modifier is not its rounding's. */
function unmodified(value: Expression): Expression {
  return relabel(value, NUMERIC);
}

/** ceil, floor, round(x), trunc(x): to whole numbers. */
function toWhole(operation: string, general: string): Lower {
  return (args) => {
    const value = argument(args, 0);
    return (
      atScale(value, 0, operation) ??
      callOp(general, [toSelfScaled(value)], { type: NUMERIC, fallible: true })
    );
  };
}

/** round(x, n), trunc(x, n); a constant n keeps the decimal form. */
function toDigits(operation: string, general: string): Lower {
  return (args) => {
    const value = argument(args, 0);
    const digits = argument(args, 1);
    const constant = constantText(digits);
    const fixed = constant === undefined ? undefined : atScale(value, Number(constant), operation);
    return (
      fixed ?? callOp(general, [toSelfScaled(value), digits], { type: NUMERIC, fallible: true })
    );
  };
}

const floatOp = (name: string) => op(name, { fallible: false });

const ceilOverloads = [
  overload(["float8"], "float8", floatOp("ceil")),
  overload(["numeric"], "numeric", toWhole("rescale_ceil", "ceil")),
];
export const ceil = scalarFunction("ceil", ceilOverloads);
export const ceiling = scalarFunction("ceiling", ceilOverloads);
export const floor = scalarFunction("floor", [
  overload(["float8"], "float8", floatOp("floor")),
  overload(["numeric"], "numeric", toWhole("rescale_floor", "floor")),
]);
export const round = scalarFunction("round", [
  overload(["float8"], "float8", floatOp("round")),
  overload(["numeric"], "numeric", toWhole("rescale_down", "round")),
  overload(["numeric", "int4"], "numeric", toDigits("rescale_down", "round")),
]);
export const trunc = scalarFunction("trunc", [
  overload(["float8"], "float8", floatOp("trunc")),
  overload(["numeric"], "numeric", toWhole("rescale_trunc", "trunc")),
  overload(["numeric", "int4"], "numeric", toDigits("rescale_trunc", "trunc")),
  absent(["macaddr"]),
]);
