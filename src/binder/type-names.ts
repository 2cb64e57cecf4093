import {
  featureNotSupported,
  invalidTypeModifier,
  typeTakesNoModifier,
  undefinedType,
} from "../errors/index.js";
import type { TypeName as AstTypeName } from "../parser/index.js";
import {
  arrayOf,
  characterTypmod,
  intervalTypmod,
  numericTypmod,
  sqlType,
  TYPE_FACTS,
  type SqlType,
  type TypeName,
} from "../types/index.js";

const MAX_NUMERIC_PRECISION = 1000;
const MAX_CHARACTERS = 10485760;
const MAX_TIME_PRECISION = 6;

/** Types PostgreSQL 15 has and the engine does not: named so, rather than called unknown. */
const ABSENT: ReadonlySet<string> = new Set([
  "bit",
  "varbit",
  "timetz",
  "json",
  "jsonb",
  "xml",
  "money",
  "inet",
  "cidr",
  "macaddr",
  "macaddr8",
  "point",
  "line",
  "lseg",
  "box",
  "path",
  "polygon",
  "circle",
  "tsvector",
  "tsquery",
  "int4range",
  "int8range",
  "numrange",
  "tsrange",
  "tstzrange",
  "daterange",
  "regclass",
  "regtype",
  "regproc",
  "regprocedure",
  "regnamespace",
  "regrole",
  "xid",
  "cid",
  "tid",
  "char",
  "pg_lsn",
  "record",
  "void",
  "jsonpath",
]);

/** Whether PostgreSQL has a type of that name and the engine has not. */
export function isAbsentType(name: string): boolean {
  return ABSENT.has(name);
}

/** The SQL type a type name stands for, with its modifier. */
export function bindTypeName(type: AstTypeName): SqlType {
  const { name, position } = type;
  const shown = [...(type.schema === undefined ? [] : [type.schema]), name].join(".");
  if (type.schema !== undefined && type.schema !== "pg_catalog") {
    throw undefinedType(shown, position);
  }
  if (ABSENT.has(name)) throw featureNotSupported(`type ${name} is not supported`, position);
  const known = typeNamed(name);
  if (known === undefined) throw undefinedType(shown, position);
  if (type.setOf) throw featureNotSupported("SETOF types are not supported", position);
  const typmod = modifier(known, type);
  if (type.arrayDimensions === 0) return sqlType(known, typmod);
  const array = arrayOf(known);
  if (array === undefined) {
    throw featureNotSupported(`type ${TYPE_FACTS[known].display}[] is not supported`, position);
  }
  return sqlType(array, typmod);
}

/** The type of that catalog name, if values of it can be made. */
export function typeNamed(name: string): TypeName | undefined {
  if (!Object.hasOwn(TYPE_FACTS, name)) return undefined;
  const known = name as TypeName;
  const isPseudo =
    known === "void" || known === "record" || known === "_record" || known === "unknown";
  return isPseudo ? undefined : known;
}

function modifier(name: TypeName, type: AstTypeName): number {
  if (name === "interval") return intervalModifier(type);
  if (type.modifiers.length === 0) return -1;
  switch (name) {
    case "numeric":
      return numericModifier(type);
    case "varchar":
    case "bpchar":
      return characterModifier(name === "varchar" ? "varchar" : "char", type);
    case "time":
    case "timestamp":
    case "timestamptz":
      return timePrecision(name, type);
    default:
      throw typeTakesNoModifier(name, type.position);
  }
}

function numericModifier(type: AstTypeName): number {
  const [first = "", second = "0", ...rest] = type.modifiers;
  if (rest.length > 0) throw invalidTypeModifier("invalid NUMERIC type modifier", type.position);
  const precision = Number(first);
  const scale = Number(second);
  if (precision < 1 || precision > MAX_NUMERIC_PRECISION) {
    const range = `must be between 1 and ${String(MAX_NUMERIC_PRECISION)}`;
    throw invalidTypeModifier(`NUMERIC precision ${first} ${range}`, type.position);
  }
  if (scale < -MAX_NUMERIC_PRECISION || scale > MAX_NUMERIC_PRECISION) {
    throw invalidTypeModifier(
      `NUMERIC scale ${second} must be between -1000 and 1000`,
      type.position,
    );
  }
  return numericTypmod(precision, scale);
}

function characterModifier(display: string, type: AstTypeName): number {
  const [text = "", ...rest] = type.modifiers;
  if (rest.length > 0) throw invalidTypeModifier("invalid type modifier", type.position);
  const length = Number(text);
  if (length < 1) {
    throw invalidTypeModifier(`length for type ${display} must be at least 1`, type.position);
  }
  if (length > MAX_CHARACTERS) {
    const limit = `cannot exceed ${String(MAX_CHARACTERS)}`;
    throw invalidTypeModifier(`length for type ${display} ${limit}`, type.position);
  }
  return characterTypmod(length);
}

/** More than six digits are cut to six, with a warning in PostgreSQL. */
function timePrecision(name: TypeName, type: AstTypeName): number {
  const [text = "", ...rest] = type.modifiers;
  if (rest.length > 0) throw invalidTypeModifier("invalid type modifier", type.position);
  const precision = Number(text);
  if (precision < 0) {
    const zone = name === "timestamptz" ? " WITH TIME ZONE" : "";
    const display = `${name === "time" ? "TIME" : "TIMESTAMP"}(${text})${zone}`;
    throw invalidTypeModifier(`${display} precision must not be negative`, type.position);
  }
  return Math.min(precision, MAX_TIME_PRECISION);
}

function intervalModifier(type: AstTypeName): number {
  const [text] = type.modifiers;
  if (text === undefined) return intervalTypmod(type.intervalFields, undefined);
  const precision = Number(text);
  if (precision < 0) {
    const message = `INTERVAL(${text}) precision must not be negative`;
    throw invalidTypeModifier(message, type.position);
  }
  return intervalTypmod(type.intervalFields, Math.min(precision, MAX_TIME_PRECISION));
}
