import type { SqlConnection } from "../../runner/sql-connection.js";

/** This database, which has a low number where initdb made it. */
const DATABASE = "SELECT oid FROM pg_database WHERE datname = current_database()";
/** Objects with OIDs that another server has otherwise: what initdb numbers, and what users make. */
const OBJECTS = `
  SELECT oid, 'proc ' || oid::regprocedure AS name FROM pg_proc
  UNION ALL SELECT oid, 'rule ' || ev_class::regclass || ' ' || rulename FROM pg_rewrite
  UNION ALL SELECT oid, 'class ' || CASE WHEN relname ~ '^pg_toast_\\d+' THEN 'pg_toast of '
      || (SELECT r.relname FROM pg_class r WHERE r.reltoastrelid = c.oid OR r.oid =
        substring(c.relname from '\\d+')::oid LIMIT 1) || right(c.relname, 6)
    ELSE oid::regclass::text END FROM pg_class c
  UNION ALL SELECT oid, 'type ' || format_type(oid, NULL) FROM pg_type
  UNION ALL SELECT oid, 'schema ' || nspname FROM pg_namespace
  UNION ALL SELECT oid, 'role ' || rolname FROM pg_authid
  UNION ALL SELECT oid, 'language ' || lanname FROM pg_language
  UNION ALL SELECT oid, 'wrapper ' || fdwname FROM pg_foreign_data_wrapper
  UNION ALL SELECT oid, 'server ' || srvname FROM pg_foreign_server
  UNION ALL SELECT oid, 'extension ' || extname FROM pg_extension
  UNION ALL SELECT oid, 'collation ' || collname FROM pg_collation
  UNION ALL SELECT oid, 'conversion ' || conname FROM pg_conversion
  UNION ALL SELECT oid, 'dictionary ' || dictname FROM pg_ts_dict
  UNION ALL SELECT oid, 'configuration ' || cfgname FROM pg_ts_config
  UNION ALL SELECT oid, 'constraint ' || conrelid::regclass || ' ' || contypid::regtype || ' '
      || conname FROM pg_constraint`;

/** The first OID that is no part of PostgreSQL's own source. */
const FIRST_GENERATED_OID = 10_000;

/** A server's objects by OID and by name. */
export class KnownObjects {
  private constructor(
    private readonly byOid: ReadonlyMap<number, string>,
    private readonly byName: ReadonlyMap<string, number>,
  ) {}

  static async read(connection: SqlConnection): Promise<KnownObjects> {
    await connection.mustRun("SET search_path = pg_catalog");
    const rows = await connection.mustRun(OBJECTS);
    const [[database] = []] = await connection.mustRun(DATABASE);
    const generated = rows
      .map(([oid, name]) => [Number(oid), name ?? ""] as const)
      .filter(([oid]) => oid >= FIRST_GENERATED_OID);
    // Where a function and a relation have the same OID it is the relation that statements show.
    const entries = [...generated, [Number(database), "database"] as const];
    return new KnownObjects(new Map(entries), new Map(entries.map(([oid, name]) => [name, oid])));
  }

  readonly nameOf = (oid: number): string | undefined => {
    const name = this.byOid.get(oid);
    return name === undefined ? undefined : `<${name}>`;
  };

  /** A statement's text with this server's OIDs for those of where it was captured. */
  translated(text: string, objects: ReadonlyMap<string, string>): string {
    let result = text;
    for (const [oid, name] of objects) {
      // What this fixture has not keeps an OID that nothing has.
      const own = this.byName.get(name) ?? 4_000_000_000;
      result = result.replaceAll(new RegExp(`\\b${oid}\\b`, "g"), String(own));
    }
    return result;
  }
}
