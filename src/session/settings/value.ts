import {
  invalidParameterValue,
  parameterOutOfRange,
  requiresBoolean,
  unreachable,
} from "../../errors/index.js";
import {
  INT_MAX,
  type CheckScope,
  type SettingDefinition,
  type SettingType,
  type SettingUnit,
} from "./definition.js";

type NumberType = Extract<SettingType, { kind: "integer" | "real" }>;

const BYTES: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1024,
  "8kB": 8192,
  MB: 1024 ** 2,
  GB: 1024 ** 3,
  TB: 1024 ** 4,
};

const MICROSECONDS: Readonly<Record<string, number>> = {
  us: 1,
  ms: 1000,
  s: 1_000_000,
  min: 60_000_000,
  h: 3_600_000_000,
  d: 86_400_000_000,
};

const MEMORY_HINT = 'Valid units for this parameter are "B", "kB", "MB", "GB", and "TB".';
const TIME_HINT = 'Valid units for this parameter are "us", "ms", "s", "min", "h", and "d".';

function scaleOf(unit: SettingUnit): Readonly<Record<string, number>> {
  return unit in BYTES ? BYTES : MICROSECONDS;
}

/** PostgreSQL's spellings of booleans: any unambiguous beginning of true, false, yes, no, on, off. */
export function parseBoolean(text: string): boolean | null {
  const value = text.toLowerCase();
  if (value === "1") return true;
  if (value === "0") return false;
  if (value === "") return null;
  if ("true".startsWith(value) || "yes".startsWith(value) || value === "on") return true;
  if ("false".startsWith(value) || "no".startsWith(value)) return false;
  return value.length >= 2 && "off".startsWith(value) ? false : null;
}

const NUMBER = /^\s*([+-]?(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?))\s*(\S*)\s*$/;

/** The text as a number of base units, not yet rounded; throws where it is no number. */
function parseNumber(type: NumberType, typed: string, text: string): number {
  const match = NUMBER.exec(text);
  if (match === null) throw invalidParameterValue(typed, text);
  const [, digits = "", suffix = ""] = match;
  // As in C, a leading zero makes an integer octal.
  const octal = type.kind === "integer" && /^[+-]?0[0-7]+$/.test(digits);
  const value = octal ? parseInt(digits, 8) : Number(digits);
  if (suffix === "") return value;
  if (type.unit === undefined) throw invalidParameterValue(typed, text);
  const units = scaleOf(type.unit);
  const scale = Object.hasOwn(units, suffix) && suffix !== "8kB" ? units[suffix] : undefined;
  if (scale === undefined) {
    const hint = units === BYTES ? MEMORY_HINT : TIME_HINT;
    throw invalidParameterValue(typed, text, { hint });
  }
  return (value * scale) / (units[type.unit] ?? 1);
}

/** Halves go to the even neighbour, as C's rint. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** A double as C's "%g" prints it. */
export function shortNumber(value: number): string {
  const rounded = Number(value.toPrecision(6));
  const exponent = rounded === 0 ? 0 : Math.floor(Math.log10(Math.abs(rounded)));
  if (exponent >= -4 && exponent < 6) return String(rounded);
  const [mantissa = "", power = ""] = rounded.toExponential().split("e");
  const sign = power.startsWith("-") ? "-" : "+";
  return `${mantissa}e${sign}${power.replace(/^[+-]/, "").padStart(2, "0")}`;
}

function numberSetting(type: NumberType, typed: string, text: string): string {
  const exact = parseNumber(type, typed, text);
  const value = type.kind === "integer" ? roundHalfEven(exact) : exact;
  if (type.kind === "integer" && (value > INT_MAX || value < -INT_MAX - 1)) {
    throw invalidParameterValue(typed, text, { hint: "Value exceeds integer range." });
  }
  if (!(value >= type.min && value <= type.max)) {
    const show = type.kind === "integer" ? String : shortNumber;
    const unit = type.unit === undefined ? "" : ` ${type.unit}`;
    throw parameterOutOfRange(typed, show(value) + unit, show(type.min), show(type.max));
  }
  return String(value);
}

/**
 * The canonical form of a value given as text. `typed` is the name as the user wrote it: PostgreSQL
 * quotes that one where the text does not parse.
 */
export function canonicalValue(
  definition: SettingDefinition,
  typed: string,
  text: string,
  scope: CheckScope,
): string {
  const { type } = definition;
  switch (type.kind) {
    case "boolean": {
      const value = parseBoolean(text);
      if (value === null) throw requiresBoolean(typed);
      return value ? "on" : "off";
    }
    case "integer":
    case "real":
      return numberSetting(type, typed, text);
    case "enum": {
      const wanted = text.toLowerCase();
      const value = type.aliases?.[wanted] ?? type.values.find((each) => each === wanted);
      if (value !== undefined) return value;
      const hint = `Available values: ${type.values.join(", ")}.`;
      throw invalidParameterValue(typed, text, { hint });
    }
    case "string":
      return type.check === undefined ? text : type.check(text, scope);
    default:
      return unreachable(type);
  }
}

/** Units in which SHOW may print, largest first. */
const SHOWN_UNITS = {
  memory: ["TB", "GB", "MB", "kB", "B"],
  time: ["d", "h", "min", "s", "ms", "us"],
} as const;

/** A value as SHOW prints it: numbers in the largest unit that keeps them whole. */
export function shownValue(definition: SettingDefinition, value: string): string {
  const { type } = definition;
  if (type.kind !== "integer" && type.kind !== "real") return value;
  const amount = Number(value);
  const print = type.kind === "real" ? shortNumber : String;
  if (type.unit === undefined || amount <= 0) return print(amount);
  const units = scaleOf(type.unit);
  const base = amount * (units[type.unit] ?? 1);
  const names = units === BYTES ? SHOWN_UNITS.memory : SHOWN_UNITS.time;
  const inUnit = (unit: string): number => base / (units[unit] ?? 1);
  const whole = type.kind === "real" ? isNearlyWhole : Number.isInteger;
  const name = names.find((each) => whole(inUnit(each))) ?? names.at(-1) ?? "";
  return `${print(inUnit(name))}${name}`;
}

/** As far as a double tells. */
function isNearlyWhole(value: number): boolean {
  return Math.abs(Math.round(value) / value - 1) <= 1e-8;
}
