/** Typmods of interval: which fields are kept (a bit mask) and how many fractional digits. */

/** INTERVAL_FULL_PRECISION: no `(p)` was given. */
export const FULL_INTERVAL_PRECISION = 0xffff;
const FULL_RANGE = 0x7fff;

const YEAR = 1 << 2;
const MONTH = 1 << 1;
const DAY = 1 << 3;
const HOUR = 1 << 10;
const MINUTE = 1 << 11;
const SECOND = 1 << 12;

/** Field ranges by PostgreSQL's spelling of them. */
const RANGES: ReadonlyMap<string, number> = new Map([
  ["year", YEAR],
  ["month", MONTH],
  ["day", DAY],
  ["hour", HOUR],
  ["minute", MINUTE],
  ["second", SECOND],
  ["year to month", YEAR | MONTH],
  ["day to hour", DAY | HOUR],
  ["day to minute", DAY | HOUR | MINUTE],
  ["day to second", DAY | HOUR | MINUTE | SECOND],
  ["hour to minute", HOUR | MINUTE],
  ["hour to second", HOUR | MINUTE | SECOND],
  ["minute to second", MINUTE | SECOND],
]);

/** typmod of `interval fields(precision)`; -1 where both are undefined. */
export function intervalTypmod(fields: string | undefined, precision: number | undefined): number {
  if (fields === undefined && precision === undefined) return -1;
  const range = fields === undefined ? FULL_RANGE : (RANGES.get(fields) ?? FULL_RANGE);
  return (range << 16) | (precision ?? FULL_INTERVAL_PRECISION);
}

/** The parts of such a typmod; undefined for all fields, or for full precision. */
export function intervalTypmodParts(typmod: number): {
  readonly fields: string | undefined;
  readonly precision: number | undefined;
} {
  if (typmod < 0) return { fields: undefined, precision: undefined };
  const range = (typmod >> 16) & FULL_RANGE;
  const precision = typmod & 0xffff;
  return {
    fields: [...RANGES].find(([, mask]) => mask === range)?.[0],
    precision: precision === FULL_INTERVAL_PRECISION ? undefined : precision,
  };
}

/** What format_type() puts after "interval". */
export function intervalSuffix(typmod: number): string {
  const { fields, precision } = intervalTypmodParts(typmod);
  const range = fields === undefined ? "" : ` ${fields}`;
  return range + (precision === undefined ? "" : `(${String(precision)})`);
}
