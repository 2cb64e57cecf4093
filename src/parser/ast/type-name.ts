import type { Position } from "./position.js";

/** Which fields an `interval` declaration keeps, spelled as PostgreSQL prints them. */
export type IntervalFields =
  | "year"
  | "month"
  | "day"
  | "hour"
  | "minute"
  | "second"
  | "year to month"
  | "day to hour"
  | "day to minute"
  | "day to second"
  | "hour to minute"
  | "hour to second"
  | "minute to second";

/**
 * A type as written. Names that SQL spells in several words arrive as the catalog's
 * (`double precision` is `pg_catalog.float8`, `char` is `pg_catalog.bpchar` with modifier 1).
 */
export interface TypeName {
  readonly kind: "typeName";
  readonly schema: string | undefined;
  readonly name: string;
  /** Modifier constants as text: `numeric(12,2)` has `["12", "2"]`, `interval(3)` has `["3"]`. */
  readonly modifiers: readonly string[];
  /** Only on `interval`: `interval day to second(3)`; undefined keeps all fields. */
  readonly intervalFields: IntervalFields | undefined;
  /** Number of `[]`; 0 is no array. */
  readonly arrayDimensions: number;
  readonly setOf: boolean;
  readonly position: Position;
}
