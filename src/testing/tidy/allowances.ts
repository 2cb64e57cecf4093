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
    name: "engine-native/formats/parquet/metadata.cc",
    lines: 650,
    reason: "one reader a Thrift structure, in the order of the format's definition",
  },
];
