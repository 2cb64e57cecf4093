import { internalError } from "../errors/index.js";
import { intervalSuffix } from "./interval-type.js";

/** PostgreSQL's internal names (pg_type.typname) of the types values of which stand in arrays. */
export type ElementName =
  | "bool"
  | "int2"
  | "int4"
  | "int8"
  | "float4"
  | "float8"
  | "numeric"
  | "text"
  | "varchar"
  | "bpchar"
  | "name"
  | "oid"
  | "date"
  | "time"
  | "timestamp"
  | "timestamptz"
  | "interval"
  | "uuid"
  | "bytea"
  | "record";

/** The types of arrays of them. */
export type ArrayName = `_${ElementName}`;

/** pg_type.typname of all types the engine has. */
export type TypeName = ElementName | ArrayName | "unknown" | "void";

/** pg_type.typcategory of these types. */
export type TypeCategory = "A" | "B" | "N" | "S" | "D" | "T" | "U" | "X" | "P";

/**
 * A type with its modifier; `typmod` is -1 where there is none (pg_attribute.atttypmod). An array's
 * is that of its elements.
 */
export interface SqlType {
  readonly name: TypeName;
  readonly typmod: number;
}

export interface TypeFacts {
  readonly oid: number;
  /** pg_type.typlen: bytes, or -1 for variable size, -2 for C strings. */
  readonly size: number;
  readonly category: TypeCategory;
  readonly preferred: boolean;
  /** What format_type() prints. */
  readonly display: string;
}

const SCALARS: Readonly<Record<ElementName | "unknown" | "void", TypeFacts>> = {
  bool: { oid: 16, size: 1, category: "B", preferred: true, display: "boolean" },
  int2: { oid: 21, size: 2, category: "N", preferred: false, display: "smallint" },
  int4: { oid: 23, size: 4, category: "N", preferred: false, display: "integer" },
  int8: { oid: 20, size: 8, category: "N", preferred: false, display: "bigint" },
  float4: { oid: 700, size: 4, category: "N", preferred: false, display: "real" },
  float8: { oid: 701, size: 8, category: "N", preferred: true, display: "double precision" },
  numeric: { oid: 1700, size: -1, category: "N", preferred: false, display: "numeric" },
  text: { oid: 25, size: -1, category: "S", preferred: true, display: "text" },
  varchar: { oid: 1043, size: -1, category: "S", preferred: false, display: "character varying" },
  bpchar: { oid: 1042, size: -1, category: "S", preferred: false, display: "character" },
  name: { oid: 19, size: 64, category: "S", preferred: false, display: "name" },
  oid: { oid: 26, size: 4, category: "N", preferred: true, display: "oid" },
  date: { oid: 1082, size: 4, category: "D", preferred: false, display: "date" },
  time: { oid: 1083, size: 8, category: "D", preferred: false, display: "time without time zone" },
  timestamp: {
    oid: 1114,
    size: 8,
    category: "D",
    preferred: false,
    display: "timestamp without time zone",
  },
  timestamptz: {
    oid: 1184,
    size: 8,
    category: "D",
    preferred: true,
    display: "timestamp with time zone",
  },
  interval: { oid: 1186, size: 16, category: "T", preferred: true, display: "interval" },
  uuid: { oid: 2950, size: 16, category: "U", preferred: false, display: "uuid" },
  bytea: { oid: 17, size: -1, category: "U", preferred: false, display: "bytea" },
  unknown: { oid: 705, size: -2, category: "X", preferred: false, display: "unknown" },
  void: { oid: 2278, size: 4, category: "P", preferred: false, display: "void" },
  record: { oid: 2249, size: -1, category: "P", preferred: false, display: "record" },
};

/** pg_type.typarray. */
const ARRAY_OIDS: Readonly<Record<ElementName, number>> = {
  bool: 1000,
  bytea: 1001,
  name: 1003,
  int2: 1005,
  int4: 1007,
  text: 1009,
  bpchar: 1014,
  varchar: 1015,
  int8: 1016,
  float4: 1021,
  float8: 1022,
  oid: 1028,
  timestamp: 1115,
  date: 1182,
  time: 1183,
  timestamptz: 1185,
  interval: 1187,
  numeric: 1231,
  record: 2287,
  uuid: 2951,
};

export const ELEMENT_NAMES = Object.keys(ARRAY_OIDS) as readonly ElementName[];

const ARRAYS = Object.fromEntries(
  ELEMENT_NAMES.map((element): [ArrayName, TypeFacts] => [
    `_${element}`,
    {
      oid: ARRAY_OIDS[element],
      size: -1,
      category: element === "record" ? "P" : "A",
      preferred: false,
      display: `${SCALARS[element].display}[]`,
    },
  ]),
) as Readonly<Record<ArrayName, TypeFacts>>;

export const TYPE_FACTS: Readonly<Record<TypeName, TypeFacts>> = { ...SCALARS, ...ARRAYS };

/** The type of arrays of values of this type; undefined for what stands in none. */
export function arrayOf(name: TypeName): ArrayName | undefined {
  return Object.hasOwn(ARRAY_OIDS, name) ? `_${name as ElementName}` : undefined;
}

/** The type of an array's elements; undefined for what is no array. */
export function elementOf(name: TypeName): ElementName | undefined {
  return isArray(name) ? (name.slice(1) as ElementName) : undefined;
}

export function isArray(name: TypeName): name is ArrayName {
  return Object.hasOwn(ARRAYS, name);
}

export function sqlType(name: TypeName, typmod = -1): SqlType {
  return { name, typmod };
}

/** typmod of numeric(precision, scale): ((p << 16) | s) + 4, PostgreSQL's numeric.c. */
export function numericTypmod(precision: number, scale: number): number {
  return ((precision << 16) | (scale & 0x7ff)) + 4;
}

export function numericType(precision: number, scale: number): SqlType {
  return sqlType("numeric", numericTypmod(precision, scale));
}

/** Precision and scale of a numeric type, or undefined where it is unconstrained. */
export function precisionAndScale(
  type: SqlType,
): { readonly precision: number; readonly scale: number } | undefined {
  if (type.name !== "numeric" || type.typmod < 4) return undefined;
  const packed = type.typmod - 4;
  const scale = packed & 0x7ff;
  return { precision: (packed >> 16) & 0xffff, scale: (scale ^ 1024) - 1024 };
}

/** typmod of varchar(n) and char(n): n + 4. */
export function characterTypmod(length: number): number {
  return length + 4;
}

const BY_OID: ReadonlyMap<number, TypeName> = new Map(
  Object.entries(TYPE_FACTS).map(([name, facts]) => [facts.oid, name as TypeName]),
);

export function typeOfOid(oid: number): TypeName | undefined {
  return BY_OID.get(oid);
}

/** The type as PostgreSQL's format_type(oid, typmod) prints it. */
export function formatType(type: SqlType): string {
  const display = TYPE_FACTS[type.name].display;
  if (type.typmod < 0) return display;
  const element = elementOf(type.name);
  if (element !== undefined) return `${formatType(sqlType(element, type.typmod))}[]`;
  switch (type.name) {
    case "numeric": {
      const shape = precisionAndScale(type);
      if (shape === undefined) return display;
      return `numeric(${String(shape.precision)},${String(shape.scale)})`;
    }
    case "varchar":
    case "bpchar":
      return `${display}(${String(type.typmod - 4)})`;
    case "time":
      return `time(${String(type.typmod)}) without time zone`;
    case "timestamp":
      return `timestamp(${String(type.typmod)}) without time zone`;
    case "timestamptz":
      return `timestamp(${String(type.typmod)}) with time zone`;
    case "interval":
      return display + intervalSuffix(type.typmod);
    default:
      throw internalError(`type ${type.name} takes no modifier`);
  }
}

export function sameType(a: SqlType, b: SqlType): boolean {
  return a.name === b.name && a.typmod === b.typmod;
}
