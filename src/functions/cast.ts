import { internalError } from "../errors/index.js";
import type { Expression, LiteralExpression } from "../plan/index.js";
import {
  coercionPathway,
  elementForm,
  elementOf,
  isArray,
  physicalTypeOf,
  sqlType,
  TYPE_FACTS,
  type PhysicalKind,
  type TypeName,
} from "../types/index.js";
import { formOf } from "./array-value.js";
import { callOp, integer, literal, relabel } from "./construct.js";
import { integerToDecimal, isDecimal, numericLiteral, withScale } from "./decimal.js";

const INTEGERS: ReadonlySet<TypeName> = new Set(["int2", "int4", "int8", "oid"]);

/** Casts that cannot raise an error, as "source target" of physical kinds. */
const INFALLIBLE: ReadonlySet<string> = new Set([
  "i16 i32",
  "i16 i64",
  "i32 i64",
  "i16 f32",
  "i16 f64",
  "i32 f32",
  "i32 f64",
  "i64 f32",
  "i64 f64",
  "f32 f64",
  "d64 f32",
  "d64 f64",
  "d128 f32",
  "d128 f64",
  "bool i32",
  "i32 bool",
  "time interval",
  "timestamp date",
  "timestamp time",
]);

/** Casts whose answer depends on the session's time zone or styles. */
const STABLE: ReadonlySet<string> = new Set([
  "timestamp timestamptz",
  "timestamptz timestamp",
  "date timestamptz",
  "timestamptz date",
  "timestamptz time",
  "timestamptz text",
  "timestamp text",
  "date text",
  "interval text",
  "text timestamptz",
  "text timestamp",
  "text date",
  "text time",
  "text interval",
]);

/**
 * The value as `target` without a modifier, by PostgreSQL's cast between the two types. The source
 * must not be of unknown type, and there must be an explicit cast. Integer constants are written
 * anew, so that `1` beside a numeric column is a constant of one digit.
 */
export function castTo(expression: Expression, target: TypeName): Expression {
  const source = expression.type.name;
  if (source === target) return expression;
  const method = coercionPathway(source, target, "explicit");
  if (method === undefined) throw internalError(`no cast from ${source} to ${target}`);
  if (expression.kind === "literal" && expression.text === null) {
    return { ...expression, type: sqlType(target), physical: physicalTypeOf(sqlType(target)) };
  }
  if (target === "numeric") return castToNumeric(expression);
  if (source === "record" || isArray(source) || isArray(target)) {
    return castComposite(expression, target);
  }
  if (TYPE_FACTS[target].category === "S") return castToString(expression, target);
  if (INTEGERS.has(source) && isWider(source, target) && expression.kind === "literal") {
    return literal(expression.text, sqlType(target));
  }
  return convert(isLongNumeral(expression) ? asText(expression) : expression, target);
}

/** Arrays to arrays by element, and to and from text; rows to text. */
function castComposite(expression: Expression, target: TypeName): Expression {
  const source = expression.type.name;
  const type = sqlType(target);
  const elements = [elementOf(source), elementOf(target)] as const;
  const [from = source, to = target] = elements;
  const volatility = isTimeType(from) || isTimeType(to) ? "stable" : "immutable";
  if (elements[1] === undefined) {
    const text = callOp(source === "record" ? "record_out" : "array_out", [expression], {
      type: sqlType("text"),
      fallible: false,
      volatility: source === "record" ? "stable" : volatility,
    });
    return castTo(text, target);
  }
  if (elements[0] === undefined) {
    const text = castTo(expression, "text");
    return callOp("array_in", [text, formOf(to)], { type, fallible: true, volatility });
  }
  if (elementForm(from) === elementForm(to) && to !== "name") return relabel(expression, type);
  const args = [expression, formOf(to), integer(-1)];
  return callOp("array_cast", args, { type, fallible: true, volatility });
}

function isTimeType(name: TypeName): boolean {
  const { category } = TYPE_FACTS[name];
  return category === "D" || category === "T";
}

/** A numeric constant that has no decimal form: as a float it may have one, as in `1e308::float8`. */
function isLongNumeral(expression: Expression): expression is LiteralExpression {
  return (
    expression.kind === "literal" && expression.type.name === "numeric" && !isDecimal(expression)
  );
}

function asText(constant: LiteralExpression): Expression {
  return literal(constant.text, sqlType("text"));
}

function isWider(source: TypeName, target: TypeName): boolean {
  if (target === "float8" || target === "int8") return true;
  return target === "int4" && source === "int2";
}

/** `cast_<form>` of the value, or the value itself where the form is the same. */
function convert(expression: Expression, target: TypeName): Expression {
  const type = sqlType(target);
  const physical = physicalTypeOf(type);
  const from = expression.physical.kind;
  if (from === physical.kind) return relabel(expression, type);
  return callOp(`cast_${physical.kind}`, withScale(expression), {
    type,
    fallible: isFallibleCast(from, physical.kind),
    volatility: castVolatility(from, physical.kind),
    // The time of an infinite timestamp is NULL.
    ...(physical.kind === "time" && from.startsWith("timestamp") ? { nullable: true } : {}),
  });
}

function isFallibleCast(from: PhysicalKind, to: PhysicalKind): boolean {
  return to !== "text" && !INFALLIBLE.has(`${from} ${to}`);
}

function castVolatility(from: PhysicalKind, to: PhysicalKind): "stable" | "immutable" {
  return STABLE.has(`${from} ${to}`) ? "stable" : "immutable";
}

function castToNumeric(expression: Expression): Expression {
  const source = expression.type.name;
  if (INTEGERS.has(source)) return integerToDecimal(expression);
  return convert(expression, "numeric");
}

function castToString(expression: Expression, target: TypeName): Expression {
  const source = expression.type.name;
  const text = sqlType(target);
  let value: Expression;
  if (source === "bpchar") value = trimBlanks(expression);
  else if (TYPE_FACTS[source].category === "S") value = expression;
  else value = convert(expression, "text");
  if (target !== "name") return relabel(value, text);
  if (value.kind === "literal" && (value.text ?? "").length < NAME_SIZE / 4) {
    return relabel(value, text);
  }
  return callOp("left", [value, integer(NAME_SIZE - 1)], { type: text, fallible: false });
}

/** NAMEDATALEN: a name has at most one byte less. Only characters are counted here, not bytes. */
const NAME_SIZE = 64;

/** A char(n) value as text: without its padding. */
export function trimBlanks(expression: Expression): Expression {
  if (expression.kind === "literal") {
    return literal(expression.text?.replace(/ +$/, "") ?? null, sqlType("text"));
  }
  return callOp("bpchar_trim", [expression], { type: sqlType("text"), fallible: false });
}

/** A constant's text after PostgreSQL read it as `target`: the literal in the form for it. */
export function typedLiteral(text: string | null, target: TypeName): LiteralExpression {
  if (target === "numeric" && text !== null) return numericLiteral(text);
  return literal(text, sqlType(target));
}

/** The value as its printed text, as concat() and format() take it: booleans as t and f. */
export function printed(expression: Expression): Expression {
  if (expression.type.name === "bool") {
    return callOp("bool_out", [expression], { type: sqlType("text"), fallible: false });
  }
  // A parameter whose type nothing has settled yet is refused once the statement is bound.
  const { name } = expression.type;
  if (TYPE_FACTS[name].category === "S" || name === "unknown") {
    return relabel(expression, sqlType("text"));
  }
  return castTo(expression, "text");
}

/** Whether a cast of decimals may be skipped: scale equal and digits enough. */
export function fitsDecimal(expression: Expression, precision: number, scale: number): boolean {
  const { physical } = expression;
  return isDecimal(expression) && physical.scale === scale && physical.precision <= precision;
}
