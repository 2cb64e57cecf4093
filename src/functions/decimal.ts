import type { Expression, LiteralExpression } from "../plan/index.js";
import {
  MAX_DECIMAL_DIGITS,
  decimalType,
  physicalTypeOf,
  sqlType,
  type PhysicalType,
} from "../types/index.js";
import { callOp, integer, literal, relabel } from "./construct.js";

/**
 * The two forms of numeric (ARCHITECTURE §4): `d64`/`d128` with one scale a column, and the
 * self-scaled `numeric`. PostgreSQL prints a sum with the larger scale of its operands and a product
 * with the sum of their scales, which is just what the fixed forms do; everything whose scale
 * depends on values is `numeric`.
 *
 * Deviation from a mere digit count: a product that may need more than 38 digits stays `d128` and is
 * checked. The self-scaled form has the same 38 digits, so it could not answer where d128 fails.
 */
export const NUMERIC = sqlType("numeric");
const SELF_SCALED = physicalTypeOf(NUMERIC);
/** Digits a d64 holds. */
const NARROW_DIGITS = 18;

export function isDecimal(expression: Expression): boolean {
  return expression.physical.kind === "d64" || expression.physical.kind === "d128";
}

const PLAIN_NUMERAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
const MAX_LITERAL_DIGITS = 1000;

/** Digits before and after the point of a numeral without sign, exponent applied. */
function spread(text: string): { sign: string; whole: string; fraction: string } | undefined {
  const match = PLAIN_NUMERAL.exec(text);
  if (match === null) return undefined;
  const [, sign = "", digits = "", decimals = "", exponentText = "0"] = match;
  const exponent = Number(exponentText);
  if (digits + decimals === "" || Math.abs(exponent) > MAX_LITERAL_DIGITS) return undefined;
  const all = digits + decimals;
  const point = digits.length + exponent;
  const padded = point < 0 ? "0".repeat(-point) + all : all.padEnd(point, "0");
  const start = Math.max(point, 0);
  const whole = padded.slice(0, start).replace(/^0+/, "");
  return { sign: sign === "-" ? "-" : "", whole, fraction: padded.slice(start) };
}

/** A numeric constant in its narrowest form: `0.05` is d64(2,2). Text is PostgreSQL's numeral. */
export function numericLiteral(text: string): LiteralExpression {
  const parts = spread(text);
  if (parts === undefined) return literal(text, NUMERIC, SELF_SCALED);
  const precision = Math.max(parts.whole.length + parts.fraction.length, 1);
  const fraction = parts.fraction === "" ? "" : `.${parts.fraction}`;
  const isZero = /^0*$/.test(parts.whole + parts.fraction);
  const plain = `${isZero ? "" : parts.sign}${parts.whole === "" ? "0" : parts.whole}${fraction}`;
  return literal(plain, NUMERIC, decimalType(precision, parts.fraction.length));
}

/** The same constant with `scale` fractional digits (at least as many as it has). */
function padLiteral(constant: LiteralExpression, physical: PhysicalType): LiteralExpression {
  if (constant.text === null) return { ...constant, physical };
  const missing = physical.scale - constant.physical.scale;
  const point = constant.physical.scale === 0 && missing > 0 ? "." : "";
  return { ...constant, text: constant.text + point + "0".repeat(missing), physical };
}

function scaleArgument(expression: Expression): Expression[] {
  return isDecimal(expression) ? [integer(expression.physical.scale)] : [];
}

/** The value with, where it is a decimal, its scale after it, as casts and to_char take it. */
export function withScale(expression: Expression): readonly Expression[] {
  return [expression, ...scaleArgument(expression)];
}

/** The value of a numeric in the self-scaled form. */
export function toSelfScaled(expression: Expression): Expression {
  if (!isDecimal(expression)) return expression;
  if (expression.kind === "literal") return { ...expression, physical: SELF_SCALED };
  const facts = { type: expression.type, physical: SELF_SCALED, fallible: false };
  return callOp("cast_numeric", withScale(expression), facts);
}

/** An integer as a numeric of scale 0. */
export function integerToDecimal(expression: Expression): Expression {
  if (expression.kind === "literal") {
    return expression.text === null
      ? literal(null, NUMERIC, decimalType(1, 0))
      : numericLiteral(expression.text);
  }
  const kind = expression.physical.kind;
  const precision = kind === "i16" ? 5 : kind === "i32" ? 10 : 19;
  const physical = decimalType(precision, 0);
  return callOp("widen", [expression], { type: NUMERIC, physical, fallible: false });
}

/** A decimal with `scale` (not below its own) and at least `precision` digits. */
export function rescaleUp(expression: Expression, precision: number, scale: number): Expression {
  const target = decimalType(Math.min(precision, MAX_DECIMAL_DIGITS), scale);
  const from = expression.physical;
  if (from.kind === target.kind && from.scale === scale) {
    return relabel(expression, expression.type, target);
  }
  if (expression.kind === "literal") return padLiteral(expression, target);
  const facts = { type: expression.type, physical: target, fallible: false };
  if (from.scale === scale) return callOp("widen", [expression], facts);
  return callOp("rescale_up", [expression, integer(scale - from.scale)], facts);
}

/** Both in one kind of decimal: 64-bit only if both are. */
function sameKind(a: Expression, b: Expression): readonly [Expression, Expression] {
  return a.physical.kind === b.physical.kind ? [a, b] : [widen(a), widen(b)];
}

/** The decimal in the 128-bit kind, its digits unchanged. */
function widen(expression: Expression): Expression {
  if (expression.physical.kind === "d128") return expression;
  const { precision, scale } = expression.physical;
  return rescaleUp(expression, Math.max(precision, NARROW_DIGITS + 1), scale);
}

/**
 * Two numerics brought to one decimal form of equal scale, or, where 38 digits do not suffice or one
 * has its own scale, both to the self-scaled form.
 */
export function alignScales(a: Expression, b: Expression): readonly [Expression, Expression] {
  if (isDecimal(a) && isDecimal(b)) {
    const scale = Math.max(a.physical.scale, b.physical.scale);
    const precisions = [a, b].map((e) => e.physical.precision + scale - e.physical.scale);
    const longest = Math.max(...precisions);
    if (longest <= MAX_DECIMAL_DIGITS) {
      const floor = longest > NARROW_DIGITS ? NARROW_DIGITS + 1 : 0;
      const [left = 0, right = 0] = precisions.map((p) => Math.max(p, floor));
      return sameKind(rescaleUp(a, left, scale), rescaleUp(b, right, scale));
    }
  }
  return [toSelfScaled(a), toSelfScaled(b)];
}

function wholeDigits(expression: Expression): number {
  return expression.physical.precision - expression.physical.scale;
}

/** `add` or `sub` of two numerics. */
export function addDecimals(op: "add" | "sub", a: Expression, b: Expression): Expression {
  const [left, right] = alignScales(a, b);
  if (!isDecimal(left)) return callOp(op, [left, right], { type: NUMERIC, fallible: true });
  const scale = left.physical.scale;
  const precision = Math.max(wholeDigits(a), wholeDigits(b)) + scale + 1;
  return decimalCall(op, left, right, precision, scale);
}

/** Product of two numerics. */
export function multiplyDecimals(a: Expression, b: Expression): Expression {
  const scale = a.physical.scale + b.physical.scale;
  if (!isDecimal(a) || !isDecimal(b) || scale > MAX_DECIMAL_DIGITS) {
    const args = [toSelfScaled(a), toSelfScaled(b)];
    return callOp("mul", args, { type: NUMERIC, fallible: true });
  }
  const precision = a.physical.precision + b.physical.precision;
  const [wide, narrow] = a.physical.kind === "d64" && b.physical.kind === "d128" ? [b, a] : [a, b];
  return decimalCall("mul", wide, narrow, precision, scale);
}

function decimalCall(
  op: string,
  left: Expression,
  right: Expression,
  precision: number,
  scale: number,
): Expression {
  const fallible = precision > MAX_DECIMAL_DIGITS;
  const physical = decimalType(Math.min(precision, MAX_DECIMAL_DIGITS), scale);
  return callOp(op, [left, right], { type: NUMERIC, physical, fallible });
}

/** Quotient of two numerics: its scale depends on the values. */
export function divideDecimals(a: Expression, b: Expression): Expression {
  if (!isDecimal(a) || !isDecimal(b)) {
    return callOp("div", [toSelfScaled(a), toSelfScaled(b)], { type: NUMERIC, fallible: true });
  }
  const [left, right] = sameKind(a, b);
  const scales = [integer(a.physical.scale), integer(b.physical.scale)];
  return callOp("div", [left, right, ...scales], { type: NUMERIC, fallible: true });
}

/** Remainder of two numerics. */
export function remainderOfDecimals(a: Expression, b: Expression): Expression {
  const [left, right] = alignScales(a, b);
  const physical = left.physical.precision >= right.physical.precision ? left : right;
  return callOp("mod", [left, right], {
    type: NUMERIC,
    physical: physical.physical,
    fallible: true,
  });
}

/**
 * Values of which one is chosen (CASE, COALESCE, UNION …) in one form: a decimal where all scales
 * are equal, because then every value prints as it would alone; else the self-scaled form.
 */
export function unifyNumerics(values: readonly Expression[]): readonly Expression[] {
  const numerics = values.filter((v) => !isNullLiteral(v));
  const target = commonDecimal(numerics.map((n) => n.physical));
  return values.map((value) => {
    if (isNullLiteral(value)) return { ...value, physical: target };
    return target.kind === "numeric"
      ? toSelfScaled(value)
      : rescaleUp(value, target.precision, target.scale);
  });
}

/** The form in which values of these numeric forms can stand in one column. */
export function commonDecimal(forms: readonly PhysicalType[]): PhysicalType {
  const [first] = forms;
  if (first === undefined) return SELF_SCALED;
  const fixed = forms.every((f) => f.kind !== "numeric" && f.scale === first.scale);
  if (!fixed) return SELF_SCALED;
  return decimalType(Math.max(...forms.map((f) => f.precision)), first.scale);
}

function isNullLiteral(expression: Expression): boolean {
  return expression.kind === "literal" && expression.text === null;
}
