/** Names of the types that results here have, by OID. */
const TYPE_NAMES: Readonly<Record<number, string>> = {
  16: "bool",
  17: "bytea",
  19: "name",
  20: "int8",
  21: "int2",
  23: "int4",
  25: "text",
  26: "oid",
  700: "float4",
  701: "float8",
  705: "unknown",
  1042: "bpchar",
  1043: "varchar",
  1082: "date",
  1083: "time",
  1114: "timestamp",
  1184: "timestamptz",
  1186: "interval",
  1700: "numeric",
  2206: "regtype",
  2249: "record",
  2278: "void",
  2950: "uuid",
};
const BPCHAR = 1042;
const VARCHAR = 1043;
const NUMERIC = 1700;
/** What PostgreSQL adds to the typmods of lengths and of precisions. */
const TYPMOD_HEADER = 4;

/** A column's type as a client sees it in RowDescription: `numeric(15,2)`, `int4`, `oid 1234`. */
export function columnType(field: {
  readonly dataTypeID: number;
  readonly dataTypeModifier: number;
}): string {
  const { dataTypeID: oid, dataTypeModifier: typmod } = field;
  const name = TYPE_NAMES[oid] ?? `oid ${String(oid)}`;
  if (typmod < 0) return name;
  const value = typmod - TYPMOD_HEADER;
  if (oid === NUMERIC) return `${name}(${String(value >> 16)},${String(value & 0x7ff)})`;
  if (oid === BPCHAR || oid === VARCHAR) return `${name}(${String(value)})`;
  return `${name}(typmod ${String(typmod)})`;
}
