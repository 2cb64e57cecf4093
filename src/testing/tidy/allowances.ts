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
];
