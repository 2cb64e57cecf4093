import { featureNotSupported, undefinedFunction } from "../../errors/index.js";
import { at, coalesce } from "../../functions/index.js";
import type { Expression as AstExpression, FunctionCall } from "../../parser/index.js";
import { DIALECT_SCHEMA } from "../../parser/index.js";
import type { Expression } from "../../plan/index.js";
import { sqlType, TYPE_FACTS, type TypeName } from "../../types/index.js";
import { castExplicitly, resolveUnknown } from "../coerce.js";
import { unify } from "../common-type.js";
import type { Scope } from "../scope.js";
import { bindAggregate } from "./aggregate-call.js";
import { bindLiteral } from "./literals.js";
import { callNamedFunction, signature } from "./named-call.js";
import { callOperator } from "./operator-call.js";

/**
 * What other dialects mean by an operator or function where that depends on types: calls that the
 * parser's rewriting makes. A type that is not foreseen is an error, never another meaning.
 */
export function bindDialectCall(ast: FunctionCall, scope: Scope): Expression {
  const name = ast.name.at(-1) ?? "";
  const aggregate = AGGREGATES.get(name);
  if (aggregate !== undefined) return aggregate(ast, scope);
  const asts = ast.arguments.map(({ value }) => value);
  const args = asts.map((value) => scope.statement.binders.expression(value, scope));
  const bind = SCALARS.get(name);
  if (bind === undefined || args.length === 0) {
    throw undefinedFunction(signature(ast.name.join("."), args), ast.position);
  }
  return bind({ args: literalsFitted(asts, args), scope, position: ast.position });
}

interface Call {
  readonly args: readonly Expression[];
  readonly scope: Scope;
  readonly position: number | undefined;
}

type Bind = (call: Call) => Expression;

const INTEGERS: ReadonlySet<TypeName> = new Set(["int2", "int4", "int8"]);
const EXACT: ReadonlySet<TypeName> = new Set([...INTEGERS, "numeric"]);
const NUMBERS: ReadonlySet<TypeName> = new Set([...EXACT, "float4", "float8"]);
/** Without `char(n)`, whose blanks at the end some dialects keep. */
const TEXTS: ReadonlySet<TypeName> = new Set(["text", "varchar", "unknown"]);

const SCALARS: ReadonlyMap<string, Bind> = new Map<string, Bind>([
  ["add", numbersOnly("+")],
  ["subtract", numbersOnly("-")],
  ["multiply", numbersOnly("*")],
  ["divide", numbersOnly("/")],
  ["add_or_join", addOrJoin],
  ["divide_exactly", divideExactly],
  ["divide_as_float", divideAsFloat],
  ["float_literal", (call) => as("float8", first(call), call)],
  ["text", textOf],
  ["short_text", shortText],
  ["number", guard("a number", NUMBERS)],
  ["exact", guard("an exact number", EXACT)],
  ["moment", momentOf],
  ["shift_same", (call) => sameMoment(call, shifted(call))],
  ["shift_timestamp", (call) => as("timestamp", shifted(call), call)],
  ["interval_of", (call) => refuse("an interval by a count", first(call), call)],
  ["start_same", (call) => sameMoment({ ...call, args: call.args.slice(1) }, startOf(call))],
  ["start_timestamp", startOf],
  ["fallback", fallback],
  ["floor", wholeOr("floor")],
  ["ceiling", wholeOr("ceiling")],
  ["round", wholeOr("round")],
  ["integer_cut", cut],
  ["integer_rounded", except("rounding a float", ["float4", "float8"])],
  ["integer_exact", except("rounding a number", ["float4", "float8", "numeric"])],
]);

const AGGREGATES: ReadonlyMap<string, (ast: FunctionCall, scope: Scope) => Expression> = new Map([
  ["sum_whole", wholeSum],
  ["average_cut", cutAverage],
  ["average_float", floatAverage],
]);

function first({ args }: Call): Expression {
  return args[0] as Expression;
}

function as(type: TypeName, value: Expression, { scope, position }: Call): Expression {
  return castExplicitly(scope.statement, value, sqlType(type), position);
}

/** 0A000: a type for which the dialects' meaning is not known here. */
function refuse(what: string, value: Expression, { position }: Pick<Call, "position">): never {
  const { display } = TYPE_FACTS[value.type.name];
  throw featureNotSupported(
    `${what} of type ${display} is not supported in this dialect`,
    position,
  );
}

/** A decimal constant beside a number that is exact is exact, too. */
function literalsFitted(
  asts: readonly AstExpression[],
  args: readonly Expression[],
): readonly Expression[] {
  const isExact = args.some((arg) => arg.type.name === "numeric");
  if (!isExact || args.length !== 2) return args;
  return asts.map((ast, i) => {
    const isLiteral = ast.kind === "functionCall" && ast.name.join(".") === FLOAT_LITERAL;
    const inner = isLiteral ? ast.arguments[0]?.value : undefined;
    return inner?.kind === "numericLiteral" ? bindLiteral(inner) : (args[i] as Expression);
  });
}

const FLOAT_LITERAL = `${DIALECT_SCHEMA}.float_literal`;

function numbersOnly(operator: string): Bind {
  return (call) => {
    const { args, scope, position } = call;
    const known = args.filter((arg) => arg.type.name !== "unknown");
    const other = known.find((arg) => !NUMBERS.has(arg.type.name)) ?? known[0] ?? args[0];
    if (other !== undefined && !NUMBERS.has(other.type.name)) refuse(`"${operator}"`, other, call);
    return callOperator(scope.statement, operator, args, position);
  };
}

function addOrJoin(call: Call): Expression {
  const { args, scope, position } = call;
  if (!args.every((arg) => TEXTS.has(arg.type.name))) return numbersOnly("+")(call);
  const texts = args.map((arg) => as("text", arg, call));
  return callOperator(scope.statement, "||", texts, position);
}

function isWhole(value: Expression): boolean {
  return INTEGERS.has(value.type.name) || value.type.name === "unknown";
}

function divideExactly(call: Call): Expression {
  const [left, right] = call.args;
  if (left === undefined || right === undefined || !isWhole(left)) return numbersOnly("/")(call);
  return numbersOnly("/")({ ...call, args: [as("numeric", left, call), right] });
}

function divideAsFloat(call: Call): Expression {
  if (!call.args.every(isWhole)) return numbersOnly("/")(call);
  return numbersOnly("/")({ ...call, args: call.args.map((arg) => as("float8", arg, call)) });
}

/** As every dialect spells it: a date by its ISO form, whatever DateStyle says. */
function textOf(call: Call): Expression {
  const value = first(call);
  const { name } = value.type;
  if (name === "date") {
    const format = resolveUnknown(call.scope.statement, bindLiteral(DATE_FORMAT));
    const args = [as("timestamp", value, call), format];
    return callNamedFunction(call.scope, "to_char", args, call.position);
  }
  if (!TEXTS.has(name) && !EXACT.has(name)) refuse("text", value, call);
  return as("text", value, call);
}

/** How many characters a value of these types may take. */
const LONGEST_CHARS: Partial<Record<TypeName, number>> = {
  int2: 6,
  int4: 11,
  int8: 20,
  date: 10,
  numeric: 40,
};

/** `(x, n)`: text that may be cut to n characters, or what fits them for sure. */
function shortText(call: Call): Expression {
  const value = first(call);
  const limit = call.args[1];
  const room = limit?.kind === "literal" ? Number(limit.text) : 0;
  const needed = LONGEST_CHARS[value.type.name];
  if (needed !== undefined && needed > room)
    refuse(`text of ${String(room)} characters`, value, call);
  return textOf(call);
}

const DATE_FORMAT = { kind: "stringLiteral", text: "YYYY-MM-DD", position: undefined } as const;

function guard(what: string, types: ReadonlySet<TypeName>): Bind {
  return (call) => {
    const value = first(call);
    return types.has(value.type.name) ? value : refuse(what, value, call);
  };
}

const ISO_DATE = /^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?)?$/;

/** A date or a timestamp; of constants, those in ISO form. */
function momentOf(call: Call): Expression {
  const value = first(call);
  const { name } = value.type;
  if (name === "date" || name === "timestamp") return value;
  const isConstant = value.kind === "literal" && name === "unknown";
  if (isConstant && value.text !== null && ISO_DATE.test(value.text)) {
    return as("timestamp", value, call);
  }
  return refuse("a date", value, call);
}

/** `(x, interval)`, or `(x, interval, n)` for n intervals. */
function shifted(call: Call): Expression {
  const { args, scope, position } = call;
  const [value, interval, count] = args;
  const { name } = first(call).type;
  if (value === undefined || interval === undefined || (name !== "date" && name !== "timestamp")) {
    return refuse("a date", first(call), call);
  }
  const shift = (by: Expression): Expression =>
    callOperator(scope.statement, "+", [value, by], position);
  if (count === undefined) return shift(interval);
  const whole = count.type.name === "unknown" ? as("int8", count, call) : count;
  if (!INTEGERS.has(whole.type.name)) refuse("a count of units", whole, call);
  const factors = [interval, as("float8", whole, call)];
  return shift(callOperator(scope.statement, "*", factors, position));
}

/** `(unit, x)`, as a timestamp. */
function startOf(call: Call): Expression {
  const { args, scope, position } = call;
  const [unit, value] = args;
  if (unit === undefined || value === undefined) return refuse("a date", first(call), call);
  const moment = momentOf({ ...call, args: [value] });
  return callNamedFunction(scope, "date_trunc", [unit, as("timestamp", moment, call)], position);
}

/** What came of a date as a date. */
function sameMoment(call: Call, result: Expression): Expression {
  return first(call).type.name === "date" ? as("date", result, call) : result;
}

/** T-SQL's ISNULL: the second value as the first one's type, where no digit or sign gets lost. */
function fallback(call: Call): Expression {
  const [value, other] = call.args;
  if (value === undefined || other === undefined) return refuse("ISNULL", first(call), call);
  const [to, from] = [value.type.name, other.type.name];
  const fits =
    from === "unknown" ||
    from === to ||
    (TEXTS.has(to) && TEXTS.has(from)) ||
    (NUMBERS.has(to) && INTEGERS.has(from)) ||
    (NUMBERS.has(to) && !INTEGERS.has(to) && NUMBERS.has(from));
  if (to === "unknown" || !fits) refuse("ISNULL", to === "unknown" ? value : other, call);
  const cast = castExplicitly(call.scope.statement, other, value.type, call.position);
  return at(coalesce(unify([value, cast], value.type)), call.position);
}

/** Whole numbers stay what they are; PostgreSQL would make floats of them. */
function wholeOr(name: string): Bind {
  return (call) => {
    const value = first(call);
    if (INTEGERS.has(value.type.name)) return value;
    const isFloat = value.type.name === "float8" || value.type.name === "float4";
    if (value.type.name !== "numeric" && (!isFloat || name === "round")) refuse(name, value, call);
    return callNamedFunction(call.scope, name, call.args, call.position);
  };
}

function cut(call: Call): Expression {
  const value = first(call);
  if (!NUMBERS.has(value.type.name) || INTEGERS.has(value.type.name)) return value;
  return callNamedFunction(call.scope, "trunc", [value], call.position);
}

function except(what: string, types: readonly TypeName[]): Bind {
  return (call) => {
    const value = first(call);
    return types.includes(value.type.name) ? refuse(what, value, call) : value;
  };
}

/** Whether the argument is of a whole type; it is bound once more for that. */
function ofWhole(ast: FunctionCall, scope: Scope): boolean {
  const [argument] = ast.arguments;
  if (argument === undefined) return false;
  const { type } = scope.statement.binders.expression(argument.value, scope);
  return INTEGERS.has(type.name);
}

/** The sum of whole numbers is whole, so that what is divided by it is cut. */
function wholeSum(ast: FunctionCall, scope: Scope): Expression {
  const isWholeSum = ofWhole(ast, scope);
  const sum = bindAggregate({ ...ast, name: ["sum"] }, "sum", scope);
  const { position } = ast;
  return isWholeSum ? castExplicitly(scope.statement, sum, sqlType("int8"), position) : sum;
}

function cutAverage(ast: FunctionCall, scope: Scope): Expression {
  const isWholeAverage = ofWhole(ast, scope);
  const average = bindAggregate({ ...ast, name: ["avg"] }, "avg", scope);
  if (!isWholeAverage) return average;
  const { position } = ast;
  const whole = callNamedFunction(scope, "trunc", [average], position);
  return castExplicitly(scope.statement, whole, sqlType("int8"), position);
}

function floatAverage(ast: FunctionCall, scope: Scope): Expression {
  const isWholeAverage = ofWhole(ast, scope);
  const average = bindAggregate({ ...ast, name: ["avg"] }, "avg", scope);
  const { position } = ast;
  return isWholeAverage
    ? castExplicitly(scope.statement, average, sqlType("float8"), position)
    : average;
}
