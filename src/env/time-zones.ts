/** The names of the time zone database. */
export interface TimeZones {
  /** The name as the database spells it, whatever the case of `name`; null where there is none. */
  canonicalName(name: string): string | null;
}
