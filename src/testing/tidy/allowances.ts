/** A file (`path`) or function (`path:function`) that may be longer than the aim, and why. */
export interface Allowance {
  readonly name: string;
  readonly lines: number;
  readonly reason: string;
}

/** May shrink; grows only with a reason that convinces a reader. */
export const ALLOWANCES: readonly Allowance[] = [
  {
    name: "engine-native/ops/cast/parse_datetime.cc",
    lines: 850,
    reason: "one grammar with PostgreSQL's rules; its steps share the mask of fields seen",
  },
  {
    name: "engine-native/formats/parquet/chunk_decoder.cc",
    lines: 850,
    reason: "one loop an encoding and type, side by side; they share the page's state",
  },
  {
    name: "engine-native/ops/scalar/regex/parse.cc",
    lines: 1150,
    reason: "one recursive grammar, PostgreSQL's regular expressions, over one cursor",
  },
  {
    name: "engine-native/ops/scalar/format_number.cc",
    lines: 900,
    reason: "one template language whose elements share the number at hand",
  },
  {
    name: "engine-native/ops/scalar/format_datetime_parse.cc",
    lines: 600,
    reason: "one template language read backwards; its elements share the fields found so far",
  },
  {
    name: "engine-native/ops/scalar/extract.h",
    lines: 480,
    reason: "one table of fields by type: each field's meaning stands beside its neighbours'",
  },
  {
    name: "engine-native/ops/scalar/bytea.h",
    lines: 480,
    reason: "one operation after the other over one type, none longer than a screen",
  },
  {
    name: "engine-native/addon/engine.cc",
    lines: 500,
    reason: "the addon's whole face in one class: arguments checked, promises made, no logic",
  },
];
