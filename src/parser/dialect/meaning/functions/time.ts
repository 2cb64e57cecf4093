import type { Expression, Position } from "../../../ast/index.js";
import { call, cast, integer, interval, operator, string, typed } from "../build.js";
import { DIALECT_SCHEMA } from "../../names.js";
import type { FunctionRule, KnownCall, OperatorRule } from "../rule.js";
import { arg, rule } from "./any.js";

/** Rules for functions on dates and times. */

const UNITS = ["year", "quarter", "month", "week", "day", "hour", "minute", "second"] as const;
type Unit = (typeof UNITS)[number];
/** T-SQL's short names, where they are not those of other dialects for something else. */
const SHORT_UNITS: Readonly<Record<string, Unit>> = {
  yy: "year",
  yyyy: "year",
  qq: "quarter",
  mm: "month",
  wk: "week",
  dd: "day",
  hh: "hour",
  mi: "minute",
  ss: "second",
};
/** Those that a date has. */
const DATE_UNITS: ReadonlySet<Unit> = new Set(["year", "quarter", "month", "week", "day"]);

/** The unit that an argument names, as a bare word or a string. */
function unitOf(value: Expression, refuse: KnownCall["refuse"]): Unit {
  const bare = value.kind === "columnReference" && value.names.length === 1 ? value.names[0] : "";
  const word = value.kind === "stringLiteral" ? value.text.toLowerCase() : (bare ?? "");
  const unit = UNITS.find((each) => each === word) ?? SHORT_UNITS[word];
  return unit ?? refuse("a unit of time of that name");
}

function moment(value: Expression): Expression {
  return typed("moment", [value], value.position);
}

function dateOf(value: Expression): Expression {
  return cast(moment(value), "date");
}

/** What a shifted date is: a date still, where the unit is one of dates, or a timestamp. */
export type ShiftedDate = "date" | "timestamp";

/** How often a unit is added: known, or a whole number that the binder makes sure of. */
interface Amount {
  readonly sign: 1n | -1n;
  readonly count: bigint | Expression;
  readonly unit: Unit;
}

function shifted(
  value: Expression,
  { sign, count, unit }: Amount,
  result: ShiftedDate,
  position: Position,
): Expression {
  const [factor, name] = unit === "quarter" ? [3n * sign, "month"] : [sign, unit];
  const stays = result === "date" && DATE_UNITS.has(unit);
  const shift = stays ? "shift_same" : "shift_timestamp";
  if (typeof count === "bigint") {
    const by = interval(`${String(factor * count)} ${name}`, position);
    return typed(shift, [value, by], position);
  }
  const by = interval(`${String(factor)} ${name}`, position);
  return typed(shift, [value, by, count], position);
}

function countOf(count: Expression): bigint | Expression {
  return count.kind === "integerLiteral" ? BigInt(count.text) : count;
}

/** `INTERVAL x DAY` of what is no constant, as both rewriters spell it. */
export const INTERVAL_OF = rule(2, 2, ({ args, position, refuse }) => {
  if (arg(args, 1).kind !== "stringLiteral") return refuse("an interval without a unit");
  return typed("interval_of", args, position);
});

/** DATEADD(unit, count, x). */
export function addUnits(result: ShiftedDate): FunctionRule {
  return rule(3, 3, ({ args, position, refuse }) => {
    const unit = unitOf(arg(args, 0), refuse);
    const amount = { sign: 1n, count: countOf(arg(args, 1)), unit } as const;
    return shifted(arg(args, 2), amount, result, position);
  });
}

/** DATE_ADD(x, INTERVAL n unit), and DATE_SUB with the sign turned. */
export function addInterval(result: ShiftedDate, sign: 1n | -1n): FunctionRule {
  return rule(2, 2, ({ args, position, refuse }) => {
    const amount = intervalAmount(arg(args, 1), sign);
    if (amount === undefined) return refuse("a date shifted by what is no INTERVAL");
    return shifted(arg(args, 0), amount, result, position);
  });
}

/** `date ± INTERVAL`, or the operator on other operands. */
export function withIntervals(
  sign: 1n | -1n,
  result: ShiftedDate,
  otherwise: OperatorRule,
): OperatorRule {
  return (left, right, position) => {
    const behind = intervalAmount(right, sign);
    if (behind !== undefined) return shifted(left, behind, result, position);
    const before = sign === 1n ? intervalAmount(left, 1n) : undefined;
    if (before !== undefined) return shifted(right, before, result, position);
    return otherwise(left, right, position);
  };
}

function intervalAmount(value: Expression, sign: 1n | -1n): Amount | undefined {
  if (value.kind === "functionCall" && value.name.join(".") === INTERVAL_NAME) {
    const [count, word] = value.arguments.map((argument) => argument.value);
    const unit = UNITS.find((each) => word?.kind === "stringLiteral" && each === word.text);
    return count === undefined || unit === undefined ? undefined : { sign, count, unit };
  }
  const isInterval = value.kind === "cast" && value.type.name === "interval";
  if (!isInterval || value.operand.kind !== "stringLiteral") return undefined;
  const [count = "0", word = ""] = value.operand.text.split(" ");
  const unit = UNITS.find((each) => each === word);
  return unit === undefined ? undefined : { sign, count: BigInt(count), unit };
}

const INTERVAL_NAME = `${DIALECT_SCHEMA}.interval_of`;

/** The parts of a date or timestamp that are read, as whole numbers. */
const PARTS: ReadonlySet<Unit> = new Set(["year", "quarter", "month", "day", "hour", "minute"]);

function part(unit: Unit, value: Expression, position: Position): Expression {
  const extracted = call(
    "extract",
    [string(unit, position), moment(value)],
    position,
    "pg_catalog",
  );
  return cast(extracted, "int4");
}

/** EXTRACT(unit FROM x), DATEPART(unit, x), DATE_PART('unit', x). */
export const PART_OF_UNIT = rule(2, 2, ({ args, position, refuse }) => {
  const unit = unitOf(arg(args, 0), refuse);
  if (!PARTS.has(unit)) refuse(`${unit} as a part of a time`);
  return part(unit, arg(args, 1), position);
});

/** YEAR(x) and its kin. */
export function partOf(
  unit: "year" | "quarter" | "month" | "day" | "hour" | "minute",
): FunctionRule {
  return rule(1, 1, ({ args, position }) => part(unit, arg(args, 0), position));
}

/** DATEDIFF(unit, from, to): how many borders of the unit lie between. */
export const BORDERS_BETWEEN = rule(3, 3, ({ args, position, refuse }) =>
  borders(unitOf(arg(args, 0), refuse), arg(args, 1), arg(args, 2), position, refuse),
);

/** DATE_DIFF(to, from, unit). */
export const BORDERS_BACK_TO = rule(3, 3, ({ args, position, refuse }) =>
  borders(unitOf(arg(args, 2), refuse), arg(args, 1), arg(args, 0), position, refuse),
);

/** DATEDIFF(to, from) in days. */
export const DAYS_BACK_TO = rule(2, 2, ({ args, position, refuse }) =>
  borders("day", arg(args, 1), arg(args, 0), position, refuse),
);

function borders(
  unit: Unit,
  from: Expression,
  to: Expression,
  position: Position,
  refuse: KnownCall["refuse"],
): Expression {
  const difference = (one: Unit): Expression =>
    operator("-", part(one, to, position), part(one, from, position), position);
  switch (unit) {
    case "day":
      return operator("-", dateOf(to), dateOf(from), position);
    case "year":
      return difference("year");
    case "month": {
      const years = operator("*", difference("year"), integer("12", position), position);
      return operator("+", years, difference("month"), position);
    }
    default:
      return refuse(`a difference in ${unit}s`);
  }
}

/** Units to which a time is cut; weeks begin on other days in each dialect. */
const STARTS: ReadonlySet<Unit> = new Set(["year", "quarter", "month", "day", "hour", "minute"]);

/** DATE_TRUNC with the unit at that argument; a date stays one or becomes a timestamp. */
export function startOf(unitAt: 0 | 1, result: ShiftedDate): FunctionRule {
  return rule(2, 2, ({ args, position, refuse }) => {
    const unit = unitOf(arg(args, unitAt), refuse);
    if (!STARTS.has(unit)) refuse(`the start of a ${unit}`);
    const value = arg(args, 1 - unitAt);
    const stays = result === "date" && DATE_UNITS.has(unit);
    const name = stays ? "start_same" : "start_timestamp";
    return typed(name, [string(unit, position), value], position);
  });
}

/** DATE(x), CAST(x AS DATE). */
export const DATE_OF = rule(1, 1, ({ args }) => dateOf(arg(args, 0)));

/** NOW(), GETDATE(): without a zone. */
export const LOCAL_NOW = rule(0, 0, ({ position }) =>
  Object.freeze({ kind: "valueFunction", name: "localtimestamp", precision: undefined, position }),
);

/** What `%` letters and TO_CHAR's letters stand for, each dialect by its own table. */
export type FormatLetters = Readonly<Record<string, string>>;

export const MYSQL_LETTERS: FormatLetters = {
  "%Y": "YYYY",
  "%m": "MM",
  "%d": "DD",
  "%H": "HH24",
  "%i": "MI",
  "%s": "SS",
};
export const STRFTIME_LETTERS: FormatLetters = {
  "%Y": "YYYY",
  "%m": "MM",
  "%d": "DD",
  "%H": "HH24",
  "%M": "MI",
  "%S": "SS",
};
export const TO_CHAR_LETTERS: FormatLetters = {
  YYYY: "YYYY",
  MM: "MM",
  DD: "DD",
  HH24: "HH24",
  MI: "MI",
  SS: "SS",
};

/** A time by a constant format of such letters and separators. */
export function format(formatAt: 0 | 1, letters: FormatLetters): FunctionRule {
  return rule(2, 2, ({ args, position, refuse }) => {
    const pattern = arg(args, formatAt);
    if (pattern.kind !== "stringLiteral") return refuse("a format that is no constant");
    const written = [...pattern.text.matchAll(/%.|HH24|YYYY|[A-Z]{2}|[-/.:, _]|.|\n/gu)]
      .map(([piece]) => {
        if (/^[-/.:, _]$/.test(piece)) return piece;
        const known = Object.hasOwn(letters, piece) ? letters[piece] : undefined;
        return known ?? refuse(`"${piece}" in a format`);
      })
      .join("");
    const value = cast(moment(arg(args, 1 - formatAt)), "timestamp");
    return call("to_char", [value, string(written, position)], position);
  });
}
